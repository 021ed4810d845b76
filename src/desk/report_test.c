#include "desk/flow.h"

static struct str
state_of(struct flow *f, struct str ref, const char *rule)
{
	struct row_duties_of_case *rows;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(rows[i].role, str_of(rule)))
			return rows[i].state;
	return S("none");
}

#define LETTER "{\"narrative\":\"A letter about a child went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"," \
	"\"forms\":[\"paper\"],\"personal_data\":\"yes\",\"data_subjects\":[\"service_user\"]},\"line_manager\":\"line_manager\"," \
	"\"reporter\":{\"mode\":\"named\",\"name\":\"Rita Porter\",\"department\":\"Housing\"}}"

TEST(a_letter_to_the_wrong_house_reaches_those_whom_the_policy_names)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct js *ok = flow_do(f, S(""), "report", S(""), LETTER);
	struct str ref = js_str(ok, S("ref"));

	EXPECT(js_str(ok, S("code")).n == 19 && js_str(ok, S("seal")).n == 23);
	EXPECT_STR(state_of(f, ref, "line_manager"), S("open"));
	EXPECT_STR(state_of(f, ref, "internal_audit"), S("open"));
	EXPECT_STR(state_of(f, ref, "it_support"), S("none"));
	flow_end(f);
}

TEST(the_same_form_sent_twice_is_one_report)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct js *r, *one, *two;

	EXPECT_OK(js_read(cx, S("{\"id\":\"0123456789abcdef0123456789abcdef\",\"command\":\"report\",\"args\":" LETTER "}"), &r));
	EXPECT_OK(desk_do_now(cx, &f->desk, r, false, &one));
	EXPECT_OK(desk_do_now(cx, &f->desk, r, false, &two));
	EXPECT_STR(js_text(cx, one), js_text(cx, two));
	EXPECT_OK(js_read(cx, S("{\"id\":\"0123456789abcdef0123456789abcdef\",\"command\":\"report\",\"args\":{\"narrative\":\"other\"}}"), &r));
	EXPECT(desk_do_now(cx, &f->desk, r, false, &two) == ERR_CONFLICT);
	flow_end(f);
}

TEST(forbidden_and_missing_look_the_same)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), LETTER), S("ref")), hr = flow_sign_in(f, "hr"), why;

	flow_refused(f, hr, "note", ref, "{\"words\":\"x\"}", ERR_NOT_FOUND);
	why = str_copy(cx, str_of(cx->why));
	flow_refused(f, hr, "note", S("INC-26-22222-2"), "{\"words\":\"x\"}", ERR_NOT_FOUND);
	EXPECT_STR(str_sub(why, 0, 17), str_sub(str_of(cx->why), 0, 17));
	flow_refused(f, S(""), "note", ref, "{\"words\":\"x\"}", ERR_WHO);
	flow_end(f);
}

TEST(a_whole_journey_from_report_to_closing)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct js *ok = flow_do(f, S(""), "report", S(""), LETTER), *follow;
	struct str ref = js_str(ok, S("ref")), audit = flow_sign_in(f, "internal_audit"), mine;
	struct row_duties_of_case *rows;
	struct row_messages *m;
	ptrdiff_t n;

	flow_wait(f, 10 * MINUTE);
	flow_do(f, audit, "triage", ref, "{\"assessed\":\"incident\",\"reasons\":\"The letter was opened.\",\"next\":\"Fetch it back.\"}");
	flow_do(f, audit, "message", ref, "{\"words\":\"Thank you. Somebody will fetch the letter today.\"}");
	follow = flow_do(f, S(""), "follow", S(""),
	    str_fmt(cx, "{\"ref\":\"%.*s\",\"code\":\"%.*s\"}", F(ref), F(js_str(ok, S("code")))).p);
	mine = js_str(follow, S("session"));
	flow_do(f, mine, "message", ref, "{\"words\":\"They gave it back to me.\"}");
	flow_refused(f, mine, "note", ref, "{\"words\":\"x\"}", ERR_NOT_FOUND);
	EXPECT_OK(sql_messages(cx, f->desk.db, flow_case(f, ref), INT64_MAX, 50, &m, &n));
	EXPECT(n == 2 && m[0].from_reporter && !m[1].from_reporter);
	flow_do(f, mine, "message_read", ref, str_fmt(cx, "{\"message\":\"%.*s\"}", F(id_hex(cx, m[1].message_id))).p);
	flow_do(f, audit, "set_facts", ref, "{\"set\":{\"recovered\":\"yes\",\"people_affected\":1}}");
	flow_refused(f, audit, "close", ref, "{\"reason\":\"done\"}", ERR_CONFLICT);
	for (;;) {
		struct str done;

		EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &rows, &n));
		for (ptrdiff_t i = n - 1; i >= 0; i--)
			if (str_eq(rows[i].state, S("open")))
				break;
			else if (i == 0)
				n = 0;
		if (!n)
			break;
		for (ptrdiff_t i = 0; i < n; i++)
			if (str_eq(rows[i].state, S("open"))) {
				done = str_fmt(cx, "{\"duty\":\"%.*s\",\"how\":\"done\",\"without_agreement\":\"a test\"}", F(id_hex(cx, rows[i].duty_id)));
				flow_do(f, audit, "duty_done", ref, done.p);
				break;
			}
	}
	flow_do(f, audit, "close", ref, "{\"reason\":\"The letter is back.\",\"to_reporter\":\"It is over. Thank you.\"}");
	flow_end(f);
}

