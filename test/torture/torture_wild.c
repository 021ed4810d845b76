/* Where no form leads: addresses, parameters, the head of a request, choices that nobody offered, doors that let
 * nobody in. Whatever comes, the answer is one of ours: no more lines in its head, a whole page or a whole problem in
 * its body, never a fault of the service. */
#include "torture.h"

#include "web/url.h"

static const char *const fields_we_send[] = { "cache-control", "connection", "content-disposition",
	"content-encoding", "content-length", "content-security-policy", "content-type",
	"cross-origin-opener-policy",
	"cross-origin-resource-policy", "date", "location", "permissions-policy", "referrer-policy", "set-cookie",
	"strict-transport-security", "vary", "www-authenticate", "x-content-type-options", "x-frame-options", "allow",
	"retry-after" };

static bool
is_ours(struct cx *cx, struct str line)
{
	struct str name, value;

	if (!str_cut(line, ':', &name, &value))
		return false;
	name = str_lower(cx, name);
	for (ptrdiff_t i = 0; i < COUNT(fields_we_send); i++)
		if (str_eq(name, str_of(fields_we_send[i])))
			return true;
	return false;
}

static void
check(struct browse *b, const char *what, struct str said)
{
	struct str type = browse_head(b, "content-type"), rest = b->head, line, why;
	struct cx *cx = b->cx;
	struct look page;
	struct js *j;
	bool good = true;

	torture_tried++;
	if (b->status >= 500)
		torture_wrong("%s “%.*s”: %d", what, F(torture_words(cx, said)), b->status);
	str_next(&rest, '\n', &line); /* the status */
	while (str_next(&rest, '\n', &line))
		if (str_trim(line).n && !is_ours(cx, str_trim(line)))
			torture_wrong("%s “%.*s”: a line in the head of the answer: %.*s", what, F(torture_words(cx, said)),
			    F(line));
	if (str_starts(type, S("text/html")))
		good = look_at(cx, b->page, &page, &why);
	else if (str_starts(type, S("application/")) && str_ends(type, S("json")))
		good = utf8_ok(b->page) && js_read(cx, b->page, &j) == OK;
	if (!good)
		torture_wrong("%s “%.*s”: the answer is broken: %.*s", what, F(torture_words(cx, said)), F(b->page));
	cx->faults = NULL, cx->n_faults = 0;
}

/* In place of the star; encoded as a browser would, or as it is where an address can be so. */
static void
try_address(struct browse *b, const char *pattern, struct str said)
{
	struct str before, after;
	struct cx *cx = b->cx;
	bool plain = said.n > 0;

	str_cut(str_of(pattern), '*', &before, &after);
	browse_get(b, str_z(cx, str_fmt(cx, "%.*s%.*s%.*s", F(before), F(url_encode(cx, said)), F(after))));
	check(b, pattern, said);
	for (ptrdiff_t i = 0; i < said.n; i++)
		plain = plain && (unsigned char)said.p[i] > 0x20 && said.p[i] != '#';
	if (!plain)
		return;
	browse_get(b, str_z(cx, str_fmt(cx, "%.*s%.*s%.*s", F(before), F(said), F(after))));
	check(b, pattern, said);
}

static void
try_head(struct browse *b, const char *field, struct str said)
{
	struct cx *cx = b->cx;

	if (str_index(said, '\n') >= 0 || str_index(said, '\r') >= 0)
		return; /* then it is another field, which others try */
	b->cookies = NULL;
	b->with = str_fmt(cx, "%s: %.*s\r\n", field, F(said));
	browse_get(b, str_eq(str_of(field), S("Authorization")) ? "/api/v1/cases" : "/report/category");
	check(b, field, said);
	b->with = S("");
}

/* At a service of their own: what a few hundred have left there is as much as can be compared at its end. */
static void
some(struct cx *cx, const struct str *strings, ptrdiff_t n, ptrdiff_t every, void (*one)(struct browse *, struct str),
    const char *person)
{
	struct browse *b = walk_begin(cx, "st-helens"), mine;

	if (person)
		browse_as(b, flow_sign_in(b->flow, person));
	mine = *b;
	for (ptrdiff_t i = 0; i < n; i += every) {
		struct mark m = cx_mark(cx);

		one(b, strings[i]);
		*b = mine;
		cx_back(cx, m);
	}
	flow_end(b->flow);
}

static void
each(struct cx *cx, ptrdiff_t every, void (*one)(struct browse *, struct str), const char *person)
{
	struct str *strings;
	ptrdiff_t n = torture_strings(cx, &strings), most = 500 * every;

	for (ptrdiff_t i = 0; i < n; i += most) {
		struct mark m = cx_mark(cx);

		some(cx, strings + i, n - i < most ? n - i : most, every, one, person);
		cx_back(cx, m);
	}
	EXPECT(torture_holds());
}

/* A form with these words in two of its fields is larger than its route takes (src/web/route.def). */
static bool
outgrows(struct browse *b, struct str said, ptrdiff_t most)
{
	return 2 * url_encode(b->cx, said).n > most - 512;
}

static void
one_address(struct browse *b, struct str said)
{
	static const char *const patterns[] = { "/*", "/assets/*", "/link/*", "/r/*", "/report/*", "/mine/*",
		"/mine/*/proof", "/case/*", "/case/*/do/triage", "/case/INC-26-7K4M9-Q/do/*", "/api/v1/cases/*", "/api/*",
		"/.well-known/*",
		"/queue?view=*", "/queue?q=*", "/queue?level=*", "/queue?only=*", "/queue?category=*", "/queue?department=*",
		"/queue?after=*", "/queue?*=x", "/search?q=*", "/case/INC-26-7K4M9-Q?before=*", "/sign-in?then=*",
		"/sign-in?then=/*", "/report/categories?q=*", "/report/category?from=*", "/report/check?then=*",
		"/setup?saved=*",
		"/people?q=*", "/people?after=*", "/person?id=*", "/person/link?id=*", "/follow?ref=*" };

	for (ptrdiff_t i = 0; i < COUNT(patterns); i++)
		try_address(b, patterns[i], said);
}

