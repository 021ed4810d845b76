#include "web/browse.h"

#include "core/evaluate.h"

#define WRONG_RECIPIENT "{\"narrative\":\"A letter went to the wrong house.\"," \
	"\"facts\":{\"category\":\"wrong_recipient\"}}"
#define NOTE "{\"command\":\"note\",\"args\":{\"words\":\"x\"}}"

/* Monday 23 November 2026, 10:00: the desk is open. */
static struct browse *
begin_under(struct cx *cx, const char *pack)
{
	cx->now = T0 + 326 * DAY + 10 * HOUR;
	return browse_start(flow_start(cx, str_of(pack)));
}

static struct browse *
begin(struct cx *cx)
{
	return begin_under(cx, "st-helens");
}

/* A program that acts for that person, and what else it says of itself. */
static struct browse *
program(struct browse *b, const char *person, const char *fields)
{
	struct cx *cx = b->cx;
	const char *whose = str_z(cx, str_fmt(cx, "{\"person\":\"%s\"}", person));
	struct js *t = flow_do(b->flow, S("local"), "add_token", S(""), whose);

	b->with = str_fmt(cx, "Authorization: Bearer %.*s\r\n%s", F(js_str(t, S("token"))), fields);
	return b;
}

/* The answer, which must be JSON of that status. */
static struct js *
said(struct browse *b, int status)
{
	struct cx *cx = b->cx;
	struct js *j = NULL;

	if (b->status != status)
		fail_msg("expected %d, but it is %d at %.*s:\n%.*s", status, b->status, F(b->at), F(b->page));
	EXPECT_OK(js_read(cx, b->page, &j));
	EXPECT_STR(browse_head(b, "content-type"),
	    status < 300 ? S("application/json") : S("application/problem+json"));
	if (status >= 300) {
		EXPECT(js_int(j, S("status"), 0) == status);
		EXPECT(js_str(j, S("title")).n && js_str(j, S("detail")).n && js_get(j, S("faults")));
	}
	return j;
}

static struct js *
post(struct browse *b, const char *address, struct str body, int status)
{
	browse_raw(b, "POST", address, "application/json", body);
	return said(b, status);
}

static struct js *
get(struct browse *b, const char *address, int status)
{
	browse_get(b, address);
	return said(b, status);
}

static const char *
about(struct browse *b, struct str ref, const char *more)
{
	return str_z(b->cx, str_fmt(b->cx, "/api/v1/cases/%.*s%s", F(ref), more));
}

/* The fault of that field. */
static struct str
fault(const struct js *problem, const char *field)
{
	for (const struct js *f = js_get(problem, S("faults"))->first; f; f = f->next)
		if (str_eq(js_str(f, S("field")), str_of(field)))
			return js_str(f, S("words"));
	return S("");
}

TEST(a_report_by_api_is_answered_with_what_follows_from_it)
{
	struct browse *b = begin(cx);
	struct js *r = post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201), *k;

	EXPECT(js_str(r, S("code")).n == 19 && js_str(r, S("seal")).n && js_int(r, S("entry"), 0) > 0);
	EXPECT(js_get(r, S("duties"))->n > 0);
	program(b, "internal_audit", "");
	k = get(b, about(b, js_str(r, S("ref")), ""), 200);
	EXPECT_STR(js_str(k, S("narrative")), S("A letter went to the wrong house."));
	EXPECT_STR(js_str(k, S("channel")), S("api"));
	EXPECT_STR(js_str(k, S("reporter")), S("anonymous"));
	EXPECT_STR(js_str(k, S("received_at")), S("2026-11-23T10:00:00Z"));
	EXPECT(js_get(k, S("closed_at"))->type == JS_NULL && js_get(k, S("timeline"))->n == 1);
	EXPECT_STR(js_str(js_get(k, S("timeline"))->first, S("who")), S("the reporter"));
	EXPECT_STR(js_str(js_get(k, S("timeline"))->first, S("seal")), js_str(r, S("seal")));
	EXPECT_STR(js_str(js_get(js_get(k, S("facts")), S("category")), S("by")), S("the reporter"));
	flow_end(b->flow);
}

