/* browse: a browser without script, for tests: it feeds HTTP text through the door to site_app over a flow's desk,
 * keeps cookies, follows redirects, reads the forms that it was given and sends them as a person would who filled
 * them in. Tests only; any page that is not as every page must be (its fields of security, its type) fails the test.
 * */
#ifndef WEB_BROWSE_H
#define WEB_BROWSE_H
#include "desk/flow.h"
#include "web/door.h"

struct browse_cookie { struct str name, value; struct browse_cookie *next; };
struct browse_field { struct str name, value, filename; bool is_file; struct browse_field *next; };

struct browse {
	struct flow *flow;
	struct cx *cx;
	struct door door;
	struct http_door http;
	struct web_app app;
	struct browse_cookie *cookies;
	struct browse_field *fill;     /* for the next form */
	/* the last answer, redirects followed */
	int status;
	int hops;                      /* how many redirects led to it */
	struct str at;                 /* its address: "/report/when" */
	struct str head, page;         /* fields, body */
	struct str with;               /* sent in the head of every request: "Name: value" CRLF … */
	struct str sent;               /* the last request that was a POST, to send it again */
};

/* A browser that has been nowhere. Closed by the end of the test's turn. */
struct browse *browse_start(struct flow *);
/* Be signed in: `session` as flow_sign_in gives it. */
void browse_as(struct browse *, struct str session);
struct str browse_cookie(const struct browse *, struct str name);

void browse_get(struct browse *, const char *address);
/* The link whose words hold `text` (after the menu); fails the test if there is none. */
void browse_follow(struct browse *, const char *text);

/* What the next form says: for a radio or a select the value, for checkboxes one call each, for a text what is typed.
 * NULL takes away what the page had filled in, or unticks all. */
void browse_fill(struct browse *, const char *name, const char *value);
void browse_attach(struct browse *, const char *name, const char *filename, struct str bytes);
/* Send the form that posts to `action` (NULL: the first one of the page that is not the sign-out), with what the page
 * filled in, what browse_fill said, and, when it is not NULL, the button of that value. */
void browse_send(struct browse *, const char *action);
void browse_press(struct browse *, const char *action, const char *button);
/* Press the same button once more, impatiently: the same bytes again. */
void browse_again(struct browse *);
/* One request as it is: for what no form would send. `type` NULL: a GET. */
void browse_raw(struct browse *, const char *method, const char *address, const char *type, struct str body);

/* Whether the page says this, read as a person reads it: tags away, entities undone, runs of space as one. */
bool browse_sees(struct browse *, const char *text);
/* Whether its HTML holds this. */
bool browse_has(const struct browse *, const char *html);
void browse_expect(struct browse *, int status, const char *at, const char *text);
/* What a field of a form on the page holds now; for radios and checkboxes what is ticked (the first). */
struct str browse_value(struct browse *, const char *name);
/* The text of the first element with that class. */
struct str browse_class(struct browse *, const char *class);
/* A field of the answer's head. */
struct str browse_head(const struct browse *, const char *name);
#endif
