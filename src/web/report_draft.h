/* report_draft: the unfinished report of one browser, and what was sent from it within the last hour. Kept by command
 * `draft` under the browser's token and sealed with it, so that what somebody wrote and did not send can be read in
 * no database. For report*.c.
 *
 * Kept as {"cid", "from", "category", "narrative", "answers": {question: …}, "facts": {fact: …}, "times": {…},
 * "manager": {"line_manager", "line_manager_is", "name"}, "reporter": {…}, "files": […], "shown": [cards],
 * "asked": [questions], "sent": {"cid", "ref", "code", "seal", "session", "kind", "at"}}. */
#ifndef WEB_REPORT_DRAFT_H
#define WEB_REPORT_DRAFT_H
#include "core/evaluate.h"
#include "web/visit.h"

struct draft {
	struct js *all;
	const struct category *category;    /* NULL: none chosen yet */
	/* What follows from it under the policy, made by report_draft_know: */
	const struct question *const *asks; /* that apply now, of the pack and general ones, in order */
	ptrdiff_t n_asks;
	struct js *answers, *stated;        /* of those alone: by question; and facts by name, `category` among them */
	struct facts facts;                 /* all that is known, derived */
};

/* What is kept for this browser; an empty draft when nothing is, or when it cannot be read any more. */
MUST_CHECK enum err report_draft_load(struct visit *, struct draft *);
/* Whether somebody has begun to write in it. */
bool report_draft_begun(const struct draft *);
/* Work out asks, answers and facts again after a change. */
void report_draft_know(struct visit *, struct draft *);

const struct js *report_draft_get(const struct draft *, struct str key);
/* Set, or replace, or with NULL take away. */
void report_draft_put(struct cx *, struct js *object, struct str key, struct js *value);
/* The object under `key`, made if it is not there. */
struct js *report_draft_object(struct cx *, struct draft *, struct str key);
/* A list of words that each stand in it once: "shown", "asked", "done". */
void report_draft_mark(struct cx *, struct draft *, struct str list, struct str word);
bool report_draft_marked(const struct draft *, struct str list, struct str word);

/* What was sent last, if that was not long ago; NULL otherwise. */
const struct js *report_draft_sent(struct visit *, const struct draft *);
/* Forget all but what was sent. */
void report_draft_clear(struct cx *, struct draft *);

/* Keep it, then go to `where`. The handler returns what this returns. */
MUST_CHECK enum err report_draft_save(struct visit *, struct draft *, struct str where);
#endif
