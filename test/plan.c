#include "test/plan.h"

#include <stdio.h>

#define LETTER "\"narrative\":\"A letter about a child went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"," \
	"\"forms\":[\"paper\"],\"personal_data\":\"yes\",\"data_subjects\":[\"service_user\"]},\"reporter\":{\"mode\":\"anonymous\"}"
#define OBJECT "0f0e0d0c0b0a09080706050403020100"
#define HASH64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The case that the flows are about, and who works on it. */
struct scene { struct str ref, closing, audit, link, open_duty; };

static struct str
request(struct cx *cx, int id, const char *command, struct str ref, struct str as, struct str args)
{
	return str_fmt(cx, "{\"id\":\"%032x\",\"command\":\"%s\",%s%.*s%s%s%.*s%s\"args\":%.*s}", 0xfa000 + id, command,
	    ref.n ? "\"case\":\"" : "", F(ref), ref.n ? "\"," : "", str_eq(as, S("local")) ? "" : "\"as\":{\"session\":\"",
	    F(str_eq(as, S("local")) ? S("") : as), str_eq(as, S("local")) ? "" : "\"},", F(args));
}

static void
do_all_duties(struct flow *f, struct str as, struct str ref, struct str *one)
{
	struct row_duties_of_case *rows;
	struct cx *cx = f->cx;
	ptrdiff_t n, i;

	do {
		EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &rows, &n));
		for (i = 0; i < n && !str_eq(rows[i].state, S("open")); i++)
			;
		if (i < n && one)
			*one = id_hex(cx, rows[i].duty_id);
		else if (i < n)
			flow_do(f, as, "duty_done", ref, str_fmt(cx, "{\"duty\":\"%.*s\",\"how\":\"done\",\"without_agreement\":\"a test\"}",
			    F(id_hex(cx, rows[i].duty_id))).p);
	} while (i < n && !one);
}

static struct scene
set_scene(struct cx *cx, struct flow *f)
{
	struct scene s = { .audit = flow_sign_in(f, "internal_audit") };
	FILE *spool;

	s.ref = js_str(flow_do(f, S(""), "report", S(""), "{" LETTER "}"), S("ref"));
	s.closing = js_str(flow_do(f, S(""), "report", S(""), "{" LETTER "}"), S("ref"));
	flow_do(f, s.audit, "triage", s.closing, "{\"assessed\":\"incident\",\"reasons\":\"It was opened.\",\"next\":\"Fetch it back.\"}");
	do_all_duties(f, s.audit, s.closing, NULL);
	do_all_duties(f, s.audit, s.ref, &s.open_duty);
	s.link = js_str(flow_do(f, S("local"), "make_link", S(""), "{\"person\":\"dpo\"}"), S("link"));
	flow_do(f, flow_sign_in(f, "hr"), "set_password", S(""), "{\"password\":\"three random words\"}");
	spool = fopen(str_fmt(cx, "%.*s/spool/" OBJECT, F(f->path)).p, "wb");
	EXPECT(spool && fputs("sealed bytes", spool) >= 0 && fclose(spool) == 0);
	return s;
}

int
plan_all(struct cx *cx, struct flow *f, struct plan *out)
{
	struct scene scene = set_scene(cx, f), *s = &scene;
	struct str nobody = S(""), local = S("local"), none = S("");
	struct str yaml = test_file(cx, "policy/hmcts/pack.yaml");
	struct js *pack = js_object(cx);
	int n = 0;

	js_set_str(cx, pack, S("yaml"), yaml);
#define ONE(plan_name, ...) out[n++] = (struct plan){ .name = plan_name, .n = 1, .requests = { __VA_ARGS__ } }
	ONE("report", request(cx, 1, "report", none, nobody, S("{" LETTER "}")));
	out[n - 1].each = true;
	ONE("note", request(cx, 2, "note", s->ref, s->audit, S("{\"words\":\"The letter is in my drawer.\"}")));
	out[n - 1].sign = true;
	out[n++] = (struct plan){ .name = "report with a file", .n = 2, .requests = {
		request(cx, 3, "upload", none, nobody, S("{\"object\":\"" OBJECT "\",\"key\":\"" HASH64 "\"}")),
		request(cx, 4, "report", none, nobody, S("{" LETTER ",\"attachments\":[{\"object\":\"" OBJECT "\",\"name\":\"letter.jpg\","
		    "\"type\":\"image/jpeg\",\"size\":12,\"stored_size\":12,\"plain\":\"" HASH64 "\",\"stored\":\"" HASH64 "\"}]}")) } };
	out[n++] = (struct plan){ .name = "three notes in a batch", .n = 3, .together = true, .requests = {
		request(cx, 5, "note", s->ref, s->audit, S("{\"words\":\"one\"}")),
		request(cx, 6, "note", s->closing, s->audit, S("{\"words\":\"two\"}")),
		request(cx, 7, "report", none, nobody, S("{" LETTER "}")) } };
	ONE("triage", request(cx, 8, "triage", s->ref, s->audit, S("{\"assessed\":\"incident\",\"reasons\":\"It was opened.\",\"next\":\"Fetch it back.\"}")));
	ONE("facts", request(cx, 9, "set_facts", s->ref, s->audit, S("{\"set\":{\"recovered\":\"yes\",\"personal_data\":\"no\","
	    "\"data_subjects\":null}}")));
	ONE("hand over", request(cx, 10, "hand_over", s->ref, s->audit,
	    str_fmt(cx, "{\"duty\":\"%.*s\",\"to\":\"dpo\",\"why\":\"I am away.\"}", F(s->open_duty))));
	ONE("close", request(cx, 11, "close", s->closing, s->audit, S("{\"reason\":\"The letter is back.\",\"to_reporter\":\"Thank you.\"}")));
	ONE("people", request(cx, 12, "people", none, local, S("{\"people\":[{\"person\":\"new\",\"name\":\"N. Ew\",\"email\":\"new@example.org\","
	    "\"department\":\"Housing\",\"roles\":[\"it_support\"]},{\"person\":\"newer\",\"name\":\"N. Ewer\",\"roles\":[]}]}")));
	ONE("policy", request(cx, 13, "set_policy", none, local, js_text(cx, pack)));
	ONE("sign in by link", request(cx, 14, "use_link", none, nobody, str_fmt(cx, "{\"link\":\"%.*s\"}", F(s->link))));
	ONE("sign in by password", request(cx, 15, "sign_in", none, nobody, S("{\"login\":\"hr\",\"password\":\"three random words\"}")));
	ONE("export", request(cx, 16, "export", none, local, S("{\"mode\":\"full\",\"reason\":\"a test\"}")));
	ONE("start", request(cx, 17, "note", s->ref, s->audit, S("{\"words\":\"x\"}")));
	out[n - 1].opening = true;
#undef ONE
	return n;
}
