#include "core/id.h"

#include "base/code.h"
#include "core/be.h"
#include <string.h>

struct id
id_new(struct cx *cx)
{
	struct id d;

	do
		cx->chance(d.b, sizeof d.b);
	while (id_zero(d));
	return d;
}

struct id
id_next(struct cx *cx)
{
	struct id d = id_new(cx);

	be_put(d.b, 6, (uint64_t)(cx->now / 1000) & 0xffffffffffff);
	return d;
}

struct id
id_of(const void *b)
{
	struct id d;

	memcpy(d.b, b, sizeof d.b);
	return d;
}

bool id_eq(struct id a, struct id b) { return memcmp(a.b, b.b, sizeof a.b) == 0; }
bool id_zero(struct id a) { return id_eq(a, (struct id){ { 0 } }); }
struct str id_str(const struct id *d) { return (struct str){ (const char *)d->b, sizeof d->b }; }
struct str id_hex(struct cx *cx, struct id d) { return hex_of(cx, d.b, sizeof d.b); }
bool id_read(struct str hex, struct id *out) { return hex_read(hex, out->b, sizeof out->b); }
