#include "web/browse.h"

static struct browse *
as_boss(struct flow *f)
{
	struct browse *b = browse_start(f);

	browse_as(b, flow_sign_in(f, "boss"));
	return b;
}

TEST(administrators_pages_are_not_there_for_others)
{
	static const char *const pages[] = { "/people", "/people/add", "/people/import", "/person?id=rita", "/person/link?id=rita", "/setup", "/status", "/undelivered" };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f);

	browse_as(b, flow_sign_in(f, "internal_audit"));
	for (ptrdiff_t i = 0; i < COUNT(pages); i++) {
		browse_get(b, pages[i]);
		EXPECT(b->status == 404);
	}
	flow_end(f);
}

TEST(somebody_is_added_changed_and_given_a_link)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);
	struct str page;
	ptrdiff_t at;

	browse_get(b, "/people?q=rita");
	browse_expect(b, 200, "/people", "Rita Porter");
	browse_follow(b, "Add somebody");
	browse_fill(b, "name", "Zoë <b>Quill</b>");
	browse_fill(b, "manager", "nobody@example.org");
	browse_send(b, "/people/add");
	browse_expect(b, 400, "/people/add", "Enter a staff id");
	EXPECT(browse_sees(b, "add the line manager first"));
	browse_fill(b, "person", "Works\\zoe quill");
	browse_fill(b, "manager", "line_manager@example.org");
	browse_fill(b, "department", "Housing");
	browse_fill(b, "roles", "hr");
	browse_send(b, "/people/add");
	browse_expect(b, 200, "/person", "Zoë <b>Quill</b>");
	EXPECT_STR(browse_value(b, "manager"), S("line_manager"));
	EXPECT_STR(browse_value(b, "roles"), S("hr"));
	browse_follow(b, "Make a one-time link");
	browse_send(b, "/person/link?id=Works%5Czoe%20quill");
	EXPECT(b->status == 200 && browse_sees(b, "shown here once"));
	page = b->page;
	at = str_find(page, S("/link/"));
	EXPECT(at > 0);
	page = str_sub(page, at, page.n);
	at = str_index(page, '<');
	b = browse_start(f);
	browse_get(b, str_z(cx, str_sub(page, 0, at)));
	browse_send(b, "/link");
	browse_expect(b, 200, "/work", "Quill");
	flow_end(f);
}

TEST(the_last_thing_an_administrator_can_do_is_not_to_lock_themselves_out)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/person?id=boss");
	EXPECT_STR(browse_value(b, "roles"), S("admin"));
	browse_fill(b, "roles", NULL);
	browse_fill(b, "active", "no");
	browse_send(b, "/person?id=boss");
	browse_expect(b, 400, "/person", "You cannot take the role of administrator from yourself");
	browse_get(b, "/people");
	EXPECT(b->status == 200);
	flow_end(f);
}

TEST(a_list_is_read_shown_and_only_then_taken_in)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/people/import");
	browse_send(b, "/people/import");
	browse_expect(b, 400, "/people/import", "Choose a file, or paste a list");
	browse_attach(b, "file", "people.csv", S("person,name,roles\nann,Ann Lee,internal_audti\nbob,,\n"));
	browse_send(b, "/people/import");
	browse_expect(b, 400, "/people/import", "did you mean “internal_audit”?");
	EXPECT(browse_sees(b, "Nothing was changed."));
	browse_attach(b, "file", "people.csv", S("person,name,roles\r\nann,\"Lee, Ann <script>\",internal_audit\r\nboss,Bo Smith,admin\r\n"));
	browse_send(b, "/people/import");
	browse_expect(b, 200, "/people/import", "1 new, 0 changed, 0 leaving, 1 as before.");
	EXPECT(!browse_has(b, "<script>\""));
	browse_send(b, "/people/import");
	browse_expect(b, 200, "/people", "Lee, Ann <script>");
	browse_again(b);
	EXPECT(b->status == 200);
	flow_end(f);
}

TEST(hostile_lists_change_nothing)
{
	static const struct str lists[] = { { "\"", 1 }, { "person,name\n\"a\"b,c\n", 19 }, { "person,name\n\xff,x\n", 17 }, { "person,person,name\na,b,c\n", 24 },
		{ "person,name\n=cmd|' /C calc'!A0\n", 31 }, { "name\nx\n", 7 }, { "person,name,email\na,b,@\n", 24 }, { ",,,,\n,,,,\n", 10 } };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);
	struct buf big = buf_new(cx);

	for (ptrdiff_t i = 0; i < COUNT(lists); i++) {
		browse_get(b, "/people/import");
		browse_attach(b, "file", "x.csv", lists[i]);
		browse_send(b, "/people/import");
		EXPECT(b->status == 400);
		EXPECT(!browse_sees(b, "Make these changes"));
	}
	buf_put(&big, S("person,name\n"));
	for (int i = 0; i < 600; i++)
		buf_fmt(&big, "p%d,P %d\n", i, i);
	browse_get(b, "/people/import");
	browse_attach(b, "file", "x.csv", buf_str(&big));
	browse_send(b, "/people/import");
	browse_expect(b, 200, "/people/import", "More than 500 people at once");
	EXPECT(!browse_sees(b, "Make these changes"));
	for (int i = 0; i < 60000; i++)
		buf_put(&big, S("p,P P\n"));
	browse_get(b, "/people/import");
	browse_attach(b, "file", "x.csv", buf_str(&big));
	browse_send(b, "/people/import");
	EXPECT(b->status == 413);
	flow_end(f);
}
