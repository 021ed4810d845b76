#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buf
buf_new(struct cx *cx)
{
	return (struct buf){ &cx->a, NULL, 0, 0 };
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

char *
buf_room(struct buf *b, ptrdiff_t n)
{
	assert(n >= 0);
	if (n > b->cap - b->n) {
		ptrdiff_t cap = b->cap ? b->cap * 2 : 256;

		while (cap < b->n + n)
			cap *= 2;
		if (b->p && b->p + b->cap == b->a->at && cap - b->cap <= b->a->end - b->a->at) {
			b->a->at = b->p + cap; /* nothing was taken since: grow where it stands */
		} else {
			char *p = arena_room(b->a, 1, cap);

			if (b->p)
				memcpy(p, b->p, (size_t)b->n);
			b->p = p;
		}
		b->cap = cap;
	}
	b->n += n;
	return b->p + b->n - n;
}

void
buf_put(struct buf *b, struct str s)
{
	if (s.n)
		memcpy(buf_room(b, s.n), s.p, (size_t)s.n);
}

void
buf_char(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
}

void
buf_int(struct buf *b, int64_t v)
{
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char text[20], *p = text + sizeof text;

	do
		*--p = (char)('0' + left % 10);
	while (left /= 10);
	if (v < 0)
		*--p = '-';
	buf_put(b, (struct str){ p, text + sizeof text - p });
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if (n < (int)sizeof small) {
		buf_put(b, (struct str){ small, n });
		return;
	}
	char *p = buf_room(b, (ptrdiff_t)n + 1);

	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n--;
}
