#include "web/form.h"

#include "base/test.h"
#include "web/cookie.h"
#include "web/timer.h"
#include "web/url.h"

TEST(url_escapes_are_strict)
{
	struct str out;

	EXPECT(url_decode(cx, S("a%20b+c%C3%a9"), true, &out));
	EXPECT_STR(out, S("a b c\xc3\xa9"));
	EXPECT(url_decode(cx, S("a+b"), false, &out));
	EXPECT_STR(out, S("a+b"));
	EXPECT(!url_decode(cx, S("%"), true, &out) && !url_decode(cx, S("%2"), true, &out));
	EXPECT(!url_decode(cx, S("%zz"), true, &out) && !url_decode(cx, S("%%20"), true, &out));
	EXPECT(!url_decode(cx, S("%u0041"), true, &out) && !url_decode(cx, S("% 2"), true, &out));
	EXPECT_STR(url_encode(cx, S("a b/\xc3\xa9~")), S("a%20b%2F%C3%A9~"));
	for (int c = 0; c < 256; c++) {
		char one = (char)c;

		EXPECT(url_decode(cx, url_encode(cx, (struct str){ &one, 1 }), true, &out) && out.n == 1 && out.p[0] == one);
	}
}

TEST(url_paths_hide_nothing)
{
	static const char *const refused[] = { "", "a", "//", "/a//b", "/.", "/..", "/a/../b", "/%2e%2e/b", "/.%2E",
	    "/a%2Fb",
		"/a%5cb", "/a%00", "/a%0a", "/a%7f", "/%ff", "/%c0%af", "/a%", "/a%g0",
		    "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h" };
	struct str *segs;
	int n;

	EXPECT_OK(url_path(cx, S("/"), &segs, &n));
	EXPECT(n == 0);
	EXPECT_OK(url_path(cx, S("/case/a%20b/...%c3%A9+"), &segs, &n));
	EXPECT(n == 3);
	EXPECT_STR(segs[1], S("a b"));
	EXPECT_STR(segs[2], S("...\xc3\xa9+"));
	EXPECT_OK(url_path(cx, S("/a/"), &segs, &n));
	EXPECT(n == 2 && segs[1].n == 0);
	for (ptrdiff_t i = 0; i < COUNT(refused); i++)
		if (url_path(cx, str_of(refused[i]), &segs, &n) != ERR_BAD_INPUT)
			fail_msg("%s was taken", refused[i]);
}

TEST(form_reads_what_browsers_send)
{
	struct form f = { 0 };

	EXPECT_OK(form_read(cx, S("title=a+b%26c&text=one%0D%0Atwo%0Dthree%0Afour&many=1&many=2&empty=&raw=x=y\xc3\xa9"),
	    &f));
	EXPECT(f.n == 6);
	EXPECT_STR(form_get(&f, S("title")), S("a b&c"));
	EXPECT_STR(form_get(&f, S("text")), S("one\ntwo\nthree\nfour"));
	EXPECT_STR(form_get(&f, S("raw")), S("x=y\xc3\xa9"));
	EXPECT(form_has(&f, S("empty")) && !form_has(&f, S("absent")) && form_get(&f, S("absent")).n == 0);
	EXPECT_STR(form_one(cx, &f, S("title")), S("a b&c"));
	EXPECT(cx->n_faults == 0);
	EXPECT_STR(form_next(&f, S("many"), form_next(&f, S("many"), NULL))->value, S("2"));
	form_one(cx, &f, S("many"));
	EXPECT(cx->n_faults == 1);
	EXPECT_STR(cx->faults->field, S("many"));
	EXPECT_STR(cx->faults->rule, S("twice"));
}

TEST(form_names_each_field_that_is_wrong)
{
	static const struct { struct str text; const char *field, *rule; } cases[] = {
		{ { "a=1&b=%ff&c=2", 13 }, "b", "utf8" },
		{ { "a=%00", 5 }, "a", "utf8" },
		{ { "a=%ed%a0%80", 11 }, "a", "utf8" },
		{ { "a=%", 3 }, "a", "form" },
		{ { "a=%zz", 5 }, "a", "form" },
		{ { "a", 1 }, "", "form" },
		{ { "a=b&&c=d", 8 }, "", "form" },
		{ { "a=b&", 4 }, "", "form" },
		{ { "=b", 2 }, "", "name" },
		{ { "%ff=b", 5 }, "?", "name" },
		{ { "a%0ab=b", 7 }, "a\nb", "name" },
		{ { "a=b\r\n", 5 }, "a", "form" },
		{ { "a=\0", 3 }, "a", "form" },
	};

	for (ptrdiff_t i = 0; i < COUNT(cases); i++) {
		struct form f = { 0 };

		cx->faults = NULL;
		cx->n_faults = 0;
		if (form_read(cx, cases[i].text, &f) != ERR_BAD_INPUT || cx->n_faults != 1)
			fail_msg("%.*s was taken", F(cases[i].text));
		EXPECT_STR(cx->faults->field, str_of(cases[i].field));
		EXPECT_STR(cx->faults->rule, str_of(cases[i].rule));
	}
}

