/* form: fields of a form (query, application/x-www-form-urlencoded, plain parts of multipart), for handlers.
 *
 * Names and values are well-formed UTF-8 without NUL; line ends in values (CRLF or CR, as browsers send them) are
 * LF. What is wrong becomes a fault that names its field, so that a page can say all of it at once. */
#ifndef WEB_FORM_H
#define WEB_FORM_H
#include "base/cx.h"

enum { FORM_FIELDS = 500, FORM_NAME = 128 };

struct form_field { struct str name, value; struct form_field *next; };
struct form { struct form_field *first, *last; int n; };

/* Read "a=1&b=2" behind what *form already has. ERR_BAD_INPUT with a fault a field: bad escapes, not UTF-8, NUL, a
 * raw control character, no '=', no name, a name longer than FORM_NAME, more than FORM_FIELDS. */
MUST_CHECK enum err form_read(struct cx *, struct str text, struct form *);
/* Add one field with raw bytes, checked and tidied as above; a fault when it is not acceptable. */
void form_add(struct cx *, struct form *, struct str name, struct str value);

bool form_has(const struct form *, struct str name);
/* The first value; the empty str when absent. */
struct str form_get(const struct form *, struct str name);
/* The same, with a fault (rule "twice") when the field came more than once. */
struct str form_one(struct cx *, const struct form *, struct str name);
/* All values of a name, one after the other: start with NULL, ends with NULL. */
const struct form_field *form_next(const struct form *, struct str name, const struct form_field *after);
/* Each field must be one of n names: others become faults (rule "unknown") that name the nearest known. */
void form_only(struct cx *, const struct form *, const struct str *names, ptrdiff_t n);
#endif
