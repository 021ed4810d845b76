/* A condition from a pack: compiled, evaluated both ways and said in words. */
#include "core/condition.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	static const struct source here = { { "when", 4 }, 1, 1, { NULL, 0 } };
	const struct condition *c = condition_compile(cx, in, &here), *not;
	struct facts none = { 0 }, some = { 0 };

	HOLD((c == NULL) == (cx->n_faults == 1));
	if (!c)
		return OK;
	fact_set_bool(&some, FACT_major, true);
	fact_set(&some, FACT_kind, S("event"));
	fact_set(&some, FACT_forms, S("paper"));
	fact_set_number(&some, FACT_people_affected, 7);
	HOLD(condition_words(cx, c).n && condition_why(cx, c, &none).n && condition_why(cx, c, &some).n);
	not = condition_compile(cx, str_fmt(cx, "not (%.*s)", F(in)), &here);
	if (not) { /* NULL when the brackets make it too deep or too long, or in holds a NUL */
		HOLD(condition_holds(c, &none) != condition_holds(not, &none));
		HOLD(condition_holds(c, &some) != condition_holds(not, &some));
	}
	return OK;
}
