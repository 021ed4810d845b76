/* torture_look: a page as a list of tags and texts, read more strictly than any browser would: an attribute without
 * double quotes, a bare ampersand or an unknown entity is wrong. */
#ifndef TORTURE_LOOK_H
#define TORTURE_LOOK_H
#include "base/cx.h"

enum { LOOK_ATTRS = 24 };
struct look_attr { struct str name, value; bool said; };
struct look_part { bool is_text, closes; struct str text; const struct look_attr *attrs; int n_attrs; };
struct look { struct look_part *parts; ptrdiff_t n; };

/* False if the page is not HTML as our templates write it; *why says where. */
bool look_at(struct cx *, struct str page, struct look *out, struct str *why);
/* Whether an element has both of these. */
bool look_has(const struct look *, const char *name, struct str value, const char *other, struct str its);
/* The first address that holds these words; empty if there is none. */
struct str look_href(const struct look *, const char *words);
#endif
