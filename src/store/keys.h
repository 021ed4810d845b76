/* keys: the key files of a data directory, and the data keys that stand in the database wrapped under the key of the
 * month. Called by the journal and by the command line; only the registrar (or a verb that is one) ever loads them.
 *
 * keys/root.key, keys/sign.key and keys/month-YYYY-MM.key are files of 32 random bytes, mode 0600, outside the database
 * and outside every backup of it; gate/gate.key is the gate's alone. Lost keys are lost cases. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H
#include "core/note.h"
#include "core/payload.h"
#include "store/db.h"

struct keys {
	uint8_t root[32];
	struct skey sign;          /* the log's own key; its name is the origin */
	struct str month;          /* "2026-11": the newest key of a month, under which new data keys are wrapped */
	uint8_t month_key[32];
	int dir;                   /* the keys folder, for reading the key of another month */
};

/* What a data key is for. The numbers stand in the database. */
enum key_purpose { KEY_SYSTEM, KEY_CASE, KEY_IDENTITY, KEY_EXHIBIT };
struct data_key { struct id id; uint8_t key[PAYLOAD_KEY]; };

/* Fresh key files in a new data directory. */
MUST_CHECK enum err keys_make(struct cx *, int data_dir);
/* `origin` must outlive the keys. */
MUST_CHECK enum err keys_load(struct cx *, int data_dir, struct str origin, struct keys *out);
/* The signing key as that of the log `origin`: each log of a journal is signed by the same key under its own name. */
struct skey keys_sign(const struct keys *, struct str origin);
/* The gate's own key; read by the gate before it enters its jail. */
MUST_CHECK enum err keys_load_gate(struct cx *, int data_dir, uint8_t out[32]);

/* Make a data key, wrap it, keep it. `id` zero: a random one. */
MUST_CHECK enum err keys_new(struct cx *, struct db *, const struct keys *, struct id id, struct id case_id,
    enum key_purpose, struct data_key *out);
/* The same for a key that was made elsewhere: that of an upload. */
MUST_CHECK enum err keys_keep(struct cx *, struct db *, const struct keys *, struct id id, struct id case_id,
    enum key_purpose, const uint8_t key[PAYLOAD_KEY], struct data_key *out);
/* The key of a case; ERR_NOT_FOUND if it has none (yet, or any more). */
MUST_CHECK enum err keys_of_case(struct cx *, struct db *, const struct keys *, struct id case_id, struct data_key *out);
MUST_CHECK enum err keys_get(struct cx *, struct db *, const struct keys *, struct id dek_id, struct data_key *out);
/* One as it is stored. ERR_TAMPERED: it does not open. */
MUST_CHECK enum err keys_unwrap(struct cx *, const struct keys *, struct id dek_id, struct id case_id, struct str month, struct str wrapped,
    struct data_key *out);

/* What is stored of a receipt code: a keyed hash, so that a copy of the database opens no report. */
struct hash keys_code(const struct keys *, struct str canonical_code);
/* What shows that the list of a backup's files was written by whoever held these keys, which are in no backup. */
struct hash keys_seal(const struct keys *, struct str text);
/* Open every data key under its key of the month: errors name the first that does not. */
MUST_CHECK enum err keys_check(struct cx *, struct db *, const struct keys *);
/* The key of a month as the folder has it. */
MUST_CHECK enum err keys_month(struct cx *, const struct keys *, struct str month, uint8_t out[32]);
#endif
