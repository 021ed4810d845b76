/* queue: small pieces of view that the handlers' pages share. Called by queue.c and case*.c. */
#ifndef WEB_QUEUE_H
#define WEB_QUEUE_H
#include "desk/ask.h"
#include "web/visit.h"

struct view_tag queue_state(struct str state);
struct view_severity queue_level(struct visit *, struct str level);
struct view_person queue_person(struct visit *, const struct ask_person *);
struct str queue_about(struct str about);
#endif
