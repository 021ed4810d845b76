#include "core/fact.h"

#include "base/test.h"

static struct facts
of(struct cx *cx, const char *json)
{
	struct facts f = { 0 };
	struct js *j;

	EXPECT_OK(js_read(cx, str_of(json), &j));
	facts_read(cx, j, &f);
	return f;
}

TEST(facts_go_there_and_back)
{
	static const char json[] = "{\"kind\":\"event\",\"category\":\"wrong_recipient\",\"forms\":[\"paper\",\"email\"],"
	    "\"it_related\":false,\"people_affected\":12,\"systems\":[\"payroll\",\"hr-1\"],\"department\":\"housing\","
	    "\"occurred_at\":\"2026-03\",\"aware_at\":\"2026-03-27T16:00:00Z\"}";
	struct facts f = of(cx, json);

	EXPECT(cx->n_faults == 0);
	EXPECT_STR(js_text(cx, facts_js(cx, &f)), str_of(json));
}

TEST(facts_are_written_in_the_order_of_the_table)
{
	struct facts f = of(cx,
	    "{\"aware_at\":\"2026-03-27T17:00:00+01:00\",\"forms\":[\"email\",\"paper\",\"email\"],\"kind\":\"event\"}");

	EXPECT_STR(js_text(cx, facts_js(cx, &f)),
	    S("{\"kind\":\"event\",\"forms\":[\"paper\",\"email\"],\"aware_at\":\"2026-03-27T16:00:00Z\"}"));
}

TEST(facts_name_every_mistake)
{
	static const struct { const char *field, *words; } said[] = {
		{ "knd", "did you mean “kind”" }, { "personal_data", "did you mean “unsure”" }, { "forms", "“papr”" },
		{ "it_related", "true or false" }, { "people_affected", "whole number" }, { "systems", "list of texts" },
		{ "aware_at", "is a time" }, { "occurred_at", "between the years" }, { "department", "not an id" },
		{ "reporter", "is a text" }, { "major", "true or false" },
	};
	const struct fault *at;
	ptrdiff_t n = 0;

	of(cx, "{\"knd\":\"event\",\"personal_data\":\"unsur\",\"forms\":[\"papr\"],\"it_related\":\"yes\",\"people_"
	       "affected\":-1,"
	       "\"systems\":\"payroll\",\"aware_at\":\"tomorrow\",\"occurred_at\":\"9999-01-01\",\"department\":\"a b\","
	       "\"reporter\":null,\"major\":1}");
	for (at = cx->faults; at && n < COUNT(said); at = at->next, n++) {
		EXPECT_STR(at->field, str_of(said[n].field));
		if (str_find(at->words, str_of(said[n].words)) < 0)
			fail_msg("%s: %.*s", said[n].field, F(at->words));
	}
	EXPECT(n == COUNT(said) && !at);
}

TEST(facts_have_types_that_are_kept)
{
	struct facts f = { 0 };
	struct value v;

	EXPECT(!fact_true(&f, FACT_major) && fact_number(&f, FACT_people_affected, -1) == -1 &&
	       fact_when(&f, FACT_aware_at) == NEVER);
	EXPECT(fact_id(&f, FACT_category).n == 0 && !fact_is(&f, FACT_personal_data, S("no")));
	fact_set(&f, FACT_forms, S("paper"));
	fact_set(&f, FACT_forms, S("device"));
	EXPECT(fact_is(&f, FACT_forms, S("paper")) && fact_is(&f, FACT_forms, S("device")) &&
	       !fact_is(&f, FACT_forms, S("email")));
	fact_set_bool(&f, FACT_major, true);
	EXPECT(fact_true(&f, FACT_major));
	fact_absent(&f, FACT_major);
	EXPECT(!f.v[FACT_major].known);
	EXPECT(value_read(cx, FACT_systems, S(" a, b ,a"), &v) == OK && v.n == 2);
	EXPECT_STR(value_words(cx, FACT_systems, &v), S("a and b"));
	EXPECT(value_read(cx, FACT_marking, S("top_secret"), &v) == OK);
	EXPECT_STR(value_words(cx, FACT_marking, &v), S("top secret"));
	EXPECT(value_read(cx, FACT_regime, S("uk_gdpr"), &v) == OK);
	EXPECT_STR(value_words(cx, FACT_regime, &v), S("UK GDPR"));
	EXPECT(value_read(cx, FACT_forms, S("paper,,email"), &v) == ERR_BAD_INPUT);
}

TEST(facts_table_holds_together)
{
	for (int f = 0; f < FACTS; f++) {
		const struct fact_about *a = fact_about((enum fact)f);

		EXPECT((int)fact_of_name(a->name) == f && a->words.n && a->n_values <= 62);
		EXPECT((a->type == FACT_BOOL) == (a->words_not.n > 0));
		EXPECT((a->type == FACT_CHOICE || a->type == FACT_SET) == (a->n_values > 0));
	}
	(void)cx;
}
