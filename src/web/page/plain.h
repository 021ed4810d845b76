/* plain: pages that only say something: help, privacy, accessibility, and what went wrong. Filled by web/'s handlers;
 * each function is generated from page/NAME.html and writes the whole page. */
#ifndef WEB_PAGE_PLAIN_H
#define WEB_PAGE_PLAIN_H
#include "base/buf.h"
#include "web/page/view.h"

struct page_help {
	struct view_frame frame;
	struct str report_href, follow_href, ask_email;
	struct str rules_title, rules_href;                /* the policy itself; may be empty */
};
void page_help(struct buf *, const struct page_help *);

struct page_privacy {
	struct view_frame frame;
	struct str officer, officer_email;                 /* data protection officer; may be empty */
	const struct view_row *kept; int n_kept;           /* what is kept how long */
};
void page_privacy(struct buf *, const struct page_privacy *);

struct page_accessibility {
	struct view_frame frame;
	struct str email;
	struct str checked;                                /* "21 November 2026" */
};
void page_accessibility(struct buf *, const struct page_accessibility *);

struct page_error {
	struct view_frame frame;
	int status;                                        /* 400 … 507 */
	struct str heading;                                /* "Sorry, there is a problem with the service" */
	const struct str *text; int n_text;
	bool kept;                                         /* what was typed is still there: go back and send again */
	struct view_link again;                            /* "Try again", "Sign in"; may be empty */
	struct str id;                                     /* of the turn, to quote on the phone */
};
void page_error(struct buf *, const struct page_error *);
#endif
