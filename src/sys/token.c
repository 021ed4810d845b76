#include "sys/token.h"

#include "base/code.h"
#include <string.h>

_Static_assert(TOKEN_TEXT * 5 <= 256, "a token has 256 bits to draw on");

struct token
token_make(struct cx *cx)
{
	uint8_t bits[32];
	struct token t;

	cx->chance(bits, sizeof bits);
	t.text = base32_of(cx, bits, sizeof bits, TOKEN_TEXT);
	t.stored = sha256(t.text);
	explicit_bzero(bits, sizeof bits);
	return t;
}

bool
token_read(struct cx *cx, struct str presented, struct hash *stored)
{
	struct str tidy;

	/* exactly as it was given out: machines present tokens, and one text must have one hash */
	if (presented.n != TOKEN_TEXT || !base32_tidy(cx, presented, &tidy) || !str_eq(tidy, presented))
		return false;
	*stored = sha256(tidy);
	return true;
}
