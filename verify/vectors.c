/* vectors: answers 1 or 0 to questions on standard input, a line each, so that vectors_test.py can put public test
 * vectors to Tocsin's own functions. Not part of the product. Hashes, keys and texts in hex, "-" for an empty one.
 *   inclusion INDEX SIZE LEAF ROOT [HASH…]
 *   consistency SIZE SIZE ROOT ROOT [HASH…]
 *   ed25519 KEY TEXT SIGNATURE */
#include "base/code.h"
#include "core/tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
ed25519(struct cx *cx, struct str *word)
{
	struct str key = hex(cx, word[1]), text = hex(cx, word[2]), sig = hex(cx, word[3]);

	return key.n == 32 && sig.n == 64 && sign_ok((const uint8_t *)key.p, text, (const uint8_t *)sig.p);
}

int
main(void)
{
	enum { ROOM = 16 << 20, WORDS = 80 };
	static char line[1 << 20];
	struct cx cx;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(ROOM), ROOM);
	while (fgets(line, sizeof line, stdin)) {
		struct str rest = str_trim(str_of(line)), word[WORDS];
		int n = 0;

		while (n < WORDS && str_next(&rest, ' ', &word[n]))
			n++;
		if (n == 4 && str_eq(word[0], S("ed25519")))
			puts(ed25519(&cx, word) ? "1" : "0");
		else if (n >= 5 && (str_eq(word[0], S("inclusion")) || str_eq(word[0], S("consistency"))))
			puts(tree(&cx, str_eq(word[0], S("inclusion")), word, n) ? "1" : "0");
		else
			return 65;
		cx_end(&cx);
	}
	return 0;
}
