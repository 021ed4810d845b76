/* The only file that sees jansson, whose enumerators would clash with ours. */
#include "base/js_read.h"

#include <jansson.h>

static void let_go(void *p) { json_decref(*(json_t **)p); }

static void
walk(struct cx *cx, struct js *in, struct str key, json_t *from)
{
	struct js *j;
	const char *name;
	json_t *v;
	size_t i;

	switch (json_typeof(from)) {
	case JSON_OBJECT:
		j = js_open(cx, in, key, true);
		json_object_foreach(from, name, v)
			walk(cx, j, str_copy(cx, str_of(name)), v);
		break;
	case JSON_ARRAY:
		j = js_open(cx, in, key, false);
		json_array_foreach(from, i, v)
			walk(cx, j, S(""), v);
		break;
	case JSON_STRING:
		js_leaf_str(cx, in, key,
		    str_copy(cx, (struct str){ json_string_value(from), (ptrdiff_t)json_string_length(from) }));
		break;
	case JSON_INTEGER: js_leaf_int(cx, in, key, json_integer_value(from)); break;
	case JSON_REAL:    js_leaf_real(cx, in, key, json_real_value(from)); break;
	case JSON_TRUE:    js_leaf_bool(cx, in, key, true); break;
	case JSON_FALSE:   js_leaf_bool(cx, in, key, false); break;
	case JSON_NULL:    js_leaf_null(cx, in, key); break;
	}
}

enum err
js_parse(struct cx *cx, struct str text, struct js *root)
{
	json_error_t err;
	json_t **j = NEW(cx, json_t *, 1);

	cx_defer(cx, let_go, j); /* before there is one: from here on a full arena loses nothing */
	*j = json_loadb(text.p ? text.p : "", (size_t)text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &err);
	if (!*j)
		return fail(cx, ERR_BAD_INPUT, "JSON, line %d, column %d: %s", err.line, err.column, err.text);
	walk(cx, root, S(""), *j);
	return OK;
}
