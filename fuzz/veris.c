/* A file of VERIS incidents: records are cut out alike however the bytes come, and whatever is one becomes facts that are
 * sound. */
#include "cli/records.h"
#include "desk/veris.h"
#include "fuzz/fuzz.h"
#include <string.h>

struct text { struct str rest; ptrdiff_t step; };

static ptrdiff_t
give(void *with, char *to, ptrdiff_t n)
{
	struct text *t = with;
	ptrdiff_t some = t->rest.n < t->step ? t->rest.n : t->step;

	some = some < n ? some : n;
	if (some)
		memcpy(to, t->rest.p, (size_t)some);
	t->rest = str_sub(t->rest, some, t->rest.n);
	return some;
}

static void
one(struct cx *cx, struct str text)
{
	static const struct policy none;
	struct facts f = { 0 };
	struct js *j, *args;

	if (js_read(cx, text, &j) == OK && veris_args(cx, &none, j, false, &args) == OK) {
		facts_read(cx, js_get(args, S("facts")), &f);
		HOLD(cx->n_faults == 0 && js_str(args, S("import_hash")).n == 64);
	}
	cx->faults = NULL;
	cx->n_faults = 0;
}

FUZZ(cx, in)
{
	enum records_shape shape = in.n && in.p[0] & 1 ? RECORDS_LINES : RECORDS_WHOLE;
	struct records *whole = NEW(cx, struct records, 1), *cut = NEW(cx, struct records, 1);
	struct text a = { in, RECORDS_ROOM }, b = { in, 1 };
	struct records_item x, y;

	records_begin(whole, (struct records_source){ give, &a }, shape);
	records_begin(cut, (struct records_source){ give, &b }, shape);
	if (whole->at == 3) /* a byte order mark is only seen when it comes whole */
		return OK;
	do {
		records_next(cx, whole, &x);
		records_next(cx, cut, &y);
		HOLD(x.is == y.is && x.line == y.line && str_eq(x.text, y.text));
		if (x.is == RECORDS_VALUE)
			one(cx, x.text);
	} while (x.is != RECORDS_END);
	return OK;
}