TEST(no_address_and_no_parameter_breaks_a_page)
{
	each(cx, 1, one_address, "boss");
}

TEST(no_address_that_a_handler_opens_breaks_a_page)
{
	each(cx, 7, one_address, "internal_audit");
}

static void
one_head(struct browse *b, struct str said)
{
	static const char *const names[] = { "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host",
		"X-Original-URL",
		"Accept", "Accept-Language", "Accept-Encoding", "Origin", "If-None-Match", "Range", "Cookie", "Authorization",
		"Forwarded", "Via", "Content-Type", "Host" };

	for (ptrdiff_t i = 0; i < COUNT(names); i++)
		try_head(b, names[i], said);
	b->with = str_fmt(b->cx, "Idempotency-Key: %.*s\r\n", F(said));
	if (str_index(said, '\n') < 0 && str_index(said, '\r') < 0) {
		struct str first;

		browse_raw(b, "POST", "/api/v1/reports", "application/json", S("{\"narrative\":\"x\"}"));
		check(b, "Idempotency-Key", said);
		first = b->page;
		browse_raw(b, "POST", "/api/v1/reports", "application/json", S("{\"narrative\":\"x\"}"));
		if (b->status == 201 && str_trim(said).n && !str_eq(first, b->page))
			torture_wrong("Idempotency-Key “%.*s” is not the same twice", F(torture_words(b->cx, said)));
	}
}

TEST(no_field_of_a_head_breaks_a_page_or_adds_a_line_to_an_answer)
{
	each(cx, 1, one_head, NULL);
}

/* What is typed where nobody is let in stands in its field again. */
static void
one_door(struct browse *b, struct str said)
{
	const char *words = str_z(b->cx, said);
	struct str shown;

	browse_get(b, "/follow");
	browse_fill(b, "ref", words);
	browse_fill(b, "code", words);
	browse_send(b, "/follow");
	check(b, "/follow", said);
	shown = browse_value(b, "ref");
	if (b->status == 413 && outgrows(b, said, 8 << 10))
		return;
	if (b->status != 422 || (str_index(said, '\r') < 0 && !str_eq(shown, said) && !str_eq(shown, str_trim(said))))
		torture_wrong("/follow “%.*s”: %d, shown again “%.*s”", F(torture_words(b->cx, said)), b->status,
		    F(torture_words(b->cx, shown)));
	browse_get(b, "/report/category");
	browse_fill(b, "category", words);
	browse_send(b, "/report/category");
	check(b, "category", said);
}

TEST(who_is_not_let_in_finds_again_what_was_typed)
{
	each(cx, 1, one_door, NULL);
}

static void
one_sign_in(struct browse *b, struct str said)
{
	browse_get(b, "/sign-in");
	browse_fill(b, "user", str_z(b->cx, said));
	browse_fill(b, "password", str_z(b->cx, said));
	browse_fill(b, "then", str_z(b->cx, said));
	browse_send(b, "/sign-in");
	check(b, "/sign-in", said);
	if (b->status == 413 && outgrows(b, said, 16 << 10))
		return;
	if (b->status != 422 || (str_index(said, '\r') < 0 && !str_eq(str_trim(browse_value(b, "user")), str_trim(said))))
		torture_wrong("/sign-in “%.*s”: %d", F(torture_words(b->cx, said)), b->status);
}

TEST(nobody_signs_in_by_a_hostile_name)
{
	each(cx, 29, one_sign_in, NULL);
}

/* Dates and choices that no page offered: refused by name and shown again, or taken for what they are. */
static void
one_choice(struct browse *b, struct str said)
{
	static const char *const parts[] = { "noticed_at-day", "noticed_at-month", "noticed_at-year", "noticed_at-time" };
	const char *words = str_z(b->cx, said);

	walk_choose(b, "lost_or_stolen");
	browse_fill(b, "narrative", "So.");
	browse_send(b, NULL);
	for (int i = 0; i < 2; i++) {
		browse_fill(b, i ? "loss" : "item", words);
		browse_send(b, NULL);
		check(b, "a choice", said);
		if (b->status != 422)
			torture_wrong("a choice “%.*s”: %d", F(torture_words(b->cx, said)), b->status);
	}
	browse_get(b, "/report/when");
	browse_fill(b, "noticed", "at");
	for (ptrdiff_t i = 0; i < COUNT(parts); i++)
		browse_fill(b, parts[i], words);
	browse_send(b, "/report/when");
	check(b, "a date", said);
	for (ptrdiff_t i = 0; i < COUNT(parts) && b->status == 422; i++)
		if (str_index(said, '\r') < 0 && !str_eq(str_trim(browse_value(b, parts[i])), str_trim(said)))
			torture_wrong("%s: “%.*s” shown again as “%.*s”", parts[i], F(torture_words(b->cx, said)),
			    F(torture_words(b->cx, browse_value(b, parts[i]))));
	if (b->status != 422 && !str_eq(str_trim(said), S("1")))
		torture_wrong("a date “%.*s”: %d", F(torture_words(b->cx, said)), b->status);
}

TEST(choices_and_dates_that_are_none_are_refused_by_name)
{
	each(cx, 3, one_choice, NULL);
}
