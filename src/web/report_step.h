/* report_step: the pages of a report one after the other: which there are, which comes next, and what they share. For
 * report*.c. */
#ifndef WEB_REPORT_STEP_H
#define WEB_REPORT_STEP_H
#include "web/page/report.h"
#include "web/report_draft.h"

/* Where the page behind the one called `name` is: the next that applies, or, when the form was reached from the check
 * page (its field then=check), that. */
struct str report_step_next(struct visit *, const struct draft *, struct str name);
/* The page before it. */
struct str report_step_back(struct visit *, const struct draft *, struct str name);
struct view_progress report_step_progress(struct visit *, const struct draft *, struct str name);
/* The form of a page; it carries on what it was asked with: then=check, from=poster. */
struct view_form report_step_form(struct visit *, struct str action);

/* Cards to be shown on this page: those of the case so far that the reporter has not had yet, or with `all` those
 * too. The form says which were shown when it comes back: give it to report_step_form's result. */
const struct view_card *report_step_advice(struct visit *, const struct draft *, bool all, struct view_form *,
    int *n);
/* Remember the cards that the form says were shown. */
void report_step_shown(struct visit *, struct draft *);
#endif
