/* plan: the flows that are tried in bad weather, and the case that they are about. Used by faults alone. */
#ifndef TEST_PLAN_H
#define TEST_PLAN_H
#include "base/hash.h"
#include "desk/flow.h"

enum { PLAN_MOST = 3, PLANS = 20 };

struct plan {
	const char *name;
	struct str requests[PLAN_MOST];
	int n;
	bool together;   /* in one batch, after which any of them may stand */
	bool opening;    /* the faults come while the desk is opened */
	bool sign;       /* sign and fold back afterwards */
	bool each;       /* more of it even in a sample */
	struct hash dumps[PLAN_MOST + 1], again[PLAN_MOST + 1]; /* after so many; after so many, a new start and the rest */
	struct hash answers[PLAN_MOST];
};

/* Make the scene on a desk that has just been begun, and the plans for it, at most PLANS. Returns how many. */
int plan_all(struct cx *, struct flow *, struct plan *out);
#endif