/* The duties that stand in a case are those which its facts, as the API gives them, owe under the policy. */
static void
explain(struct browse *b, struct str category, const char *reader)
{
	struct cx *cx = b->cx;
	struct js *k, *plain = js_object(cx);
	const struct js *want;
	struct facts facts = { 0 };
	struct owed owed;

	b->with = S("");
	k = post(b, "/api/v1/reports",
	    str_fmt(cx, "{\"narrative\":\"So.\",\"facts\":{\"category\":\"%.*s\"}}", F(category)), 201);
	program(b, reader, "");
	k = get(b, about(b, js_str(k, S("ref")), ""), 200);
	for (const struct js *f = js_get(k, S("facts"))->first; f; f = f->next) {
		js_set(cx, plain, f->key, js_share(cx, js_get(f, S("value"))));
		EXPECT(js_get(f, S("seq")) || str_eq(js_str(f, S("by")), S("policy")));
	}
	facts_read(cx, plain, &facts);
	EXPECT_OK(fault_end(cx));
	policy_evaluate(cx, b->flow->desk.policy, &facts, cx->now, &owed);
	EXPECT(js_get(k, S("duties"))->n == owed.n_duties && owed.n_duties > 0);
	for (want = js_get(policy_explain(cx, &owed), S("duties"))->first; want; want = want->next) {
		const struct js *d = js_get(k, S("duties"))->first;

		while (d && !(js_eq(js_get(d, S("rule")), js_get(want, S("rule"))) &&
		    js_eq(js_get(d, S("role")), js_get(want, S("role")))))
			d = d->next;
		if (!d)
			fail_msg("%.*s: no duty %.*s", F(category), F(js_str(want, S("rule"))));
		EXPECT_STR(js_str(d, S("due")), js_str(want, S("due")));
	}
}

TEST(facts_of_a_case_explain_its_duties)
{
	static const char *const packs[] = { "st-helens", "hmcts" };
	static const char *const readers[] = { "internal_audit", "security_team" };

	for (int i = 0; i < 2; i++) {
		struct browse *b = begin_under(cx, packs[i]);
		const struct policy *p = b->flow->desk.policy;

		for (ptrdiff_t k = 0; k < p->n_categories; k++)
			explain(b, p->categories[k].id, readers[i]);
		flow_end(b->flow);
	}
}

TEST(a_request_sent_again_under_its_key_is_one_report)
{
	struct browse *b = begin(cx);
	struct str first;

	program(b, "rita", "Idempotency-Key: 5f0c\r\n");
	post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	first = b->page;
	post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	EXPECT_STR(b->page, first);
	post(b, "/api/v1/reports", S("{\"narrative\":\"Something else.\"}"), 409);
	program(b, "boss", "Idempotency-Key: 5f0c\r\n"); /* another's key of the same name */
	post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	EXPECT(!str_eq(b->page, first));
	b->with = S("");
	post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	first = b->page;
	post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	EXPECT(!str_eq(b->page, first));
	flow_end(b->flow);
}

TEST(what_is_wrong_with_a_report_is_named)
{
	struct browse *b = begin(cx);
	struct js *p;
	char *much = NEW(cx, char, 300000);

	p = post(b, "/api/v1/reports", S("{\"narrative\":\"a\",\n\"narrative\":\"b\"}"), 400);
	EXPECT(str_find(js_str(p, S("detail")), S("narrative")) >= 0);
	EXPECT(str_find(js_str(p, S("detail")), S("line 2")) >= 0);
	post(b, "/api/v1/reports", S("{\"narrative\":\"\xff\"}"), 400);
	post(b, "/api/v1/reports", S("{\"narrative\":\"a\"} {}"), 400);
	post(b, "/api/v1/reports", S("[]"), 400);
	post(b, "/api/v1/reports", S(" "), 400);
	p = post(b, "/api/v1/reports",
	    S("{\"narrative\":\"a\",\"facts\":{\"personl_data\":\"yes\",\"intent\":\"evil\"}}"), 400);
	EXPECT(str_find(fault(p, "personl_data"), S("did you mean “personal_data”")) >= 0);
	EXPECT(fault(p, "intent").n > 0);
	p = post(b, "/api/v1/reports", S("{\"narative\":\"a\"}"), 400);
	EXPECT(str_find(fault(p, "narative"), S("narrative")) >= 0);
	p = post(b, "/api/v1/reports", S("{\"narrative\":\"a\",\"attachments\":[]}"), 400);
	EXPECT(fault(p, "attachments").n > 0);
	p = post(b, "/api/v1/reports", S("{}"), 400);
	EXPECT(fault(p, "narrative").n > 0);
	browse_raw(b, "POST", "/api/v1/reports", "text/plain", S(WRONG_RECIPIENT));
	said(b, 415);
	memset(much, ' ', 300000);
	post(b, "/api/v1/reports", (struct str){ much, 300000 }, 413);
	get(b, "/api/v1/reports", 405);
	get(b, "/api/v1/nothing", 404);
	flow_end(b->flow);
}

