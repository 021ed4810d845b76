/* queue: small pieces that the handlers' pages and the API share. Called by queue.c, case*.c and api_read.c. */
#ifndef WEB_QUEUE_H
#define WEB_QUEUE_H
#include "desk/ask.h"
#include "web/visit.h"

struct view_tag queue_state(struct str state);
struct view_severity queue_level(struct visit *, struct str level);
struct view_person queue_person(struct visit *, const struct ask_person *);
struct str queue_about(struct str about);
/* The queue's filter as the address has it: view, q, level, only, category, department, after. ERR_BAD_INPUT names what
 * is wrong. */
MUST_CHECK enum err queue_filter(struct visit *, struct ask_filter *out);
/* The query of the page after this one; empty when there is none. */
struct str queue_next(struct visit *, const struct ask_page *);
#endif
