#include "web/page_put.h"
#include "base/test.h"

static struct str
put(struct cx *cx, void (*fn)(struct buf *, struct str), struct str s)
{
	struct buf b = buf_new(cx);

	fn(&b, s);
	return buf_str(&b);
}

TEST(page_put_escapes_what_html_reads)
{
	EXPECT_STR(put(cx, page_put_str, S("<script>\"&'</script>")), S("&lt;script&gt;&#34;&amp;&#39;&lt;/script&gt;"));
	/* a browser gives the same characters back, whatever they are */
	EXPECT_STR(put(cx, page_put_str, S("a\tb\nc\x01\x1b\x7f\xc2\x80.")), S("a\tb\nc\x01\x1b\x7f\xc2\x80."));
	EXPECT_STR(put(cx, page_put_str, S("a\rb\r\nc")), S("a&#13;b&#13;\nc"));
	EXPECT_STR(put(cx, page_put_str, S("a\0b")), S("a\xef\xbf\xbd" "b"));
	EXPECT_STR(put(cx, page_put_str, S("Siân – “x”")), S("Siân – “x”"));
	EXPECT_STR(put(cx, page_put_str, S("")), S(""));
}

TEST(page_put_url_takes_only_addresses_that_are_safe)
{
	static const struct str good[] = { S("/cases/INC-26?a=1#b"), S("?after=x"), S("#duties"), S("cases"), S("a/b:c"),
		S("https://intranet.example/x"), S("mailto:a@b.example"), S("tel:+441632960170") };
	static const struct str bad[] = { S(""), S("javascript:alert(1)"), S("JavaScript:alert(1)"), S("data:text/html,x"),
		S("http://example.org/"), S("//example.org/"), S("/\\example.org"), S("java\tscript:alert(1)"),
		S(" javascript:alert(1)"), S("\x01javascript:alert(1)"), S("x:y") };

	for (ptrdiff_t i = 0; i < COUNT(good); i++)
		EXPECT_STR(put(cx, page_put_url, good[i]), good[i]);
	for (ptrdiff_t i = 0; i < COUNT(bad); i++)
		EXPECT_STR(put(cx, page_put_url, bad[i]), S("#"));
	EXPECT_STR(put(cx, page_put_url, S("/a?b=1&c=\"2\"")), S("/a?b=1&amp;c=&#34;2&#34;"));
}

TEST(page_put_url_part_cannot_leave_its_place)
{
	EXPECT_STR(put(cx, page_put_url_part, S("INC-26-7K4M_Q.~")), S("INC-26-7K4M_Q.~"));
	EXPECT_STR(put(cx, page_put_url_part, S("a/b?c&d=\"é")), S("a%2Fb%3Fc%26d%3D%22%C3%A9"));
}
