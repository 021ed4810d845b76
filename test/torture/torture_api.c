/* The same through the API: every text of a report and of the commands on a case, as JSON in and out. */
#include "torture.h"

enum { NARRATIVE, OBSERVED, SYSTEMS, NAME, EMAIL, PHONE, DEPARTMENT, MANAGER, CHANNEL, ENTRY_POINT, CATEGORY,
	OCCURRED, ALL_REPORT,
	NOTE = ALL_REPORT, MESSAGE, KIND, REASONS, NEXT, ASSESSED, FACT_REASON, HAND_TO, HAND_WHY, NOT_NEEDED, HOW,
	PERSON, ALL };
enum { AT_CASE_PAGE };

static void
slots(struct round *r)
{
	round_slot(r, "narrative", "calm words of the narrative");
	round_slot(r, "observed", "calm words of what was seen");
	round_slot(r, "systems", "calm_system");
	round_slot(r, "name", "Calm Name of a reporter");
	round_slot(r, "email", "calm.reporter@example.org")->small = true;
	round_slot(r, "phone", "0100 555 0101");
	round_slot(r, "department", "Calm Department");
	round_slot(r, "line_manager", "Calm Manager");
	round_slot(r, "channel", "calm_channel");
	round_slot(r, "entry_point", "calm_door");
	round_slot(r, "category", "weak_spot")->word = true;
	round_slot(r, "occurred_at", "2026-11-20")->word = true;
	round_slot(r, "words", "calm words of a note");
	round_slot(r, "words", "calm words of a message");
	round_slot(r, "kind", "instruction")->word = true;
	round_slot(r, "reasons", "calm reasons of a decision");
	round_slot(r, "next", "calm next step");
	round_slot(r, "assessed", "weakness")->word = true;
	round_slot(r, "reason", "calm reason of a fact");
	round_slot(r, "to", "rita")->word = true;
	round_slot(r, "why", "calm reason of handing over");
	round_slot(r, "why", "calm reason of no need");
	round_slot(r, "how", "calm way of having done it");
	round_slot(r, "person", "internal_audit")->word = true;
	EXPECT(r->n == ALL);
}

/* A copy in which texts that are a slot's harmless word are what the slot says. */
static struct js *
filled(struct round *r, const struct js *from, int first, int end)
{
	struct js *to = from->type == JS_OBJECT ? js_object(r->cx) : js_array(r->cx);

	if (from->type == JS_STR)
		for (int i = first; i < end; i++)
			if (str_eq(from->str, r->slot[i].calm) && !r->slot[i].refused)
				return js_of_str(r->cx, r->slot[i].said);
	if (from->type != JS_OBJECT && from->type != JS_ARRAY)
		return js_share(r->cx, from);
	for (const struct js *m = from->first; m; m = m->next)
		if (from->type == JS_OBJECT)
			js_set(r->cx, to, m->key, filled(r, m, first, end));
		else
			js_add(r->cx, to, filled(r, m, first, end));
	return to;
}

static bool
names(struct str field, struct str slot)
{
	return str_eq(field, slot) || (str_ends(field, slot) && field.p[field.n - slot.n - 1] == '.');
}

/* Which slots a problem names: by its faults, or by the first word of its detail. */
static bool
take_blame(struct round *r, const struct js *problem, int first, int end)
{
	struct str word, rest;
	bool any = false;

	str_cut(js_str(problem, S("detail")), ':', &word, &rest);
	for (int i = first; i < end; i++) {
		bool named = names(word, r->slot[i].name);

		for (const struct js *f = js_get(problem, S("faults"))->first; f; f = f->next)
			named |= names(js_str(f, S("field")), r->slot[i].name);
		if (named && !r->slot[i].refused)
			r->slot[i].refused = any = true;
	}
	return any;
}

