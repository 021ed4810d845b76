#include "desk/veris.h"

#include "desk/flow.h"

static struct js *
args_of(struct cx *cx, const struct policy *p, const char *incident)
{
	struct js *j, *args;

	EXPECT_OK(js_read(cx, str_of(incident), &j));
	EXPECT_OK(veris_args(cx, p, j, false, &args));
	return args;
}

TEST(veris_is_read_from_the_desks_point_of_view)
{
	static const struct { const char *veris, *category; } cases[] = {
		{ "\"action\":{\"error\":{\"variety\":[\"Misdelivery\"]}}", "wrong_recipient" },
		{ "\"action\":{\"error\":{\"variety\":\"Loss\"}},\"asset\":{\"assets\":[{\"variety\":\"U - Laptop\"}]}", "laptop" },
		{ "\"action\":{\"error\":{\"variety\":[\"Loss\"]}},\"actor\":{\"partner\":{}}", "courier_loss" },
		{ "\"action\":{\"physical\":{\"variety\":[\"Theft\"],\"vector\":[\"Personal vehicle\"]}},\"asset\":{\"assets\":"
		  "[{\"variety\":\"M - Documents\"}]}", "papers_on_the_way" },
		{ "\"action\":{\"hacking\":{\"variety\":[\"Use of stolen creds\"]}},\"actor\":{\"external\":{\"variety\":[\"Former "
		    "employee\"]}}",
		  "leaver_login" },
		{ "\"action\":{\"hacking\":{\"variety\":[\"Unknown\"]}},\"attribute\":{\"integrity\":{\"variety\":[\"Defacement\"]}}", "defacement" },
		{ "\"action\":{\"social\":{\"variety\":[\"Phishing\"]},\"malware\":{\"variety\":[\"Ransomware\"]}}", "malware" },
		{ "\"action\":{\"unknown\":{}}", "something_else" },
	};
	struct flow *f = flow_start(cx, S("st-helens"));

	for (ptrdiff_t i = 0; i < COUNT(cases); i++) {
		struct str text = str_fmt(cx, "{\"incident_id\":\"x\",%s}", cases[i].veris);

		EXPECT_STR(js_str(js_get(args_of(cx, f->desk.policy, text.p), S("facts")), S("category")),
		    str_of(cases[i].category));
	}
	flow_end(f);
}

TEST(veris_facts_keep_large_numbers_and_say_how_precise_a_date_is)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	const struct js *facts = js_get(args_of(cx, f->desk.policy,
	    "{\"incident_id\":\"x\",\"action\":{\"error\":{\"variety\":[\"Loss\"]}},"
	    "\"attribute\":{\"confidentiality\":{\"data_total\":12000000000,\"data\":[{\"variety\":\"Medical\"}],\"data_disclosure\":\"Yes\","
	    "\"data_victim\":[\"Patient\",\"Employee\"]}},\"timeline\":{\"incident\":{\"year\":2010,\"month\":2,\"day\":31}},"
	    "\"security_incident\":\"Near miss\"}"), S("facts"));

	EXPECT(js_int(facts, S("people_affected"), 0) == 12000000000);
	EXPECT_STR(js_str(facts, S("occurred_at")), S("2010-02"));
	EXPECT_STR(js_str(facts, S("assessed")), S("near_miss"));
	EXPECT_STR(js_str(facts, S("personal_data")), S("yes"));
	EXPECT(js_true(facts, S("special_category")));
	EXPECT_STR(js_text(cx, js_get(facts, S("data_subjects"))), S("[\"staff\",\"service_user\"]"));
	flow_end(f);
}

TEST(veris_that_is_none_is_refused_by_field)
{
	static const char *const bad[] = { "[]", "{}", "{\"incident_id\":\"\",\"action\":{}}",
	    "{\"incident_id\":\"x\",\"action\":[]}",
		"{\"incident_id\":\"x\",\"action\":{},\"timeline\":3}", "{\"incident_id\":\"x\",\"action\":{},\"summary\":[]}" };
	struct js *j, *args;

	for (ptrdiff_t i = 0; i < COUNT(bad); i++) {
		EXPECT_OK(js_read(cx, str_of(bad[i]), &j));
		EXPECT(veris_args(cx, NULL, j, false, &args) == ERR_BAD_INPUT);
		cx->faults = NULL;
		cx->n_faults = 0;
	}
}

TEST(the_same_incident_has_one_hash_however_it_is_laid_out)
{
	struct js *a, *b, *c;

	EXPECT_OK(js_read(cx, S("{\"a\":[1,2.0,{\"x\":1,\"y\":null}],\"b\":\"é\"}"), &a));
	EXPECT_OK(js_read(cx, S("{ \"b\" : \"\\u00e9\", \"a\" : [1, 2.0, {\"y\":null,\"x\":1}] }"), &b));
	EXPECT_OK(js_read(cx, S("{\"a\":[1,2,{\"x\":1,\"y\":null}],\"b\":\"é\"}"), &c));
	EXPECT(hash_eq(veris_hash(cx, a), veris_hash(cx, b)));
	EXPECT(!hash_eq(veris_hash(cx, a), veris_hash(cx, c)));
}

TEST(what_was_imported_is_known_and_what_differs_is_said)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct row_duties_of_case *duties;
	struct row_notices_to_mail *notices;
	struct js *args = args_of(cx, f->desk.policy, "{\"incident_id\":\"x-1\",\"summary\":\"A "
	    "letter.\",\"odd\":{\"kept\":[1.5,99999999999]},"
	    "\"action\":{\"error\":{\"variety\":[\"Misdelivery\"]}}}"), *ok;
	const char *text = str_z(cx, js_text(cx, args));
	struct str ref;
	ptrdiff_t n;

	ref = js_str(flow_do(f, S("local"), "import", S(""), text), S("ref"));
	ok = flow_do(f, S("local"), "import", S(""), text);
	EXPECT(js_true(ok, S("known")));
	EXPECT_STR(js_str(ok, S("ref")), ref);
	args = args_of(cx, f->desk.policy,
	    "{\"incident_id\":\"x-1\",\"summary\":\"Another.\",\"action\":{\"error\":{\"variety\":[\"Loss\"]}}}");
	EXPECT(js_true(flow_do(f, S("local"), "import", S(""), str_z(cx, js_text(cx, args))), S("differs")));
	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &duties, &n));
	EXPECT(n > 0);
	for (ptrdiff_t i = 0; i < n; i++)
		EXPECT_STR(duties[i].state, S("lapsed"));
	EXPECT_OK(sql_notices_to_mail(cx, f->desk.db, -1, 10, &notices, &n));
	EXPECT(n == 0);
	flow_end(f);
}
