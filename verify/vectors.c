/* vectors: answers 1 or 0 to questions on standard input, a line each, so that vectors_test.py can put public test
 * vectors to Tocsin's own functions. Not part of the product. Hashes, keys and texts in hex, "-" for an empty one.
 *   inclusion INDEX SIZE LEAF ROOT [HASH…]
 *   consistency SIZE SIZE ROOT ROOT [HASH…]
 *   ed25519 KEY TEXT SIGNATURE
 *   vkey TEXT                                    it can be read
 *   note NOTE VKEY…                              it opens, and every one of the keys has signed it
 *   hmac KEY TEXT TAG                            the front of the tag counts
 *   xchacha KEY NONCE DATA TEXT CIPHERTEXT‖TAG   opens to the text, and the text is sealed to it
 *   sealed KEY NONCE TEXT CIPHERTEXT‖TAG         the same by sys/sealed
 *   argon2id PASSES BYTES SALT PASSWORD HASH     as sys/password stretches it */
#include "base/code.h"
#include "core/note.h"
#include "core/tree.h"
#include "sys/password.h"
#include "sys/sealed.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 80 };

static struct str
hex(struct cx *cx, struct str s)
{
	ptrdiff_t n = s.n / 2;
	char *p = NEW(cx, char, n + 1);

	if (!str_eq(s, S("-")) && !hex_read(s, p, n))
		exit(65);
	return (struct str){ p, str_eq(s, S("-")) ? 0 : n };
}

static bool
hash(struct cx *cx, struct str s, struct hash *out)
{
	struct str b = hex(cx, s);

	if (b.n == 32)
		memcpy(out->b, b.p, 32);
	return b.n == 32;
}

static bool
tree(struct cx *cx, bool inclusion, struct str *word, int n)
{
	uint64_t a = strtoull(str_z(cx, word[1]), NULL, 10), b = strtoull(str_z(cx, word[2]), NULL, 10);
	struct tree_proof p = { .n = n - 5 };
	struct hash x, y;

	if (p.n > TREE_PROOF || !hash(cx, word[3], &x) || !hash(cx, word[4], &y))
		return false;
	for (int i = 0; i < p.n; i++)
		if (!hash(cx, word[5 + i], &p.at[i]))
			return false;
	return inclusion ? tree_included(&p, a, b, x, y) : tree_extends(&p, a, b, x, y);
}

static bool
ed25519(struct cx *cx, struct str *word, int n)
{
	struct str key = hex(cx, word[1]), text = hex(cx, word[2]), sig = hex(cx, word[3]);

	(void)n;
	return key.n == 32 && sig.n == 64 && sign_ok((const uint8_t *)key.p, text, (const uint8_t *)sig.p);
}

static struct str fated;

/* The chance that a vector prescribes. */
static void
fate(void *p, size_t n)
{
	if (fated.n < (ptrdiff_t)n)
		exit(65);
	memcpy(p, fated.p, n);
	fated = str_sub(fated, (ptrdiff_t)n, fated.n);
}

static bool
vkey(struct cx *cx, struct str *word, int n)
{
	struct vkey v;

	(void)n;
	return note_vkey_read(cx, hex(cx, word[1]), &v) == OK;
}

static bool
note(struct cx *cx, struct str *word, int n)
{
	struct vkey keys[NOTE_SIGNATURES];
	struct note opened;

	for (int i = 2; i < n; i++)
		if (note_vkey_read(cx, hex(cx, word[i]), &keys[i - 2]))
			return false;
	return note_open(cx, hex(cx, word[1]), keys, n - 2, &opened) == OK &&
	    opened.signed_by == ((uint64_t)1 << (n - 2)) - 1;
}

static bool
hmac(struct cx *cx, struct str *word, int n)
{
	struct hash h = hash_keyed(hex(cx, word[1]), hex(cx, word[2]));
	struct str tag = hex(cx, word[3]);

	(void)n;
	return tag.n <= 32 && str_eq(str_sub(hash_str(&h), 0, tag.n), tag);
}

