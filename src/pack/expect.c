#include "pack/expect_part.h"

static bool
is_shown(struct expecting *e, const struct card *card)
{
	const struct card *const *cards;
	ptrdiff_t n = policy_cards(e->cx, e->p, &e->s->owed.facts, &cards);

	for (ptrdiff_t i = 0; i < n; i++)
		if (cards[i] == card)
			return true;
	return false;
}

static bool
is_asked(struct expecting *e, const struct question *q)
{
	const struct question *const *asks;
	ptrdiff_t n = policy_asks(e->cx, e->p, &e->s->owed.facts, &asks);

	for (ptrdiff_t i = 0; i < n; i++)
		if (asks[i] == q)
			return true;
	return false;
}

static void
expect_no(struct expecting *e)
{
	if (expect_take(e, "card")) {
		if (is_shown(e, KNOWN(e, card, card)))
			expect_fails(e, S("the card is shown"));
	} else if (expect_take(e, "question")) {
		if (is_asked(e, KNOWN(e, question, question)))
			expect_fails(e, S("the question is asked"));
	} else {
		expect_no_duty(e);
	}
}

static void
expect_means(struct expecting *e)
{
	struct str name = expect_next(e), text;
	struct value want;
	enum fact f = fact_of_name(str_ends(name, S(":")) ? str_sub(name, 0, name.n - 1) : name);

	if (f == FACT_none) {
		expect_fault(e, "there is no fact “%.*s”", F(utf8_cut(name, 60)));
		return;
	}
	text = expect_rest(e);
	if (str_starts(text, S("[")) && str_ends(text, S("]")))
		text = str_sub(text, 1, text.n - 2);
	if (value_read(e->cx, f, text, &want) != OK) {
		expect_fault(e, "%s", e->cx->why);
		return;
	}
	if (!value_eq(f, &want, &e->s->owed.facts.v[f]))
		expect_fails(e, e->s->owed.facts.v[f].known ? str_fmt(e->cx, "it is %.*s",
		    F(js_text(e->cx, value_js(e->cx, f, &e->s->owed.facts.v[f])))) : S("it is not known"));
}

static void
expect_support(struct expecting *e)
{
	bool open = calendar_open(e->p->support, e->s->now);
	when opens = calendar_opens(e->p->support, e->s->now);

	if (expect_take(e, "open")) {
		if (!open)
			expect_fails(e, str_fmt(e->cx, "closed until %.*s", F(expect_when(e, opens))));
		return;
	}
	expect_must(e, "closed");
	expect_must(e, "until");
	when until = expect_time(e);

	if (open)
		expect_fails(e, S("it is open"));
	else if (opens != until)
		expect_fails(e, str_fmt(e->cx, "closed until %.*s", F(expect_when(e, opens))));
}

static void
expect_card(struct expecting *e)
{
	if (!is_shown(e, KNOWN(e, card, card)))
		expect_fails(e, S("the card is not shown"));
}

static void
expect_asks(struct expecting *e)
{
	if (!is_asked(e, KNOWN(e, question, question)))
		expect_fails(e, S("the question is not asked"));
}

static void
expect_question(struct expecting *e)
{
	const struct question *q = KNOWN(e, question, question);
	struct str value;

	expect_must(e, "offers");
	value = expect_rest(e);
	for (ptrdiff_t i = 0; q && i < q->n_options; i++)
		if (str_eq(q->options[i].value, value))
			return;
	expect_fails(e, S("it does not offer that"));
}

static void
expect_level(struct expecting *e)
{
	const struct level *l = KNOWN(e, level, level);
	const struct severity *s = policy_severity(e->p, &e->s->owed.facts);

	if (!s || s->level != l)
		expect_fails(
		    e, s ? str_fmt(e->cx, "it is %.*s, because %.*s", F(s->level->id), F(s->because)) : S("it has no level"));
}

static void
expect_category(struct expecting *e)
{
	const struct category *c = KNOWN(e, category, category);
	const struct group *g = (expect_must(e, "in"), KNOWN(e, group, group));

	if (c && c->group != g)
		expect_fails(e, c->group ? str_fmt(e->cx, "it is in %.*s", F(c->group->id)) : S("it is in no group"));
}

static void
expect_everyday(struct expecting *e)
{
	const struct category *c = KNOWN(e, category, category);

	if (c && !c->everyday)
		expect_fails(e, S("it does not stand on the first page"));
}