TEST(form_has_its_limits)
{
	struct buf b = buf_new(cx);
	struct form f = { 0 };

	for (int i = 0; i < FORM_FIELDS; i++)
		buf_put(&b, i ? S("&a=b") : S("a=b"));
	EXPECT_OK(form_read(cx, buf_str(&b), &f));
	buf_put(&b, S("&a=b&a=b"));
	f = (struct form){ 0 };
	EXPECT(form_read(cx, buf_str(&b), &f) == ERR_BAD_INPUT && cx->n_faults == 1);
	b = buf_new(cx);
	memset(buf_room(&b, FORM_NAME + 1), 'n', FORM_NAME + 1);
	f = (struct form){ 0 };
	form_add(cx, &f, str_sub(buf_str(&b), 0, FORM_NAME), S("v"));
	EXPECT(f.n == 1 && cx->n_faults == 1);
	form_add(cx, &f, buf_str(&b), S("v"));
	EXPECT(f.n == 1 && cx->n_faults == 2);
}

TEST(form_knows_its_fields)
{
	static const struct str names[] = { { "title", 5 }, { "what", 4 } };
	struct form f = { 0 };

	EXPECT_OK(form_read(cx, S("title=a&titel=b&zebra=c"), &f));
	form_only(cx, &f, names, COUNT(names));
	EXPECT(cx->n_faults == 2);
	EXPECT_STR(cx->faults->field, S("titel"));
	EXPECT(strstr(cx->faults->words.p, "title"));
	EXPECT_STR(cx->faults->next->rule, S("unknown"));
}

TEST(cookie_that_comes_twice_is_none)
{
	EXPECT_STR(cookie_get(S("a=b; sid=x-1_; c=d"), S("sid")), S("x-1_"));
	EXPECT_STR(cookie_get(S("a=b;sid=;c=d"), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("sid=1; sid=2"), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("sid=1; a=b; sid=1"), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("xsid=1; sidx=2; Sid=3"), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("sid=a b"), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("sid=\"a\""), S("sid")), S(""));
	EXPECT_STR(cookie_get(S(""), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("sid"), S("sid")), S(""));
	EXPECT_STR(cookie_get(S("a=sid=1; sid=2"), S("sid")), S("2"));
	(void)cx;
}

TEST(cookie_is_always_closed_to_scripts)
{
	struct cookie c = { .name = S("sid"), .value = S("abc"), .age = -1 };

	EXPECT_STR(cookie_set(cx, &c), S("sid=abc; Path=/; HttpOnly; SameSite=Lax"));
	c = (struct cookie){ .name = S("sid"), .value = S(""), .path = S("/staff"), .age = 0, .secure = true,
	    .strict = true };
	EXPECT_STR(cookie_set(cx, &c), S("sid=; Path=/staff; Max-Age=0; HttpOnly; SameSite=Strict; Secure"));
}

TEST(timers_come_in_order)
{
	enum { N = 200 };
	struct timer t[N] = { { 0 } }, *room[N];
	struct timers ts = { room, 0 };
	uint32_t x = 1;
	when last = 0;
	int seen = 0;

	(void)cx;
	for (int i = 0; i < 5 * N; i++) { /* set, then move, then drop some */
		x = x * 1664525 + 1013904223;
		if (i % 7 == 6)
			timer_drop(&ts, &t[x >> 8 & 127]);
		else
			timer_set(&ts, &t[i % N], x >> 16);
	}
	for (int i = 0; i < N; i++)
		seen -= t[i].place != 0;
	for (struct timer *first; (first = timer_first(&ts)); seen++) {
		EXPECT(first->due >= last);
		last = first->due;
		timer_drop(&ts, first);
		timer_drop(&ts, first);
	}
	EXPECT(seen == 0 && ts.n == 0);
}
