#include "base/csv.h"
#include "base/test.h"

TEST(csv_fields_may_be_quoted_and_span_lines)
{
	struct csv c;

	EXPECT_OK(csv_read(cx, S("\xef\xbb\xbf" "a, b ,c\r\n1,\"two, \"\"or\"\"\n more\",\r\n\n\"\",x,\"y\""), &c));
	EXPECT(c.n_columns == 3 && c.n_rows == 2);
	EXPECT_STR(c.column[1], S("b"));
	EXPECT_STR(c.rows[0].field[1], S("two, \"or\"\n more"));
	EXPECT_STR(c.rows[0].field[2], S(""));
	EXPECT(c.rows[0].line == 2 && c.rows[1].line == 5);
	EXPECT_STR(c.rows[1].field[2], S("y"));
	EXPECT(csv_column(&c, S("c")) == 2 && csv_column(&c, S("d")) == -1);
}

TEST(csv_says_every_line_that_is_wrong)
{
	struct csv c;

	EXPECT(csv_read(cx, S("a,b\n1\n1,2\n1,2,3\n\"1\"x,2\n1,a\"b\n\"open,2\n"), &c) == ERR_BAD_INPUT);
	EXPECT(cx->n_faults == 6);
	EXPECT(cx->faults->line == 2);
	EXPECT(strstr(cx->why, "1 fields"));
}

TEST(csv_wants_names_and_text)
{
	static const struct str bad[] = { { "", 0 }, { "a,a\n", 4 }, { "a,\n", 3 }, { "a\n\xff\n", 4 }, { "a\n\0\n", 4 },
		{ "a\rb", 3 } };
	struct csv c;

	for (ptrdiff_t i = 0; i < COUNT(bad); i++) {
		EXPECT(csv_read(cx, bad[i], &c) == ERR_BAD_INPUT);
		cx->faults = NULL;
		cx->n_faults = 0;
	}
}
