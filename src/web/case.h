/* case: pieces of the case page that its files share. */
#ifndef WEB_CASE_H
#define WEB_CASE_H
#include "desk/ask.h"
#include "web/page/staff.h"
#include "web/visit.h"

/* "/case/<ref>" and what follows. */
struct str case_href(struct visit *, struct str ref, struct str rest);
/* Who holds what is addressed to a token, in words: a person's name, or the title of the role. */
MUST_CHECK enum err case_holder(struct visit *, struct str role, struct str token, struct str *out);
/* Duties as the page and the stub show them: open ones first. n_done gets how many are not open. */
MUST_CHECK enum err case_duties(struct visit *, const struct ask_case *, const struct view_duty **out, int *n, int *n_done);
/* Facts, who said so, where to change them. */
MUST_CHECK enum err case_facts(struct visit *, const struct ask_case *, const struct view_fact **out, int *n);
/* The form that states one fact; the act "facts" of case_act.c. */
MUST_CHECK enum err case_facts_show(struct visit *);
MUST_CHECK enum err case_facts_send(struct visit *);
#endif
