#include "web/browse.h"

#include "web/browse_html.h"

TEST(a_browser_reads_forms_as_browsers_do)
{
	struct str page = S("<body><form action=\"/sign-out\" method=\"post\"></form><a href=\"/x?a=1&amp;b=2\">To <b>x</b></a>"
	    "<form action=\"/f\" method=\"post\"><input name=\"a\" value=\"1 &lt; &quot;2&quot;\"><input type=\"radio\" name=\"r\" value=\"x\">"
	    "<input type=\"radio\" name=\"r\" value=\"y\" checked><textarea name=\"t\">&lt;p&gt;</textarea>"
	    "<button name=\"go\" value=\"1\">Go</button></form><p class=\"p q\">One\n  <b>two</b></p>");
	struct html_form form;

	EXPECT(html_form(cx, page, S(""), &form));
	EXPECT_STR(form.action, S("/f"));
	EXPECT_STR(form.fields->value, S("1 < \"2\""));
	EXPECT(!form.fields->next->sent && form.fields->next->next->sent);
	EXPECT_STR(form.fields->next->next->next->value, S("<p>"));
	EXPECT_STR(html_button(&form, S("1")), S("go"));
	EXPECT_STR(html_link(cx, page, S("To x")), S("/x?a=1&b=2"));
	EXPECT_STR(html_link(cx, page, S("Elsewhere")), S(""));
	EXPECT_STR(html_class(cx, page, S("q")), S("One two"));
	EXPECT(!html_form(cx, page, S("/g"), &form));
}

TEST(a_browser_gets_pages_from_the_site)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct browse *b = browse_start(f);

	browse_get(b, "/healthz");
	EXPECT(b->status == 200);
	EXPECT_STR(b->page, S("ok\n"));
	browse_get(b, "/nowhere");
	browse_expect(b, 404, "/nowhere", "Page not found");
	flow_end(f);
}
