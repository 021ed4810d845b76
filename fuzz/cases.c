/* A pack's cases: faults, or results that each say why they did not hold. */
#include "fuzz/fuzz.h"
#include "pack/cases.h"
#include "pack/pack.h"

static const char pack[] =
    "policy: { id: p, title: P, body: B, version: '1', prefix: INC }\n"
    "clauses: { c: A clause }\n"
    "roles: { desk: { title: Desk, is: mailbox } }\n"
    "hours: { support: { days: [mon, tue], from: '08:00', to: '17:30' } }\n"
    "questions: { q: { label: Q, kind: choices, sets: forms, options: { paper: P, email: E } } }\n"
    "cards: { wait: { title: W, text: Wait, when: major } }\n"
    "categories: { something_else: { label: Else, ask: q, words: [other] }, not_sure: { label: Unsure } }\n"
    "rules: [{ id: r, clause: c, do: inform, role: desk, when: kind != enquiry, within: 2 support hours, warn: [1h] "
    "}]\n"
    "levels: { p1: { title: P1 } }\n"
    "severity: [{ when: major, level: p1, because: major }]\n";

FUZZ(cx, in)
{
	const struct policy *p;
	struct case_result *r;
	ptrdiff_t n;
	enum err e;

	HOLD(pack_read(cx, str_of(pack), &p) == OK);
	e = cases_run(cx, p, in, &r, &n);
	HOLD((e == OK) == (cx->n_faults == 0) || cx->why[0]);
	for (ptrdiff_t i = 0; e == OK && i < n; i++)
		HOLD(r[i].passed == (r[i].why.n == 0) && r[i].n_rows > 0);
	return OK;
}
