/* Looking for a case, as somebody at the top of a page does. */
#include "web/browse.h"

#define GONE "{\"narrative\":\"My bag with papers is gone.\",\"reporter\":{\"mode\":\"anonymous\"}}"

static struct str
look_for(struct browse *b, struct str words)
{
	browse_get(b, str_z(b->cx, str_fmt(b->cx, "/search?q=%.*s", F(words))));
	return b->at;
}

TEST(what_is_typed_at_the_top_finds_a_case_by_its_words)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f);

	flow_do(f, S(""), "report", S(""), GONE);
	flow_index(f);
	browse_as(b, flow_sign_in(f, "internal_audit"));
	look_for(b, S("papers+gon"));
	browse_expect(b, 200, "/queue", "My bag with papers is gone");
	EXPECT(browse_sees(b, "Open and closed") && browse_sees(b, "Best match first"));
	browse_follow(b, "Closed");
	browse_expect(b, 200, "/queue", "No case that you may read holds all of these words.");
	look_for(b, S("+%22"));
	browse_expect(b, 200, "/queue", "No case that you may read");
	browse_get(b, "/queue?q=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r");
	EXPECT(browse_sees(b, "Only the first words that you typed were looked for."));
	browse_get(b, "/queue?view=all&q=bag&sort=best");
	browse_expect(b, 200, "/queue", "My bag with papers is gone");
	flow_end(f);
}

TEST(a_reference_that_is_typed_is_its_case_or_words_like_any)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f), *other = browse_start(f);
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), GONE), S("ref")), hidden, missing;

	flow_index(f);
	browse_as(b, flow_sign_in(f, "internal_audit"));
	EXPECT_STR(look_for(b, ref), str_fmt(cx, "/case/%.*s", F(ref)));
	browse_as(other, flow_sign_in(f, "hr"));
	hidden = look_for(other, ref);
	EXPECT(str_starts(hidden, S("/queue")) && browse_sees(other, "No case that you may read"));
	missing = look_for(other, S("INC-26-22222-2"));
	EXPECT(str_starts(missing, S("/queue")) && browse_sees(other, "No case that you may read"));
	flow_end(f);
}

TEST(a_page_without_a_case_says_why)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f);

	browse_as(b, flow_sign_in(f, "internal_audit"));
	browse_get(b, "/queue");
	browse_expect(b, 200, "/queue", "Nothing here waits for you.");
	browse_get(b, "/queue?view=closed");
	browse_expect(b, 200, "/queue", "No case that you may see is closed.");
	browse_get(b, "/queue?view=closed&only=personal_data");
	browse_expect(b, 200, "/queue", "No case that you may see fits the filters.");
	browse_get(b, "/queue?q=bag&only=personal_data");
	browse_expect(b, 200, "/queue", "No case that you may read holds all of these words and fits the filters.");
	flow_end(f);
}

TEST(a_number_stands_where_something_waits_and_how_much_is_closed_where_that_is_looked_at)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f);

	flow_do(f, S(""), "report", S(""), GONE);
	flow_do(f, S(""), "report", S(""), GONE);
	browse_as(b, flow_sign_in(f, "internal_audit"));
	browse_get(b, "/queue");
	EXPECT(browse_sees(b, "All open 2") && browse_sees(b, "Closed") && !browse_sees(b, "Closed 0"));
	browse_follow(b, "Closed");
	EXPECT(browse_sees(b, "All open 2") && browse_sees(b, "Closed 0"));
	flow_end(f);
}
