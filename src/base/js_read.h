/* js_read: the seam between the parser that builds a tree and the tree itself; used by js.c only. */
#ifndef BASE_JS_READ_H
#define BASE_JS_READ_H
#include "base/cx.h"

struct js;

/* Parse text and hang its value into `root`, an open array, by the calls below. */
MUST_CHECK enum err js_parse(struct cx *, struct str text, struct js *root);

struct js *js_open(struct cx *, struct js *in, struct str key, bool object);
void js_leaf_str(struct cx *, struct js *in, struct str key, struct str);
void js_leaf_int(struct cx *, struct js *in, struct str key, int64_t);
void js_leaf_real(struct cx *, struct js *in, struct str key, double);
void js_leaf_bool(struct cx *, struct js *in, struct str key, bool);
void js_leaf_null(struct cx *, struct js *in, struct str key);
#endif
