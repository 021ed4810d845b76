/* cookie: the Cookie field of a request and Set-Cookie of an answer (RFC 6265bis). */
#ifndef WEB_COOKIE_H
#define WEB_COOKIE_H
#include "base/cx.h"

/* The value in a Cookie field. The empty str if it is absent, malformed, or there twice: of two cookies with our
 * name one was planted, and nothing says which. */
struct str cookie_get(struct str field, struct str name);

struct cookie {
	struct str name, value; /* token; cookie octets (no space, quote, comma, semicolon, backslash) */
	struct str path;        /* empty: "/" */
	int64_t age;            /* seconds to live; 0 forgets it; -1 until the browser closes */
	bool secure;            /* the site is served by https */
	bool strict;            /* SameSite=Strict, else Lax */
};

/* The value of a Set-Cookie field: always HttpOnly, always SameSite, no Domain. */
struct str cookie_set(struct cx *, const struct cookie *);
#endif