/* Send what the harmless JSON says with the slots in it until it is taken. */
static struct js *
send(struct round *r, struct browse *b, const char *address, struct str calm, int first, int end)
{
	struct js *tree, *answer = NULL;
	struct cx *cx = r->cx;

	EXPECT_OK(js_read(cx, calm, &tree));
	torture_tried += end - first;
	for (int tries = 0; tries <= end - first; tries++) {
		browse_raw(b, "POST", address, "application/json", js_text(cx, filled(r, tree, first, end)));
		EXPECT_OK(js_read(cx, b->page, &answer));
		if (b->status < 300)
			return answer;
		if (b->status >= 500 || !take_blame(r, answer, first, end))
			break;
	}
	torture_wrong("%s: %d that names no field of %.*s: %.*s", address, b->status,
	    F(js_text(cx, filled(r, tree, first, end))), F(b->page));
	return js_object(cx);
}

static void
same_json(struct round *r, struct browse *b, const struct js *calm, const struct js *now)
{
	const struct js *n = now->first;

	if (calm->type != now->type || calm->n != now->n || !str_eq(calm->key, now->key))
		torture_wrong("%.*s: “%.*s” is not made as it was: %.*s", F(b->at), F(calm->key), F(js_text(r->cx, now)));
	else if (calm->type == JS_STR && !round_same(r, calm->str, now->str))
		torture_wrong("%.*s: instead of “%.*s” there is “%.*s”", F(b->at), F(calm->str),
		    F(torture_words(r->cx, now->str)));
	else
		for (const struct js *c = calm->first; c; c = c->next, n = n->next)
			same_json(r, b, c, n);
}

static void
hold(struct round *r, struct browse *b, const char *address, struct js **calm)
{
	struct cx *cx = r->cx;
	struct js *now;

	torture_tried++;
	browse_get(b, address);
	EXPECT_OK(js_read(cx, b->page, &now));
	if (r->calm)
		*calm = now;
	else if (*calm)
		same_json(r, b, *calm, now);
}

/* A command on the case; {duty} stands for one that is open. */
static void
command(struct round *r, struct browse *b, struct str ref, const char *calm, int first, int end)
{
	const char *at = str_z(r->cx, str_fmt(r->cx, "/api/v1/cases/%.*s", F(ref)));
	struct str text = str_of(calm), duty = S("");
	ptrdiff_t mark = str_find(text, S("{duty}"));
	struct cx *cx = r->cx;
	struct js *k;

	browse_get(b, at);
	EXPECT_OK(js_read(cx, b->page, &k));
	for (const struct js *d = js_get(k, S("duties"))->first; d && !duty.n; d = d->next)
		if (str_eq(js_str(d, S("state")), S("open")) && !js_str(d, S("agree")).n)
			duty = js_str(d, S("id"));
	if (mark >= 0)
		text = str_fmt(cx, "%.*s%.*s%.*s", F(str_sub(text, 0, mark)), F(duty), F(str_sub(text, mark + 6, text.n)));
	send(r, b, str_z(cx, str_fmt(cx, "%s/commands", at)), text, first, end);
}

static void
commands(struct round *r, struct browse *h, struct str ref)
{
	command(r, h, ref, "{\"command\":\"note\",\"args\":{\"words\":\"calm words of a note\"}}", NOTE, MESSAGE);
	command(r, h, ref, "{\"command\":\"message\",\"args\":{\"words\":\"calm words of a message\","
	    "\"kind\":\"instruction\"}}", MESSAGE, REASONS);
	command(r, h, ref, "{\"command\":\"triage\",\"args\":{\"assessed\":\"weakness\","
	    "\"reasons\":\"calm reasons of a decision\",\"next\":\"calm next step\"}}", REASONS, FACT_REASON);
	command(r, h, ref, "{\"command\":\"set_facts\",\"args\":{\"set\":{\"systems\":[\"payroll\"]},"
	    "\"reason\":\"calm reason of a fact\"}}", FACT_REASON, HAND_TO);
	command(r, h, ref, "{\"command\":\"hand_over\",\"args\":{\"duty\":\"{duty}\",\"to\":\"rita\","
	    "\"why\":\"calm reason of handing over\"}}", HAND_TO, NOT_NEEDED);
	command(r, h, ref, "{\"command\":\"not_needed\",\"args\":{\"duty\":\"{duty}\","
	    "\"why\":\"calm reason of no need\"}}", NOT_NEEDED, HOW);
	command(r, h, ref, "{\"command\":\"duty_done\",\"args\":{\"duty\":\"{duty}\","
	    "\"how\":\"calm way of having done it\"}}", HOW, PERSON);
	command(r, h, ref, "{\"command\":\"assign\",\"args\":{\"person\":\"internal_audit\"}}", PERSON, ALL);
}

