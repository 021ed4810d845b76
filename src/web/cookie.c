#include "web/cookie.h"

#include "base/buf.h"
#include <assert.h>
#include <string.h>

/* RFC 6265, 4.1.1: cookie-octet */
static bool
octets_ok(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e || strchr("\",;\\", s.p[i]))
			return false;
	return true;
}

struct str
cookie_get(struct str field, struct str name)
{
	struct str rest = field, pair, key, value, found = S("");
	int times = 0;

	while (str_next(&rest, ';', &pair)) {
		if (!str_cut(pair, '=', &key, &value) || !str_eq(str_trim(key), name))
			continue;
		found = str_trim(value);
		times++;
	}
	return times == 1 && octets_ok(found) ? found : S("");
}

struct str
cookie_set(struct cx *cx, const struct cookie *c)
{
	struct buf b = buf_new(cx);

	assert(c->name.n && octets_ok(c->name) && str_index(c->name, '=') < 0 && octets_ok(c->value));
	assert(str_index(c->path, ';') < 0);
	buf_put(&b, c->name);
	buf_char(&b, '=');
	buf_put(&b, c->value);
	buf_put(&b, S("; Path="));
	buf_put(&b, c->path.n ? c->path : S("/"));
	if (c->age >= 0)
		buf_fmt(&b, "; Max-Age=%lld", (long long)c->age);
	buf_put(&b, S("; HttpOnly; SameSite="));
	buf_put(&b, c->strict ? S("Strict") : S("Lax"));
	if (c->secure)
		buf_put(&b, S("; Secure"));
	return buf_str(&b);
}
