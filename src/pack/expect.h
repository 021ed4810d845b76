/* expect: one expectation of a case, held against what the policy says. Used by cases.c; the grammar is the table in
 * docs/PACK.md. */
#ifndef PACK_EXPECT_H
#define PACK_EXPECT_H
#include "core/evaluate.h"

/* What a case has come to before its expectations are looked at. */
struct scene {
	struct cx *cx;
	const struct policy *policy;
	when now;
	struct owed owed;          /* with the derived facts */
};

/* OK and an empty *why if it holds, OK and a reason if it does not, a fault if it is not understood. */
void expect_check(const struct scene *, struct str text, const struct source *, struct str *why);
#endif