static void
expect_word(struct expecting *e)
{
	struct str typed = expect_next(e);
	const struct category **found = NEW(e->cx, const struct category *, e->p->n_categories), *c;
	ptrdiff_t n = policy_find(e->cx, e->p, typed, found, e->p->n_categories);

	expect_must(e, "finds");
	c = KNOWN(e, category, category);
	for (ptrdiff_t i = 0; i < n; i++)
		if (found[i] == c)
			return;
	expect_fails(e, n ? str_fmt(e->cx, "it finds %.*s first", F(found[0]->id)) : S("it finds nothing"));
}

static bool
among(const struct role *const *list, ptrdiff_t n, const struct role *r)
{
	for (ptrdiff_t i = 0; i < n; i++)
		if (list[i] == r)
			return true;
	return false;
}

static void
expect_role(struct expecting *e)
{
	const struct role *r = KNOWN(e, role, role), *other;
	struct str word = expect_next(e), is;

	if (!r)
		return;
	if (str_eq(word, S("is")) || str_eq(word, S("sees"))) {
		is = str_eq(word, S("is")) ? policy_role_is_name(r->is) : policy_sees_name(r->sees);
		if (!str_eq(expect_rest(e), is))
			expect_fails(e, str_fmt(e->cx, "it is “%.*s”", F(is)));
	} else if (str_eq(word, S("never"))) {
		other = KNOWN(e, role, role);
		if (other && !among(r->never, r->n_never, other))
			expect_fails(e, S("it may be"));
	} else if (str_eq(word, S("has"))) {
		expect_must(e, "deputy");
		other = KNOWN(e, role, role);
		if (other && !among(r->deputies, r->n_deputies, other))
			expect_fails(e, S("it has no such deputy"));
	} else {
		expect_fault(e, "“%.*s” stands where “is”, “has deputy”, “never” or “sees” should", F(utf8_cut(word, 60)));
	}
}

static void
expect_setting(struct expecting *e)
{
	struct str name = expect_next(e), is;

	if (!policy_setting(e->p, name, &is)) {
		expect_fault(e, "there is no setting “%.*s”", F(utf8_cut(name, 60)));
		return;
	}
	expect_must(e, "is");
	if (!str_eq(expect_rest(e), is))
		expect_fails(e, str_fmt(e->cx, "it is “%.*s”", F(is)));
}

#define WORD(w) { #w, sizeof #w - 1 }
static const struct { struct str word; void (*check)(struct expecting *); } expectations[] = {
	{ WORD(nothing), expect_nothing }, { WORD(no), expect_no }, { WORD(withheld), expect_withheld },
	{ WORD(means), expect_means }, { WORD(support), expect_support }, { WORD(card), expect_card },
	{ WORD(asks), expect_asks }, { WORD(question), expect_question }, { WORD(level), expect_level },
	{ WORD(warns), expect_warns }, { WORD(escalates), expect_escalates }, { WORD(category), expect_category },
	{ WORD(everyday), expect_everyday }, { WORD(word), expect_word }, { WORD(role), expect_role },
	{ WORD(setting), expect_setting },
};

/* Dispatch on the first word: one of the table, a number, or something a duty asks. */
static void
expect_any(struct expecting *e)
{
	struct str first = expect_next(e), all[COUNT(expectations) + DOS], near;
	ptrdiff_t n = 0;
	int64_t count;

	for (ptrdiff_t i = 0; i < COUNT(expectations); i++) {
		if (str_eq(expectations[i].word, first)) {
			expectations[i].check(e);
			return;
		}
		all[n++] = expectations[i].word;
	}
	for (int d = 0; d < DOS; d++)
		all[n++] = policy_do_name((enum duty_do)d);
	if (str_int(first, &count)) {
		expect_count(e, count);
	} else if (policy_do_of_name(first) >= 0) {
		expect_duty(e);
	} else {
		near = str_nearest(first, all, n);
		expect_fault(e, "“%.*s” begins no expectation%s%.*s%s", F(utf8_cut(first, 60)),
		    near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
	}
}

void
expect_check(const struct scene *s, struct str text, const struct source *from, struct str *why)
{
	struct expecting e = { .s = s, .cx = s->cx, .p = s->policy, .from = from, .text = text, .why = S("") };

	expect_any(&e);
	if (!e.wrong && expect_next(&e).n)
		expect_fault(&e, "“%.*s” is too much here", F(utf8_cut(e.word, 60)));
	*why = e.why;
}