TEST(warnings_come_when_they_are_due_and_once)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct js *ok;
	int entries = 0;

	flow_do(f, S(""), "report", S(""), LETTER);
	flow_wait(f, 100 * HOUR);
	do {
		ok = flow_do(f, S("local"), "tick", S(""), "{}");
		entries++;
	} while (js_true(ok, S("more")) && entries < 100);
	EXPECT(entries > 0 && entries < 100);
	ok = flow_do(f, S("local"), "tick", S(""), "{}");
	EXPECT(!js_true(ok, S("more")));
	flow_end(f);
}

TEST(a_password_lets_in_and_ten_wrong_ones_lock)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str s = flow_sign_in(f, "dpo");

	f->desk.is_gate = true;
	flow_refused(f, s, "set_password", S(""), "{\"password\":\"short\"}", ERR_BAD_INPUT);
	flow_do(f, s, "set_password", S(""), "{\"password\":\"three random words\"}");
	EXPECT(js_str(flow_do(f, S(""), "sign_in", S(""), "{\"login\":\"dpo@example.org\",\"password\":\"three random words\"}"), S("session")).n);
	EXPECT_STR(js_str(flow_do(f, S(""), "sign_in", S(""), "{\"login\":\"dpo\",\"password\":\"x\"}"), S("refused")), S("wrong"));
	EXPECT_STR(js_str(flow_do(f, S(""), "sign_in", S(""), "{\"login\":\"nobody\",\"password\":\"x\"}"), S("refused")), S("wrong"));
	flow_end(f);
}

/* Is anybody signed in by that session? */
static bool
signed_in(struct flow *f, struct str session)
{
	return !id_zero(flow_actor(f, session).id);
}

TEST(whoever_chooses_a_password_signs_everybody_else_out_who_is_them)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str mine = flow_sign_in(f, "dpo"), another = flow_sign_in(f, "dpo"), rita = flow_sign_in(f, "rita");

	f->desk.is_gate = true;
	flow_do(f, mine, "set_password", S(""), "{\"password\":\"three random words\"}");
	EXPECT(signed_in(f, mine) && !signed_in(f, another) && signed_in(f, rita));
	flow_end(f);
}

TEST(a_session_lasts_while_it_is_used)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str used = flow_sign_in(f, "dpo"), left = flow_sign_in(f, "rita");
	int hours = 0;

	while (signed_in(f, left) && hours++ < 1000) {
		flow_do(f, used, "touch", S(""), "{}");
		flow_wait(f, HOUR);
	}
	EXPECT(hours > 0 && hours < 1000 && signed_in(f, used));
	flow_end(f);
}

TEST(what_the_gate_said_outlives_the_turn_in_which_it_came)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str s = flow_sign_in(f, "dpo"), question, answer;
	const char *words = "{\"password\":\"three random words\"}";
	struct mark m = cx_mark(cx);
	struct verdict v;

	EXPECT_OK(desk_gate_question(cx, &f->desk, str_fmt(cx, "{\"command\":\"set_password\",\"as\":{\"session\":\"%.*s\"},\"args\":%s}",
	    F(s), words), &question));
	EXPECT_OK(desk_gate_work(cx, f->desk.gate_key, question, &answer));
	EXPECT_OK(desk_gate_verdict(cx, answer, &v));
	cx_back(cx, m);
	memset(NEW(cx, char, 1 << 20), 'x', 1 << 20);
	f->desk.verdict = &v;
	flow_do(f, s, "set_password", S(""), words);
	f->desk.verdict = NULL;
	f->desk.is_gate = true;
	EXPECT(js_str(flow_do(f, S(""), "sign_in", S(""), "{\"login\":\"dpo\",\"password\":\"three random words\"}"), S("session")).n);
	flow_end(f);
}

TEST(what_is_wrong_with_a_report_is_said_by_field)
{
	struct flow *f = flow_start(cx, S("st-helens"));

	flow_refused(f, S(""), "report", S(""), "{\"narrative\":\" \",\"facts\":{\"personal_dta\":\"yes\",\"intent\":\"maybe\"},\"wat\":1}", ERR_BAD_INPUT);
	flow_refused(f, S(""), "report", S(""), "{\"narrative\":\"x\",\"reporter\":{\"mode\":\"shy\"}}", ERR_BAD_INPUT);
	flow_refused(f, S(""), "reprot", S(""), "{}", ERR_BAD_INPUT);
	EXPECT(strstr(cx->why, "report"));
	flow_end(f);
}

