#include "base/err.h"

#include "base/cx.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FAULTS_KEPT = 100 };

static const struct { int http, exit; struct str name, words; } kinds[] = {
	[OK] = { 200, 0, { "OK", 2 }, { "done", 4 } },
#define ERR(kind, http, code, words) [ERR_##kind] = { http, code, { #kind, sizeof #kind - 1 }, { words, sizeof words - 1 } },
#include "base/err.def"
#undef ERR
};

enum err
(fail)(struct cx *cx, enum err kind, const char *fmt, ...)
{
	char why[sizeof cx->why]; /* an argument may be cx->why itself */
	struct str cut;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	cut = utf8_cut(str_of(why), sizeof cx->why - 1);
	while (cut.n && !utf8_ok(cut))
		cut.n--;
	memcpy(cx->why, cut.p, (size_t)cut.n);
	cx->why[cut.n] = 0;
	return kind;
}

int err_http(enum err e) { return kinds[e].http; }
int err_exit(enum err e) { return kinds[e].exit; }
struct str err_name(enum err e) { return kinds[e].name; }
struct str err_words(enum err e) { return kinds[e].words; }

enum err
err_of_name(struct str name)
{
	for (ptrdiff_t i = OK + 1; i < COUNT(kinds); i++)
		if (str_eq(kinds[i].name, name))
			return (enum err)i;
	return ERR_BROKEN;
}

void
fault_add(struct cx *cx, struct str field, int line, int column, struct str rule, const char *fmt, ...)
{
	struct fault **end = &cx->faults, *f;
	va_list ap;
	char *p;
	int n;

	if (cx->n_faults++ >= FAULTS_KEPT)
		return;
	while (*end)
		end = &(*end)->next;
	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = NEW(cx, char, n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	f = NEW(cx, struct fault, 1);
	*f = (struct fault){ field, rule, { p, n }, line, column, NULL };
	*end = f;
}

enum err
fault_end(struct cx *cx)
{
	struct fault *f = cx->faults;

	if (!f)
		return OK;
	if (f->line)
		return fail(cx, ERR_BAD_INPUT, "line %d, column %d: %.*s", f->line, f->column, F(f->words));
	return fail(cx, ERR_BAD_INPUT, "%.*s%s%.*s", F(f->field), f->field.n ? ": " : "", F(f->words));
}