static bool
xchacha(struct cx *cx, struct str *word, int n)
{
	struct str key = hex(cx, word[1]), nonce = hex(cx, word[2]), data = hex(cx, word[3]), text = hex(cx, word[4]);
	struct str box = hex(cx, word[5]);
	uint8_t *plain = NEW(cx, uint8_t, box.n + 1), *again = NEW(cx, uint8_t, box.n + 1);

	(void)n;
	if (key.n != 32 || nonce.n != 24 || box.n != text.n + 16 ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, (const uint8_t *)box.p, (unsigned long long)box.n,
	    (const uint8_t *)data.p, (unsigned long long)data.n, (const uint8_t *)nonce.p, (const uint8_t *)key.p))
		return false;
	crypto_aead_xchacha20poly1305_ietf_encrypt(again, NULL, (const uint8_t *)text.p, (unsigned long long)text.n,
	    (const uint8_t *)data.p, (unsigned long long)data.n, NULL, (const uint8_t *)nonce.p, (const uint8_t *)key.p);
	return !memcmp(plain, text.p, (size_t)text.n) && !memcmp(again, box.p, (size_t)box.n);
}

static bool
sealed(struct cx *cx, struct str *word, int n)
{
	struct str key = hex(cx, word[1]), nonce = hex(cx, word[2]), text = hex(cx, word[3]), box = hex(cx, word[4]), plain;
	struct str both[] = { nonce, box }, all = str_join(cx, both, COUNT(both), S(""));

	(void)n;
	if (key.n != 32 || !sealed_open(cx, (const uint8_t *)key.p, base64_of(cx, all.p, all.n), &plain))
		return false;
	fated = nonce;
	return str_eq(plain, text) &&
	    str_eq(sealed_make(cx, (const uint8_t *)key.p, text), base64_of(cx, all.p, all.n));
}

/* The hash out of the blob that password_seal makes of it: version[1] ‖ nonce[24] ‖ sealed (passes[8] ‖ memory[8] ‖
 * salt[16] ‖ hash[32]). */
static bool
argon2id(struct cx *cx, struct str *word, int n)
{
	enum { HASH_AT = 8 + 8 + 16, PLAIN = HASH_AT + 32 };
	const uint8_t key[PASSWORD_KEY] = { 0 };
	struct password_cost cost = { strtoull(str_z(cx, word[1]), NULL, 10), strtoull(str_z(cx, word[2]), NULL, 10) };
	struct str right = hex(cx, word[5]), blob, chances[] = { hex(cx, word[3]), { (char[24]){ 0 }, 24 } };
	uint8_t plain[PLAIN];

	(void)n;
	fated = str_join(cx, chances, COUNT(chances), S(""));
	return password_seal(cx, key, hex(cx, word[4]), S("somebody"), cost, &blob) == OK && blob.n == 25 + PLAIN + 16 &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, (const uint8_t *)blob.p + 25,
	    (unsigned long long)(blob.n - 25), (const uint8_t *)"somebody", 8, (const uint8_t *)blob.p + 1, key) == 0 &&
	    str_eq((struct str){ (char *)plain + HASH_AT, 32 }, right);
}

static bool
inclusion(struct cx *cx, struct str *word, int n)
{
	return tree(cx, true, word, n);
}

static bool
consistency(struct cx *cx, struct str *word, int n)
{
	return tree(cx, false, word, n);
}

/* With how many words at least and at most. */
static const struct question {
	const char *name;
	bool (*ask)(struct cx *, struct str *word, int n);
	int least, most;
} questions[] = {
	{ "inclusion", inclusion, 5, WORDS }, { "consistency", consistency, 5, WORDS }, { "ed25519", ed25519, 4, 4 },
	{ "vkey", vkey, 2, 2 }, { "note", note, 3, WORDS }, { "hmac", hmac, 4, 4 }, { "xchacha", xchacha, 6, 6 },
	{ "sealed", sealed, 5, 5 }, { "argon2id", argon2id, 6, 6 },
};

static bool
answer(struct cx *cx, struct str *word, int n)
{
	for (int i = 0; i < COUNT(questions); i++)
		if (str_eq(word[0], str_of(questions[i].name)) && n >= questions[i].least && n <= questions[i].most)
			return questions[i].ask(cx, word, n);
	exit(65);
}

int
main(void)
{
	enum { ROOM = 16 << 20 };
	static char line[1 << 20];
	struct cx cx;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(ROOM), ROOM);
	cx.chance = fate;
	while (fgets(line, sizeof line, stdin)) {
		struct str rest = str_trim(str_of(line)), word[WORDS];
		int n = 0;

		while (n < WORDS && str_next(&rest, ' ', &word[n]))
			n++;
		puts(answer(&cx, word, n) ? "1" : "0");
		cx_end(&cx);
	}
	return 0;
}
