/* Facts as JSON: what was read is written in one way, and reads back as itself. */
#include "core/fact.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	struct facts a = { 0 }, b = { 0 };
	struct str once, twice;
	struct js *j;

	TRY(js_read(cx, in, &j));
	facts_read(cx, j, &a);
	once = js_text(cx, facts_js(cx, &a));
	cx->faults = NULL;
	cx->n_faults = 0;
	TRY(js_read(cx, once, &j));
	facts_read(cx, j, &b);
	HOLD(cx->n_faults == 0);
	twice = js_text(cx, facts_js(cx, &b));
	HOLD(str_eq(once, twice));
	for (int f = 0; f < FACTS; f++)
		HOLD(!a.v[f].known || value_words(cx, (enum fact)f, &a.v[f]).n);
	return OK;
}
