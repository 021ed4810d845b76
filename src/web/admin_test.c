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
	static const char *const pages[] = { "/people", "/people/add", "/people/import", "/person?id=rita",
	    "/person/link?id=rita", "/setup", "/status", "/undelivered" };
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
	browse_expect(b, 422, "/people/add", "Enter a staff id");
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
	browse_expect(b, 422, "/person", "You cannot take the role of administrator from yourself");
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
	browse_expect(b, 422, "/people/import", "Choose a file, or paste a list");
	browse_attach(b, "file", "people.csv", S("person,name,roles\nann,Ann Lee,internal_audti\nbob,,\n"));
	browse_send(b, "/people/import");
	browse_expect(b, 422, "/people/import", "did you mean “internal_audit”?");
	EXPECT(browse_sees(b, "Nothing was changed."));
	browse_attach(b, "file", "people.csv",
	    S("person,name,roles\r\nann,\"Lee, Ann <script>\",internal_audit\r\nboss,Bo Smith,admin\r\n"));
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
	static const struct str lists[] = { { "\"", 1 }, { "person,name\n\"a\"b,c\n", 19 },
	    { "person,name\n\xff,x\n", 17 }, { "person,person,name\na,b,c\n", 24 },
		{ "person,name\n=cmd|' /C calc'!A0\n", 31 }, { "name\nx\n", 7 }, { "person,name,email\na,b,@\n", 24 },
		    { ",,,,\n,,,,\n", 10 } };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);
	struct buf big = buf_new(cx);

	for (ptrdiff_t i = 0; i < COUNT(lists); i++) {
		browse_get(b, "/people/import");
		browse_attach(b, "file", "x.csv", lists[i]);
		browse_send(b, "/people/import");
		EXPECT(b->status == 422);
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

TEST(each_part_of_the_set_up_saves_by_itself_and_says_what_is_wrong_where_it_stands)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/setup");
	browse_expect(b, 200, "/setup", "5 of 10 done.");
	browse_fill(b, "org_name", "St Helens Borough Council");
	browse_fill(b, "phone", "call me");
	browse_send(b, "/setup/desk");
	browse_expect(b, 422, "/setup/desk", "Telephone number: is not a telephone number");
	EXPECT_STR(browse_value(b, "org_name"), S("St Helens Borough Council"));
	browse_fill(b, "phone", "01744 000000");
	browse_send(b, "/setup/desk");
	browse_expect(b, 200, "/setup", "Saved: Name and telephone.");
	browse_fill(b, "public_url", "javascript:alert(1)");
	browse_send(b, "/setup/address");
	browse_expect(b, 422, "/setup/address", "must begin with https://");
	browse_fill(b, "mail_off", "yes");
	browse_send(b, "/setup/mail");
	browse_expect(b, 200, "/setup", "Saved: Mail.");
	EXPECT_STR(browse_value(b, "mail_off"), S("yes"));
	browse_send(b, "/setup/done");
	browse_expect(b, 200, "/setup", "Saved: Done.");
	browse_fill(b, "everyday", NULL);
	browse_fill(b, "everyday", "wrong_recipient");
	browse_send(b, "/setup/categories");
	EXPECT_STR(browse_value(b, "everyday"), S("wrong_recipient"));
	EXPECT(str_eq(desk_setting(&f->desk, S("everyday"), S("")), S("wrong_recipient")));
	flow_end(f);
}

TEST(a_colour_on_which_nobody_could_read_is_refused_at_its_field)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/setup");
	browse_fill(b, "colour", "#ffe600");
	browse_send(b, "/setup/look");
	browse_expect(b, 422, "/setup/look", "Brand colour: is too light");
	EXPECT(browse_has(b, "id=\"colour-error\""));
	EXPECT_STR(browse_value(b, "colour"), S("#ffe600"));
	browse_fill(b, "colour", "#1d70b8");
	browse_send(b, "/setup/look");
	browse_expect(b, 200, "/setup", "Saved: Colour.");
	browse_get(b, "/brand.css");
	EXPECT(browse_has(b, "#1d70b8"));
	flow_end(f);
}

