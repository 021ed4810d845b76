/* case_own: what pages say to a reporter about their own case: cards, what happens next, the receipt and its proof.
 * For report*.c and follow*.c. */
#ifndef WEB_CASE_OWN_H
#define WEB_CASE_OWN_H
#include "desk/ask_report.h"
#include "web/page/report.h"
#include "web/visit.h"

/* Advice for the case as its reporter stated it. */
const struct view_card *case_own_cards(struct visit *, const struct ask_report_case *, int *n);
/* What is owed and matters to the reporter, by role and time. */
const struct view_step *case_own_next(struct visit *, const struct ask_report_case *, int *n);
/* What was told: the narrative, then question and answer, then what was added. */
const struct view_row *case_own_rows(struct visit *, const struct ask_report_case *, int *n);
/* The receipt to print; `code` may be empty, `back` leads back. */
MUST_CHECK enum err case_own_receipt(struct visit *, const struct ask_report_case *, struct str code,
    struct str proof, struct str back);
/* The receipt and its proof as a file that anybody can check. */
MUST_CHECK enum err case_own_proof(struct visit *, struct credential, struct str ref, struct str back);
#endif
