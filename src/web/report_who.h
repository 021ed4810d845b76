/* report_who: the pages of a report that ask when it was, who the line manager is, and who reports. For report*.c. */
#ifndef WEB_REPORT_WHO_H
#define WEB_REPORT_WHO_H
#include "web/page/report.h"
#include "web/report_draft.h"

MUST_CHECK enum err report_who_show_times(struct visit *, struct draft *, struct page_question *);
MUST_CHECK enum err report_who_take_times(struct visit *, struct draft *);
/* The fields that name the manager, put behind the *n that are there. */
MUST_CHECK enum err report_who_manager(struct visit *, struct draft *, struct view_field *, int *n);
MUST_CHECK enum err report_who_take_manager(struct visit *, struct draft *);
MUST_CHECK enum err report_who_show_you(struct visit *, struct draft *, struct page_question *);
MUST_CHECK enum err report_who_take_you(struct visit *, struct draft *);

/* For the check page and the command. Empty when nothing is known. */
struct str report_who_time_words(struct visit *, const struct draft *, struct str fact);
struct str report_who_mode(struct visit *, const struct draft *);    /* named | confidential | anonymous */
/* Is somebody signed in who reports as themself? */
bool report_who_signed_in(const struct visit *);
#endif