static struct str
report(struct round *r, struct browse *b)
{
	return js_str(send(r, b, "/api/v1/reports", S("{\"narrative\":\"calm words of the narrative\","
	    "\"facts\":{\"category\":\"weak_spot\",\"occurred_at\":\"2026-11-20\"},"
	    "\"answers\":{\"observed\":\"calm words of what was seen\",\"systems\":\"calm_system\"},"
	    "\"reporter\":{\"mode\":\"named\",\"name\":\"Calm Name of a reporter\","
	    "\"email\":\"calm.reporter@example.org\",\"phone\":\"0100 555 0101\",\"department\":\"Calm Department\"},"
	    "\"line_manager\":\"Calm Manager\",\"channel\":\"calm_channel\",\"entry_point\":\"calm_door\"}"),
	    NARRATIVE, ALL_REPORT), S("ref"));
}

static const char *
with_token(struct browse *b, const char *person)
{
	const char *whose = str_z(b->cx, str_fmt(b->cx, "{\"person\":\"%s\"}", person));
	struct js *t = flow_do(b->flow, S("local"), "add_token", S(""), whose);

	return str_z(b->cx, str_fmt(b->cx, "Authorization: Bearer %.*s\r\n", F(js_str(t, S("token")))));
}

/* A program reports and another handles; a person looks at what they wrote. */
static void
one_round(struct round *r, struct browse *b, struct browse *h, struct browse *person, struct js **calm)
{
	struct str ref = report(r, b);

	if (!ref.n)
		return;
	commands(r, h, ref);
	r->slot[NARRATIVE].alt = walk_case(b, ref)->title;
	hold(r, h, str_z(r->cx, str_fmt(r->cx, "/api/v1/cases/%.*s", F(ref))), calm);
	browse_get(person, str_z(r->cx, str_fmt(r->cx, "/case/%.*s", F(ref))));
	round_page(r, person, AT_CASE_PAGE);
}

static void
some_turns(struct cx *cx, const struct str *strings, ptrdiff_t n, ptrdiff_t from, ptrdiff_t to)
{
	struct browse *b = walk_begin(cx, "st-helens"), *h = walk_other(b), *p = walk_other(b), mine, theirs, ours;
	struct round r = { .cx = cx, .exact = true };
	struct js *calm = NULL;

	slots(&r);
	h->with = str_of(with_token(b, "internal_audit"));
	browse_as(p, flow_sign_in(b->flow, "internal_audit"));
	round_begin(&r, strings, n, -1);
	one_round(&r, b, h, p, &calm);
	mine = *b, theirs = *h, ours = *p;
	for (ptrdiff_t turn = from; turn < to; turn++) {
		struct mark m = cx_mark(cx);

		round_begin(&r, strings, n, turn);
		one_round(&r, b, h, p, &calm);
		*b = mine, *h = theirs, *p = ours;
		cx_back(cx, m);
	}
	flow_end(b->flow);
}

TEST(what_programs_write_is_given_back_byte_for_byte_or_refused_by_name)
{
	torture_turns(cx, some_turns);
}
