#include "store/keys.h"

#include "sys/files.h"
#include <fcntl.h>
#include <sodium.h>

enum { NONCE = 24, TAG = 16, WRAPPED = NONCE + PAYLOAD_KEY + TAG };

static enum err
key_make(struct cx *cx, int dir, struct str name)
{
	uint8_t k[32];

	cx->chance(k, sizeof k);
	return files_create(cx, dir, name, 0600, (struct str){ (char *)k, sizeof k });
}

static enum err
key_read(struct cx *cx, int dir, struct str name, uint8_t out[32])
{
	struct str k;

	TRY(files_read_secret(cx, dir, name, 64, &k));
	if (k.n != 32)
		return fail(cx, ERR_BROKEN, "the key file %.*s has %td bytes, not 32", F(name), k.n);
	memcpy(out, k.p, 32);
	return OK;
}

static struct str
month_file(struct cx *cx, struct str month)
{
	return str_fmt(cx, "month-%.*s.key", F(month));
}

enum err
keys_make(struct cx *cx, int data_dir)
{
	struct civil now = civil_of(cx->now);
	int dir;

	TRY(files_make_dir(cx, data_dir, S("keys")));
	TRY(files_make_dir(cx, data_dir, S("gate")));
	TRY(key_make(cx, data_dir, S("gate/gate.key")));
	TRY(files_open_dir(cx, data_dir, S("keys"), &dir));
	files_close_later(cx, dir);
	TRY(key_make(cx, dir, S("root.key")));
	TRY(key_make(cx, dir, S("sign.key")));
	return key_make(cx, dir, month_file(cx, str_fmt(cx, "%04d-%02d", now.year % 10000, now.month)));
}

enum err
keys_load(struct cx *cx, int data_dir, struct str origin, struct keys *out)
{
	uint8_t seed[32];
	struct str *names;
	ptrdiff_t n;

	TRY(files_open_dir(cx, data_dir, S("keys"), &out->dir));
	files_close_later(cx, out->dir);
	TRY(key_read(cx, out->dir, S("root.key"), out->root));
	TRY(key_read(cx, out->dir, S("sign.key"), seed));
	out->sign = note_key(origin, NOTE_ED25519, seed);
	TRY(files_list(cx, out->dir, S("."), &names, &n));
	out->month = S("");
	for (ptrdiff_t i = 0; i < n; i++) /* sorted: the last is the newest */
		if (str_starts(names[i], S("month-")) && str_ends(names[i], S(".key")))
			out->month = str_sub(names[i], 6, names[i].n - 10);
	if (!out->month.n)
		return fail(cx, ERR_NOT_FOUND, "there is no key of the month in the keys folder: without it nothing can be read");
	return key_read(cx, out->dir, month_file(cx, out->month), out->month_key);
}

struct skey
keys_sign(const struct keys *k, struct str origin)
{
	return note_key(origin, NOTE_ED25519, k->sign.secret); /* which begins with the seed */
}

enum err
keys_load_gate(struct cx *cx, int data_dir, uint8_t out[32])
{
	return key_read(cx, data_dir, S("gate/gate.key"), out);
}

/* Associated data of a wrapped key: dek_id ‖ case_id. */
static void
bound(struct id dek_id, struct id case_id, uint8_t ad[32])
{
	memcpy(ad, dek_id.b, 16);
	memcpy(ad + 16, case_id.b, 16);
}

enum err
keys_new(struct cx *cx, struct db *db, const struct keys *k, struct id id, struct id case_id, enum key_purpose purpose,
    struct data_key *out)
{
	uint8_t key[PAYLOAD_KEY];

	cx->chance(key, sizeof key);
	return keys_keep(cx, db, k, id_zero(id) ? id_next(cx) : id, case_id, purpose, key, out);
}

