#include "core/condition.h"

#include "base/test.h"

static const struct source here = { { "when", 4 }, 3, 9, { NULL, 0 } };

static const struct condition *
of(struct cx *cx, const char *text)
{
	const struct condition *c = condition_compile(cx, str_of(text), &here);

	if (!c)
		fail_msg("%s: %.*s", text, F(cx->faults->words));
	return c;
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

TEST(condition_of_a_fact_that_is_absent_is_unlike_every_value)
{
	static const char *const no[] = { "major", "kind = event", "kind in [event, weakness]", "forms has paper",
		"people_affected < 5", "people_affected >= 0", "aware_at > 2020-01-01", "systems has payroll" };
	static const char *const yes[] = { "not major", "kind != event", "kind not in [event, weakness]",
		"not forms has paper", "not people_affected < 5", "major = true or kind != event" };
	struct facts none = { 0 };

	for (ptrdiff_t i = 0; i < COUNT(no); i++)
		if (condition_holds(of(cx, no[i]), &none))
			fail_msg("%s holds", no[i]);
	for (ptrdiff_t i = 0; i < COUNT(yes); i++)
		if (!condition_holds(of(cx, yes[i]), &none))
			fail_msg("%s does not hold", yes[i]);
	EXPECT(condition_holds(NULL, &none));
}

TEST(condition_compares_by_type)
{
	struct facts f =
	    facts_of(cx, "{\"kind\":\"event\",\"forms\":[\"paper\",\"email\"],\"people_affected\":10,\"major\":false,"
	                 "\"systems\":[\"payroll\"],\"category\":\"other\",\"aware_at\":\"2026-03-27T16:00:00Z\"}");
	static const char *const yes[] = { "kind = event", "kind != weakness", "kind in [weakness, event]",
		"forms has email", "not forms has device", "people_affected = 10",
		"people_affected <= 10 and people_affected > 9", "major = false", "not major", "systems has payroll",
		"category = other", "category not in [a, b]", "aware_at >= 2026-03-27T17:00:00+01:00",
		"aware_at < 2026-03-28", "people_affected not in [1, 2]" };

	for (ptrdiff_t i = 0; i < COUNT(yes); i++)
		if (!condition_holds(of(cx, yes[i]), &f) || condition_holds(of(cx, str_fmt(cx, "not (%s)", yes[i]).p), &f))
			fail_msg("%s does not hold", yes[i]);
}

TEST(condition_binds_and_before_or)
{
	struct facts f = facts_of(cx, "{\"major\":true}");

	EXPECT(condition_holds(of(cx, "major or safety_at_risk and still_happening"), &f));
	EXPECT(!condition_holds(of(cx, "(major or safety_at_risk) and still_happening"), &f));
	EXPECT(condition_holds(of(cx, "not safety_at_risk and major"), &f));
	EXPECT(!condition_holds(of(cx, "not (not safety_at_risk and major)"), &f));
	EXPECT(condition_holds(of(cx, "not not major"), &f));
}

TEST(condition_points_at_the_wrong_word)
{
	static const struct { const char *text; int column; const char *words; } wrong[] = {
		{ "", 9, "ends where a fact" },
		{ "majr", 9, "did you mean “major”" },
		{ "major and", 18, "ends where a fact" },
		{ "major safety_at_risk", 15, "“and” or “or”" },
		{ "kind = evnt", 16, "did you mean “event”" },
		{ "kind", 13, "a comparison" },
		{ "kind in event", 17, "“[”" },
		{ "kind in [event", 23, "“,” or “]”" },
		{ "kind in [event,]", 24, "a value" },
		{ "kind < event", 14, "only numbers and times" },
		{ "forms = paper", 15, "has" },
		{ "kind has event", 14, "only a set or list" },
		{ "people_affected > many", 27, "whole number" },
		{ "(major", 15, "“)”" },
		{ "major)", 14, "“and” or “or”" },
		{ "kind == event", 15, "a value" },
		{ "kind not event", 18, "“in”" },
		{ "major & safety_at_risk", 15, "“and” or “or”" },
		{ "aware_at > soon", 20, "is a time" },
		{ "kind = caf\xc3\xa9", 16, "not a value" },
	};

	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		EXPECT(!condition_compile(cx, str_of(wrong[i].text), &here) && cx->n_faults == 1);
		if (cx->faults->line != 3 || cx->faults->column != wrong[i].column ||
		    str_find(cx->faults->words, str_of(wrong[i].words)) < 0)
			fail_msg("%s: %d:%d %.*s", wrong[i].text, cx->faults->line, cx->faults->column, F(cx->faults->words));
		cx->faults = NULL;
		cx->n_faults = 0;
	}
}

TEST(condition_is_bounded)
{
	char deep[200], *longest = NEW(cx, char, CONDITION_LONGEST + 2);

	memset(deep, '(', sizeof deep);
	EXPECT(!condition_compile(cx, (struct str){ deep, sizeof deep }, &here));
	EXPECT(str_find(cx->faults->words, S("too deeply")) >= 0);
	memset(longest, ' ', CONDITION_LONGEST + 1);
	EXPECT(!condition_compile(cx, (struct str){ longest, CONDITION_LONGEST + 1 }, &here));
}

TEST(condition_says_itself_in_plain_words)
{
	static const struct { const char *text, *words; } said[] = {
		{ "personal_data in [yes, unsure] and not line_manager_involved",
		    "personal data is yes or unsure and the line manager is not involved" },
		{ "kind != enquiry", "the kind of report is not enquiry" },
		{ "not (major or safety_at_risk)", "it is not a major incident and nobody's safety is at risk" },
		{ "major and (forms has paper or people_affected >= 10)",
		    "it is a major incident and (the form of the information includes paper or the number of people affected "
		    "is at least 10)" },
		{ "kind not in [enquiry, weakness]", "the kind of report is not enquiry or weakness" },
		{ "major = false", "it is not a major incident" },
	};

	for (ptrdiff_t i = 0; i < COUNT(said); i++)
		EXPECT_STR(condition_words(cx, of(cx, said[i].text)), str_of(said[i].words));
	EXPECT_STR(condition_words(cx, NULL), S("always"));
}

TEST(condition_says_why_by_what_decided)
{
	struct facts f = facts_of(cx, "{\"kind\":\"event\",\"personal_data\":\"unsure\",\"major\":true}");
	static const struct { const char *text, *why; } said[] = {
		{ "personal_data in [yes, unsure] or particularly_sensitive", "personal data is unsure" },
		{ "kind != enquiry and major", "the kind of report is event and it is a major incident" },
		{ "kind = enquiry or safety_at_risk", "the kind of report is event and nobody's safety is at risk" },
		{ "kind = enquiry or kind = weakness", "the kind of report is event" },
		{ "major and safety_at_risk and kind = event", "nobody's safety is at risk" },
		{ "marking = secret", "the marking is not known" },
	};

	for (ptrdiff_t i = 0; i < COUNT(said); i++)
		EXPECT_STR(condition_why(cx, of(cx, said[i].text), &f), str_of(said[i].why));
}
