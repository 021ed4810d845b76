/* A Cookie field: what is found is clean, stands in the field, and stands there once. */
#include "web/cookie.h"
#include "fuzz/fuzz.h"
#include <string.h>

FUZZ(cx, in)
{
	struct str value = cookie_get(in, S("sid")), twice[] = { S("sid=x"), in };

	HOLD(value.n == 0 || (value.p >= in.p && value.p + value.n <= in.p + in.n));
	for (ptrdiff_t i = 0; i < value.n; i++)
		HOLD(value.p[i] > 0x20 && value.p[i] < 0x7f && !strchr("\",;\\", value.p[i]));
	/* one more of that name, and there is none */
	HOLD(value.n == 0 || cookie_get(str_join(cx, twice, 2, S(";")), S("sid")).n == 0);
	if (value.n) {
		struct cookie c = { .name = S("sid"), .value = value, .age = -1 };

		HOLD(str_starts(cookie_set(cx, &c), str_fmt(cx, "sid=%.*s; Path=/; HttpOnly", F(value))));
	}
	return OK;
}
