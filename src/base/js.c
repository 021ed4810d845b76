#include "base/js.h"

#include "base/js_read.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct js *
hang(struct cx *cx, struct js *in, struct js v)
{
	struct js *j = NEW(cx, struct js, 1);

	*j = v;
	if (in->last)
		in->last->next = j;
	else
		in->first = j;
	in->last = j;
	in->n++;
	return j;
}

struct js *
js_open(struct cx *cx, struct js *in, struct str key, bool object)
{
	return hang(cx, in, (struct js){ .type = object ? JS_OBJECT : JS_ARRAY, .key = key });
}

void
js_leaf_str(struct cx *cx, struct js *in, struct str key, struct str s)
{
	hang(cx, in, (struct js){ .type = JS_STR, .key = key, .str = s });
}

void
js_leaf_int(struct cx *cx, struct js *in, struct str key, int64_t i)
{
	hang(cx, in, (struct js){ .type = JS_INT, .key = key, .i = i });
}

void
js_leaf_real(struct cx *cx, struct js *in, struct str key, double d)
{
	hang(cx, in, (struct js){ .type = JS_REAL, .key = key, .real = d });
}

void
js_leaf_bool(struct cx *cx, struct js *in, struct str key, bool b)
{
	hang(cx, in, (struct js){ .type = b ? JS_TRUE : JS_FALSE, .key = key });
}

void
js_leaf_null(struct cx *cx, struct js *in, struct str key)
{
	hang(cx, in, (struct js){ .key = key });
}

