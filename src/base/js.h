/* js: one tree for all JSON, read and written (named so because jansson owns json_* at link time). Reading is strict (jansson: UTF-8, no duplicate keys, no trailing
 * bytes); the tree lives in the turn's arena; writing is our own and compact, keys in the order they were set. */
#ifndef BASE_JS_H
#define BASE_JS_H
#include "base/buf.h"
#include "base/cx.h"

enum js_type { JS_NULL, JS_FALSE, JS_TRUE, JS_INT, JS_REAL, JS_STR, JS_ARRAY, JS_OBJECT };

struct js {
	enum js_type type;
	struct str key;        /* within an object */
	struct str str;        /* JS_STR; may hold NUL */
	int64_t i;             /* JS_INT */
	double real;           /* JS_REAL */
	ptrdiff_t n;           /* members or elements */
	struct js *first, *last, *next;
};

/* ERR_BAD_INPUT says line and column. Depth is bounded by jansson (2048); integers are 64-bit. */
MUST_CHECK enum err js_read(struct cx *, struct str text, struct js **out);
void js_write(struct buf *, const struct js *);
struct str js_text(struct cx *, const struct js *);
/* One JSON string with its quotes; bytes that are not UTF-8 must not come here. */
void js_write_str(struct buf *, struct str);

/* Looking: NULL, the empty str, `none` or false where it is absent or of another type. NULL is taken as absent. */
const struct js *js_get(const struct js *object, struct str key);
struct str js_str(const struct js *object, struct str key);
int64_t js_int(const struct js *object, struct str key, int64_t none);
bool js_true(const struct js *object, struct str key);

/* Building. The setters return what they put in; values are not copied. Setting a key twice is a bug. */
struct js *js_object(struct cx *);
struct js *js_array(struct cx *);
struct js *js_set(struct cx *, struct js *object, struct str key, struct js *value);
struct js *js_set_str(struct cx *, struct js *object, struct str key, struct str);
struct js *js_set_int(struct cx *, struct js *object, struct str key, int64_t);
struct js *js_set_bool(struct cx *, struct js *object, struct str key, bool);
struct js *js_set_when(struct cx *, struct js *object, struct str key, when); /* nothing for NEVER */
struct js *js_add(struct cx *, struct js *array, struct js *value);
struct js *js_add_str(struct cx *, struct js *array, struct str);
/* A new value that may be set or added; the members of a tree are shared, not copied. */
struct js *js_of_str(struct cx *, struct str);
struct js *js_share(struct cx *, const struct js *);
bool js_eq(const struct js *, const struct js *);

/* Each member of an object must be one of n names: others become faults that name the nearest known. */
void js_only(struct cx *, const struct js *object, const struct str *names, ptrdiff_t n);
#endif
