/* The only file that sees jansson, whose enumerators would clash with ours. */
#include "base/js_read.h"

#include <jansson.h>
#include <sys/mman.h>

/* jansson's tree lives only while it is copied: it is made in room that is given back at the next text, so that nothing is
 * asked of the system and an overflow of the turn's arena loses nothing. */
#define ROOM ((ptrdiff_t)1 << 30)
enum { WARM = 1 << 20 };

static struct { char *start, *at, *end; bool spent; } scratch;

static void *
take(size_t n)
{
	char *p = scratch.at;

	n = (n + 15) & ~(size_t)15;
	if (n > (size_t)(scratch.end - p)) {
		scratch.spent = true;
		return NULL;
	}
	scratch.at = p + n;
	return p;
}

static void give(void *p) { (void)p; }

static void
begin(void)
{
	if (!scratch.start) {
		scratch.start = scratch.at = cx_room(ROOM);
		scratch.end = scratch.start + ROOM;
		json_set_alloc_funcs(take, give);
	}
	if (scratch.at - scratch.start > WARM)
		madvise(scratch.start + WARM, (size_t)(scratch.at - scratch.start - WARM), MADV_DONTNEED);
	scratch.at = scratch.start;
	scratch.spent = false;
}

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
	json_t *j;

	begin();
	j = json_loadb(text.p ? text.p : "", (size_t)text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &err);
	/* where jansson finds no room for a byte of a text it goes on without that byte */
	if (scratch.spent)
		return fail(cx, ERR_TOO_BIG, "this JSON needs too much memory");
	if (!j)
		return fail(cx, ERR_BAD_INPUT, "JSON, line %d, column %d: %s", err.line, err.column, err.text);
	walk(cx, root, S(""), j);
	return OK;
}