static struct row_duties_of_case
duty_for(struct flow *f, struct str ref, const char *rule)
{
	struct row_duties_of_case *rows;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &rows, &n));
	for (ptrdiff_t i = n - 1; i >= 0; i--)
		if (str_eq(rows[i].rule, str_of(rule)))
			return rows[i];
	fail_msg("no duty of rule %s", rule);
	return rows[0];
}

TEST(a_missed_level_is_said_before_and_agreed_with_the_reporter)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct js *ok = flow_do(f, S(""), "report", S(""), LETTER);
	struct str ref = js_str(ok, S("ref")), audit = flow_sign_in(f, "internal_audit"), mine;
	struct row_duties_of_case duty;
	struct row_messages *m;
	ptrdiff_t n;

	flow_do(f, audit, "set_facts", ref, "{\"set\":{\"service_level_at_risk\":true}}");
	duty = duty_for(f, ref, "level-at-risk");
	flow_refused(f, audit, "duty_done", ref, str_fmt(cx, "{\"duty\":\"%.*s\"}", F(id_hex(cx, duty.duty_id))).p, ERR_CONFLICT);
	flow_do(f, audit, "message", ref, "{\"kind\":\"proposal\",\"words\":\"It will take until Friday. Is that all right?\"}");
	mine = js_str(flow_do(f, S(""), "follow", S(""),
	    str_fmt(cx, "{\"ref\":\"%.*s\",\"code\":\"%.*s\"}", F(ref), F(js_str(ok, S("code")))).p), S("session"));
	EXPECT_OK(sql_messages(cx, f->desk.db, flow_case(f, ref), INT64_MAX, 50, &m, &n));
	flow_do(f, mine, "message_read", ref, str_fmt(cx, "{\"message\":\"%.*s\",\"reply\":\"agree\"}", F(id_hex(cx, m[0].message_id))).p);
	flow_do(f, audit, "duty_done", ref, str_fmt(cx, "{\"duty\":\"%.*s\"}", F(id_hex(cx, duty.duty_id))).p);
	EXPECT_STR(duty_for(f, ref, "level-at-risk").state, S("done"));
	flow_end(f);
}

TEST(duties_open_move_and_lapse_as_facts_change)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), LETTER), S("ref")), audit = flow_sign_in(f, "internal_audit");
	when before = duty_for(f, ref, "regulator-decided").due;

	EXPECT(before == cx->now + 48 * HOUR);
	flow_wait(f, HOUR);
	flow_refused(f, audit, "set_facts", ref, "{\"set\":{\"aware_at\":\"2025-12-31T20:00:00Z\"}}", ERR_BAD_INPUT);
	flow_do(f, audit, "set_facts", ref, "{\"set\":{\"aware_at\":\"2025-12-31T20:00:00Z\"},\"reason\":\"The manager knew then.\"}");
	EXPECT(duty_for(f, ref, "regulator-decided").due == before - 4 * HOUR);
	flow_do(f, audit, "set_facts", ref, "{\"set\":{\"personal_data\":\"no\",\"data_subjects\":null}}");
	EXPECT_STR(duty_for(f, ref, "regulator-decided").state, S("lapsed"));
	EXPECT(duty_for(f, ref, "regulator-decided").how.n > 0);
	flow_do(f, audit, "set_facts", ref, "{\"set\":{\"personal_data\":\"yes\"}}");
	EXPECT_STR(duty_for(f, ref, "regulator-decided").state, S("open"));
	flow_end(f);
}

TEST(the_courts_policy_routes_the_same_letter_its_own_way)
{
	struct flow *f = flow_start(cx, S("hmcts"));
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), LETTER), S("ref"));

	EXPECT_STR(state_of(f, ref, "security_team"), S("open"));
	EXPECT_STR(state_of(f, ref, "it_help_desk"), S("none"));
	flow_end(f);
}

TEST(a_stranger_cannot_report_as_somebody_of_the_directory)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), rita = flow_sign_in(f, "rita");
	const char *as_rita = "{\"narrative\":\"x\",\"reporter\":{\"person\":\"rita\"}}";

	flow_refused(f, S(""), "report", S(""), as_rita, ERR_BAD_INPUT);
	flow_do(f, rita, "report", S(""), as_rita);
	flow_do(f, audit, "report", S(""), as_rita);
	flow_refused(f, rita, "report", S(""), "{\"narrative\":\"x\",\"reporter\":{\"person\":\"boss\"}}", ERR_BAD_INPUT);
	flow_end(f);
}

TEST(a_manager_whom_the_directory_does_not_know_is_said_on_the_duty)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), "{\"narrative\":\"x\",\"line_manager\":\"Pat Nobody\"}"), S("ref"));

	EXPECT(str_find(duty_for(f, ref, "manager-first").how, S("Pat Nobody")) > 0);
	flow_end(f);
}
