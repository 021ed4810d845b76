/* cases: the plain-words expectations that stand beside a pack (pack.cases, docs/PACK.md) and their running.
 * Called by `tocsin policy cases`, by tests and by whoever wants to know which rows of policy/rows.txt are proved. */
#ifndef PACK_CASES_H
#define PACK_CASES_H
#include "core/evaluate.h"

struct case_result {
	int line;                  /* of the block's first line */
	const struct str *rows; ptrdiff_t n_rows;
	struct str title;
	bool passed;
	struct str why;            /* of what did not hold, with its own line; empty when it passed */
};

/* Reads and runs them all. Text that is not understood becomes faults (ERR_BAD_INPUT), and then nothing is run. */
MUST_CHECK enum err cases_run(struct cx *, const struct policy *, struct str text, struct case_result **out,
    ptrdiff_t *n);
#endif
