#include "core/evaluate.h"

#include "base/test.h"
#include "pack/pack.h"

/* 2026-11-23T10:00:00Z, a Monday */
#define NOW ((when)1795428000 * SECOND)

static const struct policy *
small(struct cx *cx)
{
	const struct policy *p;

	EXPECT_OK(pack_read(cx, test_file(cx, "src/pack/testdata/pack.yaml"), &p));
	return p;
}

static struct facts
facts_of(struct cx *cx, const char *json)
{
	struct facts f = { 0 };
	struct js *j;

	EXPECT_OK(js_read(cx, str_of(json), &j));
	facts_read(cx, j, &f);
	EXPECT(cx->n_faults == 0);
	return f;
}

TEST(policy_explain_keeps_its_contract)
{
	struct facts f = facts_of(cx, "{\"line_manager_absent\":true,\"regulator_threshold_met\":true}");
	struct owed owed;

	policy_evaluate(cx, small(cx), &f, NOW, &owed);
	EXPECT_STR(js_text(cx, policy_explain(cx, &owed)),
	    S("{\"duties\":["
	      "{\"rule\":\"manager-first\",\"clause\":\"4.2-1\",\"do\":\"inform\",\"role\":\"alternative_manager\","
	      "\"within\":\"immediately\",\"due\":\"2026-11-23T10:00:00Z\",\"because\":\"4.2-1 Tell the line manager "
	      "first, or another "
	      "manager in the department if absent: the kind of report is event; Another manager instead of The line "
	      "manager, "
	      "because the line manager is away\"},"
	      "{\"rule\":\"regulator\",\"clause\":\"5-5\",\"do\":\"prepare_notification\",\"role\":\"dpo\",\"within\":"
	      "\"72h from aware_at\","
	      "\"due\":null,\"because\":\"5-5 The Data Protection Officer notifies the regulator, in agreement with "
	      "Finance: the "
	      "threshold for telling the regulator is met\"}],"
	      "\"withheld\":[{\"role\":\"line_manager\",\"because\":\"4.2-1 Tell the line manager first, or another "
	      "manager in the "
	      "department if absent: not The line manager, because the line manager is away\"}]}"));
}

/* C3: whoever the report is about is not told of it; the policy says that it passed them over. */
TEST(policy_withholds_from_whom_it_is_about)
{
	struct facts f = facts_of(cx, "{\"line_manager_involved\":true,\"line_manager_absent\":true}");
	struct owed owed;

	policy_evaluate(cx, small(cx), &f, NOW, &owed);
	EXPECT(owed.n_duties == 0 && owed.n_withheld == 1);
	EXPECT_STR(owed.withheld[0].role->id, S("line_manager"));
	EXPECT(str_ends(owed.withheld[0].because, S("because the line manager is involved")));
}

TEST(policy_times_count_from_the_fact)
{
	struct facts f =
	    facts_of(cx, "{\"regulator_threshold_met\":true,\"aware_at\":\"2026-03-27T16:00:00Z\",\"kind\":\"enquiry\"}");
	struct owed owed;
	const struct owed_duty *d;

	policy_evaluate(cx, small(cx), &f, NOW, &owed);
	EXPECT(owed.n_duties == 1);
	d = &owed.duties[0];
	EXPECT(d->from == fact_when(&f, FACT_aware_at) && d->due == d->from + 72 * HOUR && d->arises == NOW);
	EXPECT(d->n_warns == 2 && d->warns[0] == d->from + 24 * HOUR && d->warns[1] == d->from + 48 * HOUR);
	EXPECT(d->n_escalations == 1 && d->escalations[0].at == d->from + 48 * HOUR);
	EXPECT_STR(d->escalations[0].role->id, S("audit_manager"));
	EXPECT_STR(d->rule->agree->id, S("finance"));
}

/* What a person states outweighs what a category means, and that what the policy derives. */
TEST(policy_never_changes_what_was_stated)
{
	const struct policy *p = small(cx);
	struct facts f = facts_of(cx, "{\"category\":\"wrong_recipient\",\"certainty\":\"suspected\",\"kind\":"
	                              "\"weakness\",\"forms\":[\"device\"]}"),
	             d;

	policy_derive(p, &f, &d);
	EXPECT(fact_is(&d, FACT_certainty, S("suspected")) && fact_is(&d, FACT_confidentiality, S("actual")));
	EXPECT(fact_is(&d, FACT_kind, S("weakness")) && fact_true(&d, FACT_it_related));
	f = facts_of(cx, "{\"forms\":[\"device\"],\"it_related\":false}");
	policy_derive(p, &f, &d);
	EXPECT(!fact_true(&d, FACT_it_related) && fact_is(&d, FACT_kind, S("event")));
}

TEST(policy_gives_the_same_twice)
{
	const struct policy *p = small(cx);
	struct facts f = facts_of(cx, "{\"personal_data\":\"yes\",\"forms\":[\"device\"],\"major\":true}");
	struct owed a, b;

	policy_evaluate(cx, p, &f, NOW, &a);
	policy_evaluate(cx, p, &f, NOW, &b);
	EXPECT(a.n_duties == 3);
	EXPECT_STR(js_text(cx, policy_explain(cx, &a)), js_text(cx, policy_explain(cx, &b)));
	EXPECT_STR(policy_severity(p, &a.facts)->level->id, S("p1"));
}

static struct facts
answered(struct cx *cx, const char *json)
{
	struct facts f = { 0 };
	struct js *j;

	EXPECT_OK(js_read(cx, str_of(json), &j));
	policy_answers(cx, small(cx), j, &f);
	return f;
}

TEST(policy_answers_become_facts)
{
	struct facts f =
	    answered(cx, "{\"forms\":[\"paper\",\"email\"],\"personal\":\"unsure\",\"interaction\":\"gave_password\"}");

	EXPECT(cx->n_faults == 0);
	EXPECT_STR(js_text(cx, facts_js(cx, &f)),
	    S("{\"forms\":[\"paper\",\"email\"],\"personal_data\":\"unsure\",\"credentials_exposed\":true}"));
}

TEST(policy_answers_that_do_not_fit_are_named)
{
	static const char *const fields[] = { "forms", "personal", "interaction", "nobody_asked" };
	const struct fault *at;
	ptrdiff_t n = 0;

	answered(
	    cx, "{\"forms\":\"paper\",\"personal\":\"perhaps\",\"interaction\":[\"nothing\"],\"nobody_asked\":\"x\"}");
	for (at = cx->faults; at && n < COUNT(fields); at = at->next)
		EXPECT_STR(at->field, str_of(fields[n++]));
	EXPECT(n == COUNT(fields) && !at);
}

TEST(policy_finds_categories_by_the_words_people_use)
{
	const struct policy *p = small(cx);
	const struct category *found[3];

	EXPECT(policy_find(cx, p, S("  MISDIRECTED "), found, 3) == 1);
	EXPECT_STR(found[0]->id, S("wrong_recipient"));
	EXPECT(policy_find(cx, p, S("wrong person address"), found, 3) == 1);
	EXPECT(policy_find(cx, p, S("wrong elephant"), found, 3) == 0);
	EXPECT(policy_find(cx, p, S(" "), found, 3) == 0);
	EXPECT(policy_find(cx, p, S("e"), found, 1) == 1);
}

TEST(policy_facts_know_the_pack)
{
	struct facts f = facts_of(cx, "{\"category\":\"wrong_recipent\"}");

	policy_facts_check(cx, small(cx), &f);
	EXPECT(cx->n_faults == 1 && str_find(cx->faults->words, S("did you mean “wrong_recipient”")) >= 0);
}
