/* browse_html: just enough of HTML for browse to read our own pages: tags with double-quoted attributes, as the page
 * generator writes them. Tests only. */
#ifndef WEB_BROWSE_HTML_H
#define WEB_BROWSE_HTML_H
#include "base/cx.h"

struct html_field {
	struct str name, value;
	bool sent;                     /* a browser would send it as it stands: not an empty box or an unpressed button */
	bool is_file, is_button;
	struct html_field *next;
};
struct html_form { struct str action; bool multipart; struct html_field *fields; };

/* The form that posts to `action`; empty: the first that posts anywhere but to /sign-out. */
bool html_form(struct cx *, struct str page, struct str action, struct html_form *out);
/* The next form that posts; *rest moves behind it. */
bool html_form_next(struct cx *, struct str *rest, struct html_form *out);
bool html_form_has(const struct html_form *, struct str name);
/* The name of the button with that value; empty if there is none. */
struct str html_button(const struct html_form *, struct str value);
/* The address of the first link, menu first, whose words hold `text`; empty if there is none. */
struct str html_link(struct cx *, struct str page, struct str text);
/* What a person reads. */
struct str html_text(struct cx *, struct str page);
/* The text of the first element that has this class. */
struct str html_class(struct cx *, struct str page, struct str class);
#endif