TEST(tokens_are_needed_and_must_hold)
{
	struct browse *b = begin(cx);
	struct str ref = js_str(post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201), S("ref"));
	static const char *const with[] = { "", "Authorization: Bearer 0123456789ABCDEF\r\n",
		"Authorization: Basic YTpi\r\n" };

	for (ptrdiff_t i = 0; i < COUNT(with); i++) {
		b->with = str_of(with[i]);
		get(b, about(b, ref, ""), 401);
		EXPECT_STR(browse_head(b, "www-authenticate"), S("Bearer"));
		get(b, "/api/v1/cases", 401);
		post(b, about(b, ref, "/commands"), S(NOTE), 401);
	}
	post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 401); /* not quietly an anonymous one */
	/* a session is not for programs: no page of ours could be made to send these */
	b->with = S("");
	browse_as(b, flow_sign_in(b->flow, "internal_audit"));
	get(b, about(b, ref, ""), 401);
	flow_end(b->flow);
}

TEST(forbidden_and_missing_are_one)
{
	struct browse *b = begin(cx);
	struct str ref = js_str(post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201), S("ref"));
	const struct str none = S("INC-0000-0000");
	static const char *const more[] = { "", "/commands" };

	for (ptrdiff_t i = 0; i < COUNT(more); i++) {
		struct str words[2], at;

		program(b, "rita", "");
		for (int k = 0; k < 2; k++) {
			at = k ? none : ref;
			if (i)
				post(b, about(b, at, more[i]), S(NOTE), 404);
			else
				get(b, about(b, at, more[i]), 404);
			words[k] = b->page;
			EXPECT(str_find(b->page, at) < 0);
		}
		EXPECT_STR(words[0], words[1]);
	}
	flow_end(b->flow);
}

TEST(a_stub_says_no_word_of_what_happened)
{
	struct browse *b = begin(cx);
	struct str ref = js_str(post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201), S("ref"));
	struct js *k, *l;

	program(b, "it_service_desk", "");
	k = get(b, about(b, ref, ""), 200);
	EXPECT(js_true(k, S("stub")) && js_get(k, S("state")) && js_get(k, S("received_at")));
	EXPECT(k->n == 5 && js_get(k, S("duties")));
	EXPECT(str_find(b->page, S("letter")) < 0 && str_find(b->page, S("wrong_recipient")) < 0);
	l = get(b, "/api/v1/cases", 200);
	EXPECT(js_get(l, S("cases"))->n == 1 && js_true(js_get(l, S("cases"))->first, S("stub")));
	EXPECT(str_find(b->page, S("letter")) < 0 && str_find(b->page, S("wrong_recipient")) < 0);
	post(b, about(b, ref, "/commands"), S(NOTE), 404);
	flow_end(b->flow);
}

TEST(a_reporter_reads_what_is_theirs_alone)
{
	struct browse *b = begin(cx);
	struct str ref;
	const char *to;
	struct js *k;

	program(b, "rita", "");
	ref = js_str(post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201), S("ref"));
	program(b, "internal_audit", "");
	to = about(b, ref, "/commands");
	post(b, to, S("{\"command\":\"note\",\"args\":{\"words\":\"Probably Jim.\"}}"), 200);
	post(b, to, S("{\"command\":\"set_facts\",\"args\":{\"set\":{\"intent\":\"deliberate\"}}}"), 200);
	EXPECT(str_find(js_text(cx, get(b, about(b, ref, ""), 200)), S("Probably Jim.")) > 0);
	EXPECT(str_find(b->page, S("A internal_audit")) > 0);
	program(b, "rita", "");
	k = get(b, about(b, ref, ""), 200);
	EXPECT(js_true(k, S("own")) && js_get(js_get(k, S("facts")), S("category")));
	EXPECT(!js_get(js_get(k, S("facts")), S("intent")) && !js_get(k, S("duties")));
	EXPECT(str_find(b->page, S("Jim")) < 0);
	flow_end(b->flow);
}