TEST(a_post_is_given_to_somebody_who_is_there)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/setup");
	browse_fill(b, "holder", "nobody");
	browse_send(b, "/setup/posts");
	browse_expect(b, 422, "/setup/posts", "Choose a post");
	EXPECT(browse_sees(b, "add them first, under People"));
	browse_fill(b, "role", "dpo");
	browse_fill(b, "holder", "RITA@example.org");
	browse_send(b, "/setup/posts");
	browse_expect(b, 200, "/setup", "A dpo Rita Porter");
	browse_get(b, "/person?id=rita");
	EXPECT_STR(browse_value(b, "roles"), S("dpo"));
	EXPECT_STR(browse_value(b, "manager"), S("line_manager"));
	browse_get(b, "/setup");
	browse_fill(b, "system", "pay roll");
	browse_fill(b, "owner", "ghost");
	browse_send(b, "/setup/systems");
	browse_expect(b, 422, "/setup/systems", "is not an id");
	browse_fill(b, "system", "payroll");
	browse_send(b, "/setup/systems");
	browse_expect(b, 422, "/setup/systems", "nobody called “ghost” is in the directory");
	browse_fill(b, "title", "Payroll");
	browse_fill(b, "owner", "rita@example.org");
	browse_send(b, "/setup/systems");
	browse_expect(b, 200, "/setup", "Payroll Rita Porter");
	flow_end(f);
}

TEST(doors_to_share_carry_the_set_address_and_no_other)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/share");
	browse_expect(b, 200, "/share", "is not set, so what stands here is an example");
	EXPECT(!browse_has(b, "/share/tocsin.url"));
	browse_get(b, "/share/tocsin.url");
	EXPECT(b->status == 409);
	browse_get(b, "/poster");
	EXPECT(b->status == 409);
	flow_do(f, S("local"), "settings", S(""), "{\"set\":{\"public_url\":\"https://report.example.gov.uk/\"}}");
	browse_get(b, "/share");
	browse_expect(b, 200, "/share", "<a href=\"https://report.example.gov.uk/r/intranet\">");
	browse_get(b, "/share/tocsin.url");
	EXPECT_STR(b->page, S("[InternetShortcut]\r\nURL=https://report.example.gov.uk/r/desktop\r\n"));
	EXPECT(str_starts(browse_head(b, "content-disposition"), S("attachment")));
	browse_get(b, "/poster");
	browse_expect(b, 200, "/poster", "report.example.gov.uk");
	EXPECT(browse_has(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox="));
	flow_end(f);
}

TEST(status_says_what_needs_somebody_and_a_dead_notice_can_be_settled)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);
	struct id notice = { { 7 } };

	browse_get(b, "/status");
	browse_expect(b, 200, "/status", "Every post of the policy is held");
	EXPECT(browse_sees(b, "No mail server is set"));
	flow_do(f, S("local"), "people", S(""), "{\"people\":[{\"person\":\"dpo\",\"name\":\"A dpo\",\"roles\":[]}]}");
	flow_do(f, S("local"), "delivered", S(""),
	    str_fmt(cx, "{\"notice\":\"%.*s\",\"address\":\"gone@example.org\",\"tries\":5,"
	    "\"state\":\"dead\",\"words\":\"550 no such <mailbox>\"}", F(id_hex(cx, notice))).p);
	browse_get(b, "/status");
	EXPECT(browse_sees(b, "Something needs you.") && browse_sees(b, "Nobody holds: Data Protection Officer"));
	EXPECT(browse_sees(b, "1 could not be delivered"));
	browse_get(b, "/undelivered");
	browse_expect(b, 200, "/undelivered", "550 no such <mailbox>");
	browse_send(b, "/undelivered");
	browse_expect(b, 200, "/undelivered", "Everything that was sent has arrived");
	browse_again(b);
	EXPECT(b->status == 200);
	flow_end(f);
}

/* A line end in one of them would be lost by the first browser that shows it in a field, or begin a line of a file. */
TEST(names_and_settings_are_one_line)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = as_boss(f);

	browse_get(b, "/people/add");
	browse_fill(b, "person", "x\ny");
	browse_fill(b, "name", "Ann\nLee");
	browse_fill(b, "phone", "1\x07");
	browse_fill(b, "department", "Planning\tNorth");
	browse_send(b, "/people/add");
	EXPECT(b->status == 422 && browse_has(b, "href=\"#person\"") && browse_has(b, "href=\"#name\"") &&
	    browse_has(b, "href=\"#phone\"") && !browse_has(b, "href=\"#department\""));
	browse_get(b, "/setup");
	browse_fill(b, "contact", "desk@example.org\nPolicy: https://evil.example/");
	browse_fill(b, "org_name", "St\tHelens");
	browse_send(b, "/setup/desk");
	EXPECT(b->status == 422 && browse_has(b, "href=\"#contact\"") && browse_has(b, "href=\"#org_name\""));
	flow_end(f);
}