enum err
js_read(struct cx *cx, struct str text, struct js **out)
{
	struct js root = { .type = JS_ARRAY };

	TRY(js_parse(cx, text, &root));
	*out = root.first;
	return OK;
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

/* Are these eight all plain? A byte that is not leaves its high bit: below 0x20 by the borrow of a subtraction, and an equal
 * one by the same of what is left when it is taken away. Says no now and then where the answer is yes. */
static bool
eight_are_plain(const char *p)
{
	static const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
	uint64_t v, quote, slash, del, low;

	memcpy(&v, p, sizeof v);
	quote = v ^ ones * '"';
	slash = v ^ ones * '\\';
	del = v ^ ones * 0x7f;
	low = (v - ones * 0x20) & ~v;
	return !((low | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((del - ones) & ~del)) & tops);
}

void
js_write_str(struct buf *b, struct str s)
{
	ptrdiff_t from = 0, i = 0;
	char *p;

	while (i + 8 <= s.n && eight_are_plain(s.p + i))
		i += 8;
	while (i < s.n && is_plain(s.p[i]))
		i++;
	if (i == s.n) { /* nearly all there is to write */
		p = buf_room(b, s.n + 2);
		p[0] = p[s.n + 1] = '"';
		if (s.n)
			memcpy(p + 1, s.p, (size_t)s.n);
		return;
	}
	buf_char(b, '"');
	for (; i < s.n; i++) {
		char c = s.p[i];

		if (is_plain(c))
			continue;
		buf_put(b, str_sub(s, from, i - from));
		from = i + 1;
		if (c == '"' || c == '\\')
			buf_char(b, '\\'), buf_char(b, c);
		else if (c == '\n')
			buf_put(b, S("\\n"));
		else
			buf_fmt(b, "\\u%04x", (unsigned char)c);
	}
	buf_put(b, str_sub(s, from, s.n));
	buf_char(b, '"');
}

static void
write_all(struct buf *b, const struct js *j, char open, char close)
{
	buf_char(b, open);
	for (const struct js *m = j->first; m; m = m->next) {
		if (m != j->first)
			buf_char(b, ',');
		if (j->type == JS_OBJECT) {
			js_write_str(b, m->key);
			buf_char(b, ':');
		}
		js_write(b, m);
	}
	buf_char(b, close);
}

void
js_write(struct buf *b, const struct js *j)
{
	switch (j->type) {
	case JS_NULL:   buf_put(b, S("null")); break;
	case JS_FALSE:  buf_put(b, S("false")); break;
	case JS_TRUE:   buf_put(b, S("true")); break;
	case JS_INT:    buf_int(b, j->i); break;
	case JS_STR:    js_write_str(b, j->str); break;
	case JS_ARRAY:  write_all(b, j, '[', ']'); break;
	case JS_OBJECT: write_all(b, j, '{', '}'); break;
	case JS_REAL: {
		char t[40];
		int n = snprintf(t, sizeof t, "%.17g", j->real);

		assert(isfinite(j->real));
		if (!strpbrk(t, ".e"))
			n += snprintf(t + n, sizeof t - (size_t)n, ".0"); /* stays a real when read back */
		buf_put(b, (struct str){ t, n });
		break;
	}
	}
}

struct str
js_text(struct cx *cx, const struct js *j)
{
	struct buf b = buf_new(cx);

	js_write(&b, j);
	return buf_str(&b);
}

const struct js *
js_get(const struct js *object, struct str key)
{
	if (object && object->type == JS_OBJECT)
		for (const struct js *m = object->first; m; m = m->next)
			if (str_eq(m->key, key))
				return m;
	return NULL;
}

struct str
js_str(const struct js *object, struct str key)
{
	const struct js *j = js_get(object, key);

	return j && j->type == JS_STR ? j->str : S("");
}

int64_t
js_int(const struct js *object, struct str key, int64_t none)
{
	const struct js *j = js_get(object, key);

	return j && j->type == JS_INT ? j->i : none;
}

bool
js_true(const struct js *object, struct str key)
{
	const struct js *j = js_get(object, key);

	return j && j->type == JS_TRUE;
}

struct js *
js_object(struct cx *cx)
{
	struct js *j = NEW(cx, struct js, 1);

	j->type = JS_OBJECT;
	return j;
}

struct js *
js_array(struct cx *cx)
{
	struct js *j = NEW(cx, struct js, 1);

	j->type = JS_ARRAY;
	return j;
}

struct js *
js_set(struct cx *cx, struct js *object, struct str key, struct js *value)
{
	struct js v = *value;

	assert(object->type == JS_OBJECT && !js_get(object, key));
	v.key = key;
	v.next = NULL;
	return hang(cx, object, v);
}

struct js *
js_set_str(struct cx *cx, struct js *object, struct str key, struct str s)
{
	return js_set(cx, object, key, &(struct js){ .type = JS_STR, .str = s });
}

struct js *
js_set_int(struct cx *cx, struct js *object, struct str key, int64_t i)
{
	return js_set(cx, object, key, &(struct js){ .type = JS_INT, .i = i });
}

struct js *
js_set_bool(struct cx *cx, struct js *object, struct str key, bool b)
{
	return js_set(cx, object, key, &(struct js){ .type = b ? JS_TRUE : JS_FALSE });
}

struct js *
js_set_when(struct cx *cx, struct js *object, struct str key, when t)
{
	char text[WHEN_TEXT];

	if (t == NEVER)
		return NULL;
	return js_set_str(cx, object, key, str_copy(cx, (struct str){ text, when_text(t, text) }));
}

struct js *
js_add(struct cx *cx, struct js *array, struct js *value)
{
	struct js v = *value;

	assert(array->type == JS_ARRAY);
	v.key = S("");
	v.next = NULL;
	return hang(cx, array, v);
}

struct js *
js_add_str(struct cx *cx, struct js *array, struct str s)
{
	return js_add(cx, array, &(struct js){ .type = JS_STR, .str = s });
}

struct js *
js_of_str(struct cx *cx, struct str s)
{
	struct js *j = NEW(cx, struct js, 1);

	*j = (struct js){ .type = JS_STR, .str = s };
	return j;
}

struct js *
js_share(struct cx *cx, const struct js *from)
{
	struct js *j = NEW(cx, struct js, 1);

	*j = *from;
	j->key = S("");
	j->next = NULL;
	return j;
}

bool
js_eq(const struct js *a, const struct js *b)
{
	if (a->type != b->type || a->n != b->n || a->i != b->i || !str_eq(a->str, b->str) || a->real < b->real ||
	    a->real > b->real)
		return false;
	if (a->type == JS_OBJECT) {
		for (const struct js *m = a->first; m; m = m->next) {
			const struct js *o = js_get(b, m->key);

			if (!o || !js_eq(m, o))
				return false;
		}
		return true;
	}
	for (const struct js *m = a->first, *o = b->first; m; m = m->next, o = o->next)
		if (!js_eq(m, o))
			return false;
	return true;
}

void
js_only(struct cx *cx, const struct js *object, const struct str *names, ptrdiff_t n)
{
	for (const struct js *m = object->first; m; m = m->next) {
		struct str near;
		bool known = false;

		for (ptrdiff_t i = 0; i < n; i++)
			known |= str_eq(names[i], m->key);
		if (known)
			continue;
		near = str_nearest(m->key, names, n);
		fault_add(cx, m->key, 0, 0, S("unknown-field"), "there is no field “%.*s” here%s%.*s%s", F(m->key),
		    near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
	}
}