TEST(commands_act_on_a_case)
{
	struct browse *b = begin(cx);
	struct str ref = js_str(post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201), S("ref"));
	const struct js *d;
	const char *to;
	struct js *p;

	program(b, "internal_audit", "Idempotency-Key: once\r\n");
	to = about(b, ref, "/commands");
	post(b, to, S("{\"command\":\"note\",\"args\":{\"words\":\"Looked at it.\"}}"), 200);
	post(b, to, S("{\"command\":\"note\",\"args\":{\"words\":\"Looked at it.\"}}"), 200);
	post(b, to, S("{\"command\":\"note\",\"args\":{\"words\":\"And again.\"}}"), 409);
	program(b, "internal_audit", "");
	p = get(b, about(b, ref, ""), 200);
	EXPECT(js_get(p, S("timeline"))->n == 2);
	for (d = js_get(p, S("duties"))->first; d; d = d->next)
		if (str_eq(js_str(d, S("role")), S("internal_audit")) && str_eq(js_str(d, S("do")), S("assess")))
			break;
	EXPECT(d != NULL);
	post(b, to,
	    str_fmt(cx, "{\"command\":\"acknowledge\",\"args\":{\"duty\":\"%.*s\"}}", F(js_str(d, S("id")))), 200);
	get(b, about(b, ref, ""), 200);
	EXPECT(str_find(b->page, S("\"acknowledged_at\":\"2026-11-23T10:00:00Z\"")) > 0);
	p = post(b, to, S("{\"command\":\"nte\"}"), 400);
	EXPECT(str_find(fault(p, "command"), S("did you mean “note”")) >= 0);
	post(b, to, S("{\"command\":\"add_token\",\"args\":{\"person\":\"boss\"}}"), 400);
	p = post(b, to, S("{\"command\":\"note\",\"args\":{\"wrds\":\"x\"}}"), 400);
	EXPECT(fault(p, "wrds").n > 0);
	p = post(b, to, S("{\"command\":\"note\",\"args\":3,\"extra\":1}"), 400);
	EXPECT(fault(p, "extra").n > 0);
	flow_end(b->flow);
}

TEST(the_list_is_the_queue)
{
	struct browse *b = begin(cx);
	struct js *l;
	int n = 0;

	for (int i = 0; i < 60; i++)
		post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	post(b, "/api/v1/reports",
	    S("{\"narrative\":\"Somebody tailgated.\",\"facts\":{\"kind\":\"weakness\"}}"), 201);
	program(b, "internal_audit", "");
	l = get(b, "/api/v1/cases?category=wrong_recipient", 200);
	while (js_str(l, S("next")).n) {
		n += (int)js_get(l, S("cases"))->n;
		l = get(b, str_z(cx, str_fmt(cx, "/api/v1/cases?%.*s", F(js_str(l, S("next"))))), 200);
	}
	n += (int)js_get(l, S("cases"))->n;
	EXPECT(n == 60 && js_get(l, S("next"))->type == JS_NULL);
	flow_index(b->flow);
	EXPECT(js_get(get(b, "/api/v1/cases?q=tailgated", 200), S("cases"))->n == 1);
	EXPECT(js_get(get(b, "/api/v1/cases?view=closed", 200), S("cases"))->n == 0);
	EXPECT(fault(get(b, "/api/v1/cases?categry=x", 400), "categry").n > 0);
	get(b, "/api/v1/cases?after=x", 400);
	program(b, "rita", "");
	get(b, "/api/v1/cases", 404);
	flow_end(b->flow);
}

/* A text with NUL is good JSON, and refused wherever it stands. */
TEST(nul_is_refused_by_name_in_every_text_of_a_report)
{
	static const struct { const char *name, *said; } fields[] = {
		{ "narrative", "\"narrative\":\"a\\u0000b\"" },
		{ "line_manager", "\"narrative\":\"x\",\"line_manager\":\"a\\u0000b\"" },
		{ "channel", "\"narrative\":\"x\",\"channel\":\"a\\u0000b\"" },
		{ "entry_point", "\"narrative\":\"x\",\"entry_point\":\"a\\u0000b\"" },
		{ "reporter.name", "\"narrative\":\"x\",\"reporter\":{\"name\":\"a\\u0000b\"}" },
		{ "reporter.phone", "\"narrative\":\"x\",\"reporter\":{\"phone\":\"a\\u0000b\"}" },
		{ "reporter.email", "\"narrative\":\"x\",\"reporter\":{\"email\":\"a@\\u0000b\"}" },
		{ "reporter.department", "\"narrative\":\"x\",\"reporter\":{\"department\":\"a\\u0000b\"}" },
		{ "reporter.person", "\"narrative\":\"x\",\"reporter\":{\"person\":\"a\\u0000b\"}" },
		{ "reported_at", "\"narrative\":\"x\",\"reported_at\":\"a\\u0000b\"" },
		{ "answers.observed", "\"narrative\":\"x\",\"answers\":{\"observed\":\"a\\u0000b\"}" },
		{ "facts.department", "\"narrative\":\"x\",\"facts\":{\"department\":\"a\\u0000b\"}" },
		{ "facts.systems", "\"narrative\":\"x\",\"facts\":{\"systems\":[\"a\\u0000b\"]}" },
	};
	struct browse *b = begin(cx);

	for (ptrdiff_t i = 0; i < COUNT(fields); i++) {
		browse_raw(b, "POST", "/api/v1/reports", "application/json", str_fmt(cx, "{%s}", fields[i].said));
		EXPECT(b->status == 400);
		EXPECT(str_find(b->page, str_fmt(cx, "\"field\":\"%s\"", fields[i].name)) > 0);
	}
	flow_end(b->flow);
}

