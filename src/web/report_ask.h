/* report_ask: questions of the pack as fields of a form, and what was typed as answers; plus the general questions
 * that are asked where the pack's category leaves them open. For report*.c. */
#ifndef WEB_REPORT_ASK_H
#define WEB_REPORT_ASK_H
#include "web/report_draft.h"

/* On which page a question stands. */
enum ask_page { ASK_DETAILS, ASK_PEOPLE, ASK_MANAGER };
enum ask_page report_ask_page(const struct question *);

/* Fill in what follows from a draft with a category. */
void report_ask_know(struct cx *, const struct policy *, struct draft *);

/* Questions of one page that are to be shown now: those not asked before, or, when all were, all. `n` gets how many.
 * */
const struct question *const *report_ask_shown(struct cx *, const struct draft *, enum ask_page, ptrdiff_t *n);
/* Whether one of that page applies and was not asked yet. */
bool report_ask_open(const struct draft *, enum ask_page);

/* A question as a field: with what was typed when this is a POST, else with what the draft has. */
struct view_field report_ask_field(struct visit *, const struct draft *, const struct question *);
/* Read the answers to n questions from the form into the draft; faults name the field. */
void report_ask_take(struct visit *, struct draft *, const struct question *const *, ptrdiff_t n);
/* The answer as people read it; empty when there is none. */
struct str report_ask_words(struct cx *, const struct question *, const struct js *answer);
/* The draft's answer, NULL if there is none. */
const struct js *report_ask_answer(const struct draft *, const struct question *);
#endif
