#include "cli/records.h"

#include <string.h>

enum { START, FIRST, VALUE, NEXT, DONE };

static void
fill(struct records *r)
{
	ptrdiff_t got;

	if (r->over || r->at < r->n)
		return;
	r->at = 0;
	got = r->from.read(r->from.with, r->in, RECORDS_ROOM);
	r->failed = got < 0;
	r->over = got <= 0;
	r->n = got < 0 ? 0 : got;
}

/* The next byte without taking it; -1 at the end. */
static int
peek(struct records *r)
{
	fill(r);
	return r->at < r->n ? (unsigned char)r->in[r->at] : -1;
}

static int
take(struct records *r)
{
	int c = peek(r);

	if (c >= 0)
		r->at++;
	r->line += c == '\n';
	return c;
}

static bool
blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One step of reading brackets and strings: how deep we are behind `c`. */
struct nest { int64_t depth; bool string, escape; };

static void
nest_step(struct nest *s, int c)
{
	if (s->escape)
		s->escape = false;
	else if (s->string && c == '\\')
		s->escape = true;
	else if (c == '"')
		s->string = !s->string;
	else if (!s->string)
		s->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
}

/* One value a line, if the first line is an object that is closed where the line ends. */
static enum records_shape
guess(struct records *r)
{
	struct nest s = { 0 };
	ptrdiff_t i = r->at;

	while (i < r->n && blank(r->in[i]))
		i++;
	if (i >= r->n || r->in[i] != '{')
		return RECORDS_WHOLE;
	for (; i < r->n && r->in[i] != '\n'; i++)
		nest_step(&s, r->in[i]);
	return i < r->n && s.depth == 0 && !s.string ? RECORDS_LINES : RECORDS_WHOLE;
}

void
records_begin(struct records *r, struct records_source from, enum records_shape shape)
{
	memset(r, 0, sizeof *r);
	r->from = from;
	r->line = 1;
	fill(r);
	if (r->n >= 3 && !memcmp(r->in, "\xef\xbb\xbf", 3))
		r->at = 3;
	r->shape = shape == RECORDS_GUESS ? guess(r) : shape;
}

static void
wrong(struct records *r, struct records_item *out, struct str why)
{
	out->is = RECORDS_WRONG;
	out->why = why;
	if (r->shape == RECORDS_WHOLE) { /* nobody knows where the next one would begin */
		r->over = true;
		r->at = r->n;
		r->state = DONE;
	}
}

static struct str too_long(struct cx *cx) { return str_fmt(cx, "a record of more than %d bytes", RECORDS_LONGEST); }

static void
next_line(struct cx *cx, struct records *r, struct records_item *out)
{
	struct buf b = buf_new(cx);
	ptrdiff_t n = 0;

	while (blank(peek(r)))
		take(r);
	out->line = r->line;
	for (int c; (c = peek(r)) >= 0 && c != '\n'; take(r))
		if (n++ < RECORDS_LONGEST)
			buf_char(&b, (char)c);
	take(r);
	if (n > RECORDS_LONGEST) {
		wrong(r, out, too_long(cx));
	} else if (n) {
		out->is = RECORDS_VALUE;
		out->text = str_trim(buf_str(&b));
	}
}

/* The value that begins here; it ends where its brackets do, or before a comma or bracket if it has none. */
static void
value(struct cx *cx, struct records *r, struct records_item *out)
{
	struct buf b = buf_new(cx);
	struct nest s = { 0 };
	bool nested = peek(r) == '{' || peek(r) == '[', string = peek(r) == '"';

	out->line = r->line;
	for (int c; (c = peek(r)) >= 0;) {
		if (!nested && !string && (c == ',' || c == ']' || c == '}' || blank(c)))
			break;
		if (b.n == RECORDS_LONGEST) {
			wrong(r, out, too_long(cx));
			return;
		}
		nest_step(&s, c);
		buf_char(&b, (char)take(r));
		if ((nested && s.depth <= 0 && !s.string) || (string && !s.string))
			break;
	}
	if (s.depth != 0 || s.string) {
		wrong(r, out, S("the file ends within a record"));
		return;
	}
	out->is = RECORDS_VALUE;
	out->text = buf_str(&b);
}

static void
next_whole(struct cx *cx, struct records *r, struct records_item *out)
{
	int c;

	for (;;) {
		while (blank(peek(r)))
			take(r);
		out->line = r->line;
		c = peek(r);
		if (r->state == DONE && c < 0)
			return;
		if (r->state == START && c == '[') {
			r->state = FIRST;
			take(r);
		} else if ((r->state == FIRST || r->state == NEXT) && c == ']') {
			r->state = DONE;
			take(r);
		} else if (r->state == NEXT && c == ',') {
			r->state = VALUE;
			take(r);
		} else {
			break;
		}
	}
	if (c < 0) {
		wrong(r, out, r->state == START ? S("the file is empty") : S("the file ends within an array"));
	} else if (r->state == NEXT || r->state == DONE || c == ',' || c == ']' || c == '}') {
		wrong(r, out, S("this is not JSON: values must stand one a line, alone, or in an array with commas"));
	} else {
		r->state = r->state == START ? DONE : NEXT;
		value(cx, r, out);
	}
}

void
records_next(struct cx *cx, struct records *r, struct records_item *out)
{
	*out = (struct records_item){ .is = RECORDS_END, .line = r->line };
	if (r->shape == RECORDS_LINES)
		next_line(cx, r, out);
	else
		next_whole(cx, r, out);
	if (out->is != RECORDS_VALUE && r->failed) {
		r->failed = false;
		wrong(r, out, S("the file cannot be read on: it is damaged or cut off"));
	}
}
