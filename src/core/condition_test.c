#include "core/condition.h"

#include "base/test.h"
#include <time.h>

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

/* Differential: conditions made at random, evaluated here straight from the JSON of the facts as the grammar's
 * meaning is written in docs/PACK.md, sharing no code with the compiler. */
static uint64_t seed;

static int
pick(int below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (int)((seed >> 33) % (uint64_t)below);
}

struct made { struct cx *cx; const struct js *facts; struct buf text; };

static struct str
one_of(const char *words)
{
	struct str rest = str_of(words), w = rest;
	int n = 1;

	for (ptrdiff_t i = 0; i < rest.n; i++)
		n += rest.p[i] == ' ';
	for (n = pick(n); n >= 0; n--)
		str_next(&rest, ' ', &w);
	return w;
}

#define KINDS "event weakness enquiry"
#define FORMS "paper email device system"

static struct js *
some_facts(struct cx *cx)
{
	struct js *j = js_object(cx), *forms;

	if (pick(3))
		js_set_str(cx, j, S("kind"), one_of(KINDS));
	if (pick(3))
		js_set_bool(cx, j, S("major"), pick(2));
	if (pick(3))
		js_set_bool(cx, j, S("safety_at_risk"), pick(2));
	if (pick(3))
		js_set_int(cx, j, S("people_affected"), pick(5));
	if (pick(3))
		js_set_str(cx, j, S("department"), one_of("a b c"));
	if (pick(3)) {
		forms = js_set(cx, j, S("forms"), js_array(cx));
		for (int i = pick(4); i > 0; i--)
			js_add_str(cx, forms, one_of(FORMS));
	}
	return j;
}

static bool made_or(struct made *, int deep);

static bool
made_list(struct made *m, const char *fact, const char *values)
{
	struct str is = js_str(m->facts, str_of(fact));
	bool negated = pick(2), among = false;

	buf_fmt(&m->text, "%s %s[", fact, negated ? "not in " : "in ");
	for (int i = 0, n = 1 + pick(3); i < n; i++) {
		struct str v = one_of(values);

		buf_fmt(&m->text, "%s%.*s", i ? "," : "", F(v));
		among |= is.n && str_eq(is, v);
	}
	buf_put(&m->text, S("]"));
	return among != negated;
}

static bool
made_number(struct made *m)
{
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
	int op = pick(COUNT(ops)), v = pick(5);
	int64_t is = js_int(m->facts, S("people_affected"), -1);
	bool known = is >= 0, hold[] = { is == v, is != v, is < v, is <= v, is > v, is >= v };

	buf_fmt(&m->text, "people_affected %s %d", ops[op], v);
	return known ? hold[op] : op == 1;
}

static bool
made_has(struct made *m)
{
	const struct js *list = js_get(m->facts, S("forms"));
	struct str v = one_of(FORMS);

	buf_fmt(&m->text, "forms has %.*s", F(v));
	for (const struct js *e = list ? list->first : NULL; e; e = e->next)
		if (str_eq(e->str, v))
			return true;
	return false;
}

static bool
made_one(struct made *m, int deep)
{
	const char *flag = pick(2) ? "major" : "safety_at_risk";
	struct str v;
	bool b;

	switch (pick(deep > 4 ? 5 : 7)) {
	case 0:
		buf_put(&m->text, str_of(flag));
		return js_true(m->facts, str_of(flag));
	case 1: return made_list(m, pick(2) ? "kind" : "department", "event weakness enquiry") ;
	case 2: return made_number(m);
	case 3: return made_has(m);
	case 4:
		v = one_of(KINDS);
		b = pick(2);
		buf_fmt(&m->text, "kind %s %.*s", b ? "=" : "!=", F(v));
		return str_eq(js_str(m->facts, S("kind")), v) == b;
	case 5:
		buf_put(&m->text, S("not "));
		return !made_one(m, deep + 1);
	default:
		buf_put(&m->text, S("("));
		b = made_or(m, deep + 1);
		buf_put(&m->text, S(")"));
		return b;
	}
}

static bool
made_and(struct made *m, int deep)
{
	bool b = made_one(m, deep);

	for (int n = pick(3); n > 0; n--) {
		buf_put(&m->text, S(" and "));
		b &= made_one(m, deep);
	}
	return b;
}

static bool
made_or(struct made *m, int deep)
{
	bool b = made_and(m, deep);

	for (int n = pick(3); n > 0; n--) {
		buf_put(&m->text, S("  or "));
		b |= made_and(m, deep);
	}
	return b;
}

TEST(condition_agrees_with_a_slow_reading)
{
	enum { TRIALS = 20000 };
	struct mark mark = cx_mark(cx);
	clock_t start = clock();
	long first = 20261121;

	seed = (uint64_t)first;
	for (int i = 0; i < TRIALS; i++) {
		const struct js *j = some_facts(cx);
		struct made m = { cx, j, buf_new(cx) };
		struct facts f = { 0 };
		bool wanted = made_or(&m, 0);
		struct str text = buf_str(&m.text);
		const struct condition *c = condition_compile(cx, text, &here);

		facts_read(cx, j, &f);
		if (!c && text.n <= CONDITION_LONGEST)
			fail_msg("%.*s: %.*s", F(text), F(cx->faults->words));
		if (c && condition_holds(c, &f) != wanted)
			fail_msg("%.*s\nunder %.*s should be %d", F(text), F(js_text(cx, j)), wanted);
		/* words exist for whatever can be said, and for either truth */
		EXPECT(!c || (condition_words(cx, c).n && condition_why(cx, c, &f).n));
		cx->faults = NULL;
		cx->n_faults = 0;
		cx_back(cx, mark);
	}
	test_figure("differential", TRIALS, 0, (when)(clock() - start) * SECOND / CLOCKS_PER_SEC, first);
}
