#include "web/report_walk.h"

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