enum err
keys_keep(struct cx *cx, struct db *db, const struct keys *k, struct id id, struct id case_id, enum key_purpose purpose,
    const uint8_t key[PAYLOAD_KEY], struct data_key *out)
{
	uint8_t ad[32], wrapped[WRAPPED];

	out->id = id;
	memcpy(out->key, key, sizeof out->key);
	cx->chance(wrapped, NONCE);
	bound(out->id, case_id, ad);
	crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped + NONCE, NULL, out->key, sizeof out->key, ad, sizeof ad, NULL,
	    wrapped, k->month_key);
	return sql_data_key_add(cx, db, out->id, case_id, purpose, k->month, (struct str){ (char *)wrapped, sizeof wrapped });
}

enum err
keys_month(struct cx *cx, const struct keys *k, struct str month, uint8_t out[32])
{
	if (!str_eq(month, k->month))
		return key_read(cx, k->dir, month_file(cx, month), out);
	memcpy(out, k->month_key, 32);
	return OK;
}

enum err
keys_unwrap(struct cx *cx, const struct keys *k, struct id dek_id, struct id case_id, struct str month, struct str wrapped,
    struct data_key *out)
{
	const uint8_t *w = (const uint8_t *)wrapped.p;
	uint8_t ad[32], key[32];

	TRY(keys_month(cx, k, month, key));
	bound(dek_id, case_id, ad);
	out->id = dek_id;
	if (wrapped.n != WRAPPED || crypto_aead_xchacha20poly1305_ietf_decrypt(out->key, NULL, NULL, w + NONCE, WRAPPED - NONCE,
	    ad, sizeof ad, w, key) != 0)
		return fail(cx, ERR_TAMPERED, "the data key %.*s does not open under the key of %.*s", F(id_hex(cx, dek_id)), F(month));
	return OK;
}

enum err
keys_of_case(struct cx *cx, struct db *db, const struct keys *k, struct id case_id, struct data_key *out)
{
	struct row_data_key_of_case *row;

	TRY(sql_data_key_of_case(cx, db, case_id, KEY_CASE, &row));
	if (!row)
		return fail(cx, ERR_NOT_FOUND, "this case has no key");
	return keys_unwrap(cx, k, row->dek_id, case_id, row->month, row->wrapped, out);
}

enum err
keys_get(struct cx *cx, struct db *db, const struct keys *k, struct id dek_id, struct data_key *out)
{
	struct row_data_key_get *row;

	TRY(sql_data_key_get(cx, db, dek_id, &row));
	if (!row)
		return fail(cx, ERR_NOT_FOUND, "the data key %.*s is gone", F(id_hex(cx, dek_id)));
	return keys_unwrap(cx, k, dek_id, row->case_id, row->month, row->wrapped, out);
}

struct hash
keys_code(const struct keys *k, struct str canonical_code)
{
	struct hash key = hash_keyed((struct str){ (const char *)k->root, 32 }, S("tocsin/v1/receipt-code"));

	return hash_keyed(hash_str(&key), canonical_code);
}

struct hash
keys_seal(const struct keys *k, struct str text)
{
	struct hash key = hash_keyed((struct str){ (const char *)k->root, 32 }, S("tocsin/v1/backup"));

	return hash_keyed(hash_str(&key), text);
}

enum err
keys_check(struct cx *cx, struct db *db, const struct keys *k)
{
	enum { AT_A_TIME = 256 };
	struct row_data_keys_from *rows;
	struct data_key key;
	struct id after = { { 0 } };
	ptrdiff_t n;

	do {
		struct mark m = cx_mark(cx);

		TRY(sql_data_keys_from(cx, db, after, AT_A_TIME, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++)
			TRY(keys_unwrap(cx, k, rows[i].dek_id, rows[i].case_id, rows[i].month, rows[i].wrapped, &key));
		if (n)
			after = rows[n - 1].dek_id;
		cx_back(cx, m);
	} while (n == AT_A_TIME);
	return OK;
}
