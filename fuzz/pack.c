/* A policy pack: refused with at least one fault, or good enough to evaluate and explain. */
#include "core/evaluate.h"
#include "fuzz/fuzz.h"
#include "pack/pack.h"

FUZZ(cx, in)
{
	const struct policy *p;
	struct facts f = { 0 };
	struct owed owed;
	enum err e = pack_read(cx, in, &p);

	HOLD((e == OK) == (cx->n_faults == 0));
	TRY(e);
	policy_evaluate(cx, p, &f, cx->now, &owed);
	HOLD(js_text(cx, policy_explain(cx, &owed)).n);
	for (ptrdiff_t i = 0; i < owed.n_duties; i++) {
		struct str *steps;
		ptrdiff_t n = within_steps(cx, &owed.duties[i].rule->within, owed.duties[i].from, NULL, 0, &steps);

		HOLD(n > 0 && n <= 40 && owed.duties[i].because.n && owed.duties[i].rule->words.n);
	}
	return OK;
}
