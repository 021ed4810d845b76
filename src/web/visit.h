/* visit: what every handler needs to know of a request: who asks, in which desk, from where; and the pieces that every page
 * and form carries. Made by site.c before a handler runs; at turn->own. */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H
#include "web/door.h"
#include "web/page/view.h"

struct route;
struct upload;
struct arriving;
struct visit {
	struct turn *turn;
	struct door *door;
	const struct desk *desk;
	const struct policy *policy;   /* NULL while none is in force */
	struct credential credential;
	struct actor who;
	const struct route *route;
	struct str args[4];            /* what stood for the ":names" of the route's path, in order */
	bool api;                      /* problem+json, bearer token */
	bool https;
	struct str csrf;               /* what forms of this visitor carry */
	struct str browser_csrf;       /* what forms of an unfinished report carry: they outlive a session that ends meanwhile */
	struct upload *uploads;        /* what has arrived: see upload.h */
	struct arriving *arriving;
	struct buf *listed;            /* a list that an administrator sends: see admin.h */
	struct str browser;            /* the token of this browser: drafts hang from it; made when there is none */
};
struct visit *visit_of(struct turn *);
/* Names of cookies: over https none but this host can set them. */
struct str visit_session_cookie(bool https);
struct str visit_browser_cookie(bool https);
/* What a form that posts to this path carries. */
struct str visit_csrf(const struct visit *, struct str path);
/* Keep a session's token in a cookie, or forget it when empty. */
void visit_session(struct visit *, struct str token);

/* The frame of a page: titles, navigation by role, phone and hours, sign out. `title` of the page; `staff`: the wide one. */
struct view_frame visit_frame(struct visit *, struct str title, bool staff);
/* Hidden fields of a form that posts to `action`; the command id is a fresh one, or the one that came with the request, so that
 * a form sent twice is one command. */
struct view_form visit_form(struct visit *, struct str action);
/* The command id that came with a form; a fault if it is none. */
struct id visit_command(struct visit *);
/* Send a command as this visitor; see door_send. */
MUST_CHECK enum err visit_send(struct visit *, struct str command, struct str ref, struct js *args, door_then *, void *arg);

/* Times as people read them, in London: "Mon 23 Nov 2026, 09:12"; "today 17:00" within a day; iso beside it. */
struct view_time visit_time(struct visit *, when);
struct str visit_ago(struct visit *, when);  /* "3 hours ago" */
/* A clock for a due time that began at `from`. `sub` says what it is for. */
struct view_clock visit_clock(struct visit *, when from, when due, struct str sub);
/* What was wrong, as the error summary wants it; n gets how many. */
const struct view_fault *visit_faults(struct visit *, int *n);
/* What was wrong with one field, or empty. */
struct str visit_fault_of(struct visit *, struct str field);
/* 303 to a local address. */
MUST_CHECK enum err visit_see(struct visit *, struct str where);
/* An HTML answer; write the page into what it returns. */
struct buf *visit_page(struct visit *, int status);
#endif
