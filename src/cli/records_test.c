#include "cli/records.h"

#include "base/test.h"

struct text { struct str rest; ptrdiff_t step; bool breaks; };

static ptrdiff_t
give(void *with, char *to, ptrdiff_t n)
{
	struct text *t = with;
	ptrdiff_t some = t->rest.n < t->step ? t->rest.n : t->step;

	if (!some && t->breaks)
		return -1;
	if (some > n)
		some = n;
	memcpy(to, t->rest.p, (size_t)some);
	t->rest = str_sub(t->rest, some, t->rest.n);
	return some;
}

/* All values as "line:text;", what is wrong as "line!;". */
static struct str
all(struct cx *cx, struct str in, ptrdiff_t step, enum records_shape shape, bool breaks)
{
	struct text t = { in, step, breaks };
	struct records *r = NEW(cx, struct records, 1);
	struct buf b = buf_new(cx);
	struct records_item item;

	records_begin(r, (struct records_source){ give, &t }, shape);
	for (records_next(cx, r, &item); item.is != RECORDS_END; records_next(cx, r, &item)) {
		EXPECT(b.n < 10000);
		if (item.is == RECORDS_VALUE)
			buf_fmt(&b, "%lld:%.*s;", (long long)item.line, F(item.text));
		else
			buf_fmt(&b, "%lld!;", (long long)item.line);
	}
	return buf_str(&b);
}

TEST(records_stand_one_a_line_alone_or_in_an_array)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "{\"a\":1}\n\n{\"b\":2}\r\n{\"c\":3}", "1:{\"a\":1};3:{\"b\":2};4:{\"c\":3};" },
		{ "\xef\xbb\xbf{\"a\":1}\n", "1:{\"a\":1};" },
		{ "{\n \"a\": \"}]\\\"\"\n}\n", "1:{\n \"a\": \"}]\\\"\"\n};" },
		{ " [ {\"a\":[1,{}]} ,\n{\"b\":2}\n]\n", "1:{\"a\":[1,{}]};2:{\"b\":2};" },
		{ "[]", "" },
		{ "[1, \"x,]\",null]", "1:1;1:\"x,]\";1:null;" },
		{ "[{\"a\":1} {\"b\":2}]", "1:{\"a\":1};1!;" },
		{ "[{\"a\":1},\n", "1:{\"a\":1};2!;" },
		{ "{\"a\":\n{", "1!;" },
		{ "[{}]\n{}", "1:{};2!;" },
		{ "", "1!;" },
		{ "]", "1!;" },
	};

	for (ptrdiff_t i = 0; i < COUNT(cases); i++)
		EXPECT_STR(all(cx, str_of(cases[i].in), 1 << 16, RECORDS_GUESS, false), str_of(cases[i].out));
}

TEST(records_do_not_depend_on_where_the_bytes_are_cut)
{
	struct str in = S("[ {\"a\":\"\\\\\\\"]\"} ,\n{\"b\":[2,3]}\n, 7]\n"), whole = all(cx, in, 1 << 16, RECORDS_WHOLE,
	    false);

	for (ptrdiff_t step = 1; step < in.n; step++)
		EXPECT_STR(all(cx, in, step, RECORDS_WHOLE, false), whole);
}

TEST(records_of_lines_go_on_after_a_broken_one_and_say_when_the_file_is_cut_off)
{
	EXPECT_STR(all(cx, S("{\"a\":1}\n{\"b\":\n{\"c\":3}\n"), 3, RECORDS_LINES, false),
	    S("1:{\"a\":1};2:{\"b\":;3:{\"c\":3};"));
	EXPECT_STR(all(cx, S("{\"a\":1}\n{\"b\":2}\n"), 3, RECORDS_LINES, true), S("1:{\"a\":1};2:{\"b\":2};3!;"));
	EXPECT_STR(all(cx, S("[{\"a\":1},"), 3, RECORDS_WHOLE, true), S("1:{\"a\":1};1!;"));
}