/* Whoever reports can write any address. The one whose it is must still be found by it, and nobody else instead. */
TEST(an_address_that_strangers_gave_leads_to_whom_the_directory_says)
{
	struct browse *b = begin(cx);
	struct js *r, *k;

	for (int i = 0; i < 2; i++)
		post(b, "/api/v1/reports",
		    S("{\"narrative\":\"x\",\"reporter\":{\"name\":\"Eve\",\"email\":\"hr@example.org\"}}"), 201);
	post(b, "/api/v1/reports",
	    S("{\"narrative\":\"x\",\"reporter\":{\"name\":\"Eve\",\"email\":\"eve@example.org\"}}"), 201);
	r = post(b, "/api/v1/reports", S("{\"narrative\":\"x\",\"line_manager\":\"hr@example.org\"}"), 201);
	program(b, "internal_audit", "");
	k = get(b, about(b, js_str(r, S("ref")), ""), 200);
	EXPECT(str_find(js_text(cx, js_get(k, S("duties"))), S("\"held_by\":\"A hr\"")) > 0);
	b->with = S("");
	r = post(b, "/api/v1/reports", S("{\"narrative\":\"x\",\"line_manager\":\"eve@example.org\"}"), 201);
	program(b, "internal_audit", "");
	k = get(b, about(b, js_str(r, S("ref")), ""), 200);
	EXPECT(str_find(js_text(cx, js_get(k, S("duties"))), S("\"held_by\":\"Eve\"")) < 0);
	flow_end(b->flow);
}


/* Whoever reports can write much and often: the case must still open for those who handle it. */
TEST(a_case_of_many_long_texts_still_opens)
{
	struct browse *b = begin(cx), *h = browse_start(b->flow);
	char *words = NEW(cx, char, 20000);
	struct js *r = post(b, "/api/v1/reports", S(WRONG_RECIPIENT), 201);
	struct str body;

	memset(words, '<', 20000);
	program(b, "internal_audit", "");
	browse_as(h, flow_sign_in(b->flow, "internal_audit"));
	body = str_fmt(cx, "{\"command\":\"message\",\"args\":{\"words\":\"%.*s\"}}", 20000, words);
	for (int i = 0; i < 150; i++)
		post(b, about(b, js_str(r, S("ref")), "/commands"), body, 200);
	browse_get(h, str_z(cx, str_fmt(cx, "/case/%.*s", F(js_str(r, S("ref"))))));
	EXPECT(h->status == 200);
	get(b, about(b, js_str(r, S("ref")), ""), 200);
	flow_end(b->flow);
}

/* What a search looks at and does not take is given back, or a service that is well used could not be searched. */
TEST(many_long_reports_can_be_searched)
{
	const ptrdiff_t room = (ptrdiff_t)1 << 30;
	struct browse *b;
	struct str body;
	char *words;

	cx_begin(cx, cx_room(room), room); /* all of it is looked through at the end */
	b = begin(cx);
	words = NEW(cx, char, 20000);
	memset(words, 'x', 20000);
	body = str_fmt(cx, "{\"narrative\":\"%.*s\"}", 20000, words);
	for (int i = 0; i < 300; i++) {
		browse_raw(b, "POST", "/api/v1/reports", "application/json", body);
		EXPECT(b->status == 201);
	}
	flow_index(b->flow);
	program(b, "internal_audit", "");
	EXPECT(js_get(get(b, "/api/v1/cases?q=nothing+of+this+kind", 200), S("cases"))->n == 0);
	EXPECT(js_get(get(b, "/api/v1/cases?q=xxx", 200), S("cases"))->n == 50);
	flow_end(b->flow);
}

