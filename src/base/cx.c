#include "base/cx.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *
arena_room(struct arena *a, ptrdiff_t size, ptrdiff_t n)
{
	ptrdiff_t pad = (ptrdiff_t)(-(uintptr_t)a->at & 15), room = a->end - a->at - pad;
	char *p;

	assert(size > 0 && n >= 0);
	if (room < 0 || n > room / size) {
		if (!a->over)
			abort();
		longjmp(*a->over, 1);
	}
	p = a->at + pad;
	a->at = p + size * n;
	return p;
}

void *
arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t n)
{
	return memset(arena_room(a, size, n), 0, (size_t)(size * n));
}

void
cx_begin(struct cx *cx, void *room, ptrdiff_t size)
{
	cx->a = (struct arena){ room, room, (char *)room + size, NULL };
	cx->defers = NULL;
	cx->faults = NULL;
	cx->n_faults = 0;
	cx->why[0] = 0;
}

void *
cx_room(ptrdiff_t size)
{
	void *p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

void
cx_defer(struct cx *cx, void (*run)(void *), void *arg)
{
	struct defer *d = NEW(cx, struct defer, 1);

	*d = (struct defer){ run, arg, cx->defers };
	cx->defers = d;
}

struct mark
cx_mark(struct cx *cx)
{
	return (struct mark){ cx->a.at, cx->defers };
}

void
cx_back(struct cx *cx, struct mark m)
{
	while (cx->defers != m.defers) {
		struct defer *d = cx->defers;

		cx->defers = d->below;
		d->run(d->arg);
	}
	cx->a.at = m.at;
}

enum err
cx_run(struct cx *cx, enum err (*fn)(struct cx *, void *), void *arg)
{
	jmp_buf here, *outer = cx->a.over;
	struct mark m = cx_mark(cx);
	enum err e;

	cx->a.over = &here;
	if (setjmp(here) == 0) {
		e = fn(cx, arg);
	} else {
		cx->faults = NULL;
		cx->n_faults = 0;
		cx_back(cx, m);
		e = fail(cx, ERR_TOO_BIG, "this needs more than the %td KiB of memory one turn may use",
		    (cx->a.end - cx->a.start) / 1024);
	}
	cx->a.over = outer;
	return e;
}

void
cx_end(struct cx *cx)
{
	cx_back(cx, (struct mark){ cx->a.start, NULL });
	cx->faults = NULL;
	cx->n_faults = 0;
	cx->why[0] = 0;
}

struct str
str_copy(struct cx *cx, struct str s)
{
	char *p = NEW(cx, char, s.n);

	if (s.n)
		memcpy(p, s.p, (size_t)s.n);
	return (struct str){ p, s.n };
}

const char *
str_z(struct cx *cx, struct str s)
{
	char *p = NEW(cx, char, s.n + 1);

	if (s.n)
		memcpy(p, s.p, (size_t)s.n);
	return p;
}

struct str
str_fmt(struct cx *cx, const char *fmt, ...)
{
	char small[256], *p;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	p = NEW(cx, char, n + 1);
	if (n < (int)sizeof small)
		return (struct str){ memcpy(p, small, (size_t)n), n };
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, n };
}

struct str
str_lower(struct cx *cx, struct str s)
{
	char *p = NEW(cx, char, s.n);

	for (ptrdiff_t i = 0; i < s.n; i++)
		p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
	return (struct str){ p, s.n };
}

struct str
str_join(struct cx *cx, const struct str *s, ptrdiff_t n, struct str between)
{
	ptrdiff_t all = 0;
	char *p, *at;

	for (ptrdiff_t i = 0; i < n; i++)
		all += s[i].n + (i ? between.n : 0);
	at = p = NEW(cx, char, all);
	for (ptrdiff_t i = 0; i < n; i++) {
		if (i && between.n)
			at = (char *)memcpy(at, between.p, (size_t)between.n) + between.n;
		if (s[i].n)
			at = (char *)memcpy(at, s[i].p, (size_t)s[i].n) + s[i].n;
	}
	return (struct str){ p, all };
}
