#include "web/report_walk.h"

#include "desk/halt.h"

TEST(pages_that_only_say_something_say_it)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_get(b, "/help");
	browse_expect(b, 200, NULL, "What should I report?");
	browse_get(b, "/privacy");
	browse_expect(b, 200, NULL, "6 years");
	EXPECT(browse_sees(b, "Data Protection Officer"));
	browse_get(b, "/accessibility");
	browse_expect(b, 200, NULL, "Web Content Accessibility Guidelines");
	browse_get(b, "/robots.txt");
	EXPECT_STR(b->page, S("User-agent: *\nDisallow: /\n"));
	browse_get(b, "/favicon.ico");
	EXPECT(b->status == 200 && str_eq(browse_head(b, "content-type"), S("image/svg+xml")));
	browse_get(b, "/.well-known/security.txt");
	browse_expect(b, 404, NULL, NULL);
	flow_do(b->flow, S("local"), "settings", S(""), "{\"set\":{\"contact\":\"infosec@example.org\"}}");
	browse_get(b, "/.well-known/security.txt");
	EXPECT(str_starts(b->page, S("Contact: mailto:infosec@example.org\nExpires: 2027-05-22T00:00:00Z\n")));
	flow_end(b->flow);
}

TEST(an_older_portals_address_leads_here)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_get(b, "/servicedesk/portal.aspx?x=1");
	browse_expect(b, 404, NULL, NULL);
	flow_do(b->flow, S("local"), "settings", S(""), "{\"set\":{\"old_path\":\"/servicedesk/portal.aspx\"}}");
	browse_get(b, "/servicedesk/portal.aspx?x=1");
	browse_expect(b, 200, "/", "If in doubt, report it");
	flow_end(b->flow);
}

TEST(every_page_says_that_nothing_is_taken_in_when_entries_were_lost)
{
	struct browse *b = walk_begin(cx, "st-helens");

	flow_do(b->flow, S("local"), "settings", S(""), "{\"set\":{\"phone\":\"01744 676525\"}}");
	browse_get(b, "/");
	EXPECT(!browse_sees(b, "Nothing new can be reported"));
	EXPECT(halt_declare(cx, &b->flow->desk, S("a trial")) == ERR_HALTED);
	browse_get(b, "/");
	browse_expect(b, 200, NULL, "Nothing new can be reported or changed here just now.");
	EXPECT(browse_sees(b, "phone the IT Service Desk on 01744 676525"));
	browse_get(b, "/report");
	EXPECT(browse_sees(b, "Nothing new can be reported"));
	browse_raw(b, "POST", "/api/v1/reports", "application/json", S("{\"narrative\":\"A bag is gone.\"}"));
	EXPECT(b->status == 503 && browse_has(b, "has lost entries and is read-only"));
	EXPECT_OK(db_begin(cx, b->flow->desk.db));
	EXPECT_OK(halt_end(cx, &b->flow->desk));
	EXPECT_OK(db_commit(cx, b->flow->desk.db));
	flow_end(b->flow);
}
