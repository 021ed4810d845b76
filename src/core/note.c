#include "core/note.h"

#include "base/buf.h"
#include "base/code.h"
#include "core/be.h"
#include <assert.h>
#include <string.h>

enum { KEY_ID = 4, SIGNATURE = 64, COSIGNATURE = 8 + SIGNATURE };

/* The length of the Unicode space that s begins with, or 0. */
static ptrdiff_t
space_at(struct str s)
{
	static const struct str odd[] = {
		{ "\xc2\x85", 2 }, { "\xc2\xa0", 2 }, { "\xe1\x9a\x80", 3 }, { "\xe2\x80\xa8", 3 }, { "\xe2\x80\xa9", 3 },
		{ "\xe2\x80\xaf", 3 }, { "\xe2\x81\x9f", 3 }, { "\xe3\x80\x80", 3 }
	};

	if (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		return 1;
	for (ptrdiff_t i = 0; i < COUNT(odd); i++)
		if (str_starts(s, odd[i]))
			return odd[i].n;
	if (s.n >= 3 && str_starts(s, S("\xe2\x80")) && (uint8_t)s.p[2] >= 0x80 && (uint8_t)s.p[2] <= 0x8a)
		return 3;
	return 0;
}

bool
note_name_ok(struct str name)
{
	if (!name.n || !utf8_ok(name))
		return false;
	for (ptrdiff_t i = 0; i < name.n; i++)
		if ((uint8_t)name.p[i] < ' ' || name.p[i] == '+' || space_at(str_sub(name, i, name.n)))
			return false;
	return true;
}

static void
key_id(struct vkey *v)
{
	const char type = (char)v->type;
	struct hash h = HASH(v->name, S("\n"), { &type, 1 }, { (const char *)v->pub, 32 });

	memcpy(v->id, h.b, KEY_ID);
}

struct skey
note_key(struct str name, enum note_type type, const uint8_t seed[32])
{
	struct skey k = { .v = { .name = name, .type = type } };

	assert(note_name_ok(name));
	sign_keypair(seed, k.v.pub, k.secret);
	key_id(&k.v);
	return k;
}

struct str
note_vkey_text(struct cx *cx, const struct vkey *v)
{
	uint8_t key[33] = { (uint8_t)v->type };

	memcpy(key + 1, v->pub, 32);
	return str_fmt(cx, "%.*s+%.*s+%.*s", F(v->name), F(hex_of(cx, v->id, KEY_ID)), F(base64_of(cx, key, sizeof key)));
}

enum err
note_vkey_read(struct cx *cx, struct str text, struct vkey *out)
{
	struct str name, id, key;
	struct vkey v = { 0 };
	uint8_t said[KEY_ID];

	if (!str_cut(text, '+', &name, &key) || !str_cut(key, '+', &id, &key) || !note_name_ok(name) ||
	    !hex_read(id, said, KEY_ID) || !base64_read(cx, key, &key))
		return fail(cx, ERR_BAD_INPUT, "a key reads name+8 hex digits+base64");
	if (key.n != 33 || (key.p[0] != NOTE_ED25519 && key.p[0] != NOTE_COSIGNATURE))
		return fail(cx, ERR_BAD_INPUT, "the key of %.*s is of a type that is not known here", F(name));
	v.name = name;
	v.type = (enum note_type)key.p[0];
	memcpy(v.pub, key.p + 1, 32);
	key_id(&v);
	if (memcmp(said, v.id, KEY_ID) != 0)
		return fail(cx, ERR_BAD_INPUT, "the key of %.*s is not the one whose id stands in it", F(name));
	*out = v;
	return OK;
}

/* What a witness signs. */
static struct str
cosigned(struct cx *cx, struct str text, uint64_t time)
{
	struct buf b = buf_new(cx);

	buf_fmt(&b, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buf_put(&b, text);
	return buf_str(&b);
}

struct str
note_line(struct cx *cx, const struct skey *k, struct str text, uint64_t time)
{
	uint8_t sig[KEY_ID + COSIGNATURE], *at = sig + KEY_ID;

	assert(str_ends(text, S("\n")));
	memcpy(sig, k->v.id, KEY_ID);
	if (k->v.type == NOTE_COSIGNATURE) {
		be_put(at, 8, time);
		at += 8;
		text = cosigned(cx, text, time);
	}
	sign_make(k->secret, text, at);
	return str_fmt(cx, "— %.*s %.*s\n", F(k->v.name), F(base64_of(cx, sig, at + SIGNATURE - sig)));
}

struct str
note_sign(struct cx *cx, const struct skey *k, struct str text)
{
	struct str pieces[] = { text, note_line(cx, k, text, 0) };

	return str_join(cx, pieces, COUNT(pieces), S("\n"));
}

/* Is sig, what follows the key id, this key's signature over text? */
static bool
signature_ok(struct cx *cx, const struct vkey *v, struct str text, struct str sig, uint64_t *time)
{
	const uint8_t *s = (const uint8_t *)sig.p;

	*time = 0;
	if (v->type == NOTE_ED25519)
		return sig.n == SIGNATURE && sign_ok(v->pub, text, s);
	if (sig.n != COSIGNATURE || (*time = be_get(s, 8)) > INT64_MAX)
		return false;
	return sign_ok(v->pub, cosigned(cx, text, *time), s + 8);
}

/* One line, without its newline: must have the form; whose it is decides whether it is looked at. */
static enum err
line_open(struct cx *cx, struct str line, const struct vkey *keys, int n, struct note *out)
{
	struct str name, sig;
	uint64_t time;

	if (!str_starts(line, S("— ")) || !str_cut(str_sub(line, S("— ").n, line.n), ' ', &name, &sig) ||
	    !note_name_ok(name) || !base64_read(cx, sig, &sig) || sig.n <= KEY_ID)
		return fail(cx, ERR_BAD_INPUT, "the note has a line that is no signature");
	for (int i = 0; i < n; i++) {
		if (!str_eq(keys[i].name, name) || memcmp(keys[i].id, sig.p, KEY_ID) != 0)
			continue;
		if (!signature_ok(cx, &keys[i], out->text, str_sub(sig, KEY_ID, sig.n), &time))
			return fail(cx, ERR_TAMPERED, "the signature of %.*s does not fit the note", F(name));
		out->signed_by |= (uint64_t)1 << i;
		out->time[i] = time;
	}
	return OK;
}

enum err
note_open(struct cx *cx, struct str note, const struct vkey *keys, int n, struct note *out)
{
	struct str lines, line;
	ptrdiff_t at;
	int count = 0;

	assert(n >= 0 && n <= NOTE_SIGNATURES);
	*out = (struct note){ 0 };
	for (ptrdiff_t i = 0; i < note.n; i++)
		if ((uint8_t)note.p[i] < ' ' && note.p[i] != '\n')
			return fail(cx, ERR_BAD_INPUT, "the note has a control character");
	for (at = note.n - 2; at >= 0 && (note.p[at] != '\n' || note.p[at + 1] != '\n'); at--)
		;
	if (at < 0 || at + 2 == note.n || !str_ends(note, S("\n")) || !utf8_ok(note))
		return fail(cx, ERR_BAD_INPUT, "it is no signed note");
	out->text = str_sub(note, 0, at + 1);
	lines = str_sub(note, at + 2, note.n - at - 3);
	while (str_next(&lines, '\n', &line)) {
		if (++count > NOTE_SIGNATURES)
			return fail(cx, ERR_BAD_INPUT, "the note has more than %d signatures", NOTE_SIGNATURES);
		TRY(line_open(cx, line, keys, n, out));
	}
	if (!out->signed_by)
		return fail(cx, ERR_TAMPERED, "no known key has signed the note");
	return OK;
}
