#include "pack/expect.h"

#include <stdarg.h>
#include <stdio.h>

struct expecting {
	const struct scene *s;
	struct cx *cx;
	const struct policy *p;
	const struct source *from;
	struct str text, word;     /* word: the one last taken */
	ptrdiff_t at;
	bool wrong;                /* a fault was added */
	struct str why;            /* empty: it holds */
};

/* The next word; a comma is one by itself; "…" is one without its quotes. Empty at the end. */
static struct str
next(struct expecting *e)
{
	ptrdiff_t start, end;

	while (e->at < e->text.n && (e->text.p[e->at] == ' ' || e->text.p[e->at] == '\t'))
		e->at++;
	start = end = e->at;
	if (start < e->text.n && e->text.p[start] == '"') {
		ptrdiff_t close = str_index(str_sub(e->text, start + 1, e->text.n), '"');

		if (close >= 0) {
			e->at = start + close + 2;
			return e->word = str_sub(e->text, start + 1, close);
		}
	}
	if (end < e->text.n && e->text.p[end] == ',')
		end++;
	else
		while (end < e->text.n && e->text.p[end] != ' ' && e->text.p[end] != '\t' && e->text.p[end] != ',')
			end++;
	e->at = end;
	return e->word = str_sub(e->text, start, end - start);
}

static bool
peek(struct expecting *e, const char *word)
{
	struct expecting look = *e;

	return str_eq(next(&look), str_of(word));
}

static bool
take(struct expecting *e, const char *word)
{
	return peek(e, word) && next(e).n;
}

__attribute__((format(printf, 2, 3)))
static void
fault(struct expecting *e, const char *fmt, ...)
{
	char words[300];
	va_list ap;

	if (e->wrong)
		return;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	e->wrong = true;
	source_fault(e->cx, e->from, e->text, e->word.p - e->text.p, S("case"), "%.*s",
	    F(utf8_cut(str_of(words), sizeof words - 2)));
}

static void
must(struct expecting *e, const char *word)
{
	if (!str_eq(next(e), str_of(word)))
		fault(e, "“%.*s” stands where “%s” should", F(utf8_cut(e->word, 60)), word);
}

static void
fails(struct expecting *e, struct str why)
{
	if (!e->wrong && e->why.n == 0)
		e->why = why;
}

/* Whatever is left, trimmed and without quotes. */
static struct str
rest(struct expecting *e)
{
	struct str r = str_trim(str_sub(e->text, e->at, e->text.n));

	e->word = r;
	e->at = e->text.n;
	if (r.n >= 2 && r.p[0] == '"' && r.p[r.n - 1] == '"')
		r = str_sub(r, 1, r.n - 2);
	return r;
}

/* A word that must be the id of something in the pack. */
#define KNOWN(e, kind, T) ((const struct T *)known(e, #kind, policy_##kind(e->p, next(e))))

static const void *
known(struct expecting *e, const char *what, const void *found)
{
	if (!found)
		fault(e, "the pack has no %s “%.*s”", what, F(utf8_cut(e->word, 60)));
	return found;
}

static when
time_of(struct expecting *e)
{
	struct moment m = { NEVER, EXACT };

	if (!moment_read(next(e), &m))
		fault(e, "“%.*s” is not a time such as 2026-11-23T10:00:00Z", F(utf8_cut(e->word, 60)));
	return m.at;
}

static struct str
when_str(struct expecting *e, when t)
{
	char text[WHEN_TEXT];

	return t == NEVER ? S("never") : str_copy(e->cx, (struct str){ text, when_text(t, text) });
}

static struct str
duty_words(struct expecting *e, const struct owed_duty *d)
{
	struct rule const *r = d->rule;

	return str_fmt(e->cx, "%.*s %.*s %.*s by %.*s, because %.*s%s%.*s%s (rule %.*s)", F(policy_do_name(r->does)),
	    F(d->role->id), F(r->within.text), F(when_str(e, d->due)), F(r->clause->id), r->agree ? ", agreed by " : "",
	    F(r->agree ? r->agree->id : S("")), r->sight == SIGHT_STUB ? ", as stub" : "", F(r->id));
}

/* What a duty is asked to be; NULL, empty and false ask nothing. */
struct wanted {
	int does;
	const struct role *role, *agree;
	struct str within;
	bool timed, stub, full;
	when due;
	const struct clause *clause;
};

static bool
meets(const struct owed_duty *d, const struct wanted *w)
{
	const struct rule *r = d->rule;

	return (w->does < 0 || (int)r->does == w->does) && (!w->role || d->role == w->role) &&
	    (!w->agree || r->agree == w->agree) && (!w->within.n || str_eq(r->within.text, w->within)) &&
	    (!w->timed || d->due == w->due) && (!w->stub || r->sight == SIGHT_STUB) && (!w->full || r->sight == SIGHT_FULL) &&
	    (!w->clause || r->clause == w->clause);
}

static const struct owed_duty *
duty_like(struct expecting *e, const struct wanted *w)
{
	for (ptrdiff_t i = 0; i < e->s->owed.n_duties; i++)
		if (meets(&e->s->owed.duties[i], w))
			return &e->s->owed.duties[i];
	return NULL;
}

/* Up to "by", a comma or the end: a time allowed, in the pack's own words, perhaps behind the word "within". */
static struct str
within_words(struct expecting *e)
{
	ptrdiff_t start, end;

	take(e, "within");
	start = end = e->at;
	while (!peek(e, "by") && !peek(e, ",") && next(e).n)
		end = e->at;
	return str_trim(str_sub(e->text, start, end - start));
}

static void
wants(struct expecting *e, struct wanted *w)
{
	w->role = KNOWN(e, role, role);
	w->within = within_words(e);
	if (take(e, "by")) {
		w->timed = true;
		w->due = time_of(e);
	}
	while (!e->wrong && take(e, ",")) {
		if (take(e, "because")) {
			w->clause = KNOWN(e, clause, clause);
		} else if (take(e, "agreed")) {
			must(e, "by");
			w->agree = KNOWN(e, role, role);
		} else if (take(e, "in")) {
			must(e, "full");
			w->full = true;
		} else {
			must(e, "as");
			must(e, "stub");
			w->stub = true;
		}
	}
}

static struct str
instead_words(struct expecting *e, const struct wanted *w)
{
	struct buf b = buf_new(e->cx);
	int said = 0;

	for (ptrdiff_t i = 0; i < e->s->owed.n_duties; i++) {
		const struct owed_duty *d = &e->s->owed.duties[i];

		if (d->role == w->role || (int)d->rule->does == w->does) {
			buf_put(&b, said++ ? S("; ") : S("owed instead: "));
			buf_put(&b, duty_words(e, d));
		}
	}
	return said ? buf_str(&b) : S("nothing of the kind is owed");
}

static void
expect_duty(struct expecting *e)
{
	struct wanted w = { .does = policy_do_of_name(e->word) };

	wants(e, &w);
	if (!e->wrong && !duty_like(e, &w))
		fails(e, instead_words(e, &w));
}

static void
not_owed(struct expecting *e, const struct wanted *w)
{
	const struct owed_duty *d = duty_like(e, w);

	if (d)
		fails(e, str_fmt(e->cx, "owed: %.*s", F(duty_words(e, d))));
}

static void
expect_nothing(struct expecting *e)
{
	struct wanted w = { .does = -1 };

	must(e, "for");
	w.role = KNOWN(e, role, role);
	not_owed(e, &w);
}

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
	struct wanted w = { 0 };

	if (take(e, "card")) {
		if (is_shown(e, KNOWN(e, card, card)))
			fails(e, S("the card is shown"));
	} else if (take(e, "question")) {
		if (is_asked(e, KNOWN(e, question, question)))
			fails(e, S("the question is asked"));
	} else {
		if ((w.does = policy_do_of_name(next(e))) < 0)
			fault(e, "“%.*s” is not something a duty asks", F(utf8_cut(e->word, 60)));
		if (take(e, "for"))
			w.role = KNOWN(e, role, role);
		not_owed(e, &w);
	}
}

static void
expect_withheld(struct expecting *e)
{
	const struct role *r = KNOWN(e, role, role);

	for (ptrdiff_t i = 0; i < e->s->owed.n_withheld; i++)
		if (e->s->owed.withheld[i].role == r)
			return;
	fails(e, S("no rule passed that role over"));
}

static void
expect_count(struct expecting *e, int64_t n)
{
	must(e, "duties");
	if (n != e->s->owed.n_duties)
		fails(e, str_fmt(e->cx, "there are %td", e->s->owed.n_duties));
}

static void
expect_means(struct expecting *e)
{
	struct str name = next(e), text;
	struct value want;
	enum fact f = fact_of_name(str_ends(name, S(":")) ? str_sub(name, 0, name.n - 1) : name);

	if (f == FACT_none) {
		fault(e, "there is no fact “%.*s”", F(utf8_cut(name, 60)));
		return;
	}
	text = rest(e);
	if (str_starts(text, S("[")) && str_ends(text, S("]")))
		text = str_sub(text, 1, text.n - 2);
	if (value_read(e->cx, f, text, &want) != OK) {
		fault(e, "%s", e->cx->why);
		return;
	}
	if (!value_eq(f, &want, &e->s->owed.facts.v[f]))
		fails(e, e->s->owed.facts.v[f].known ? str_fmt(e->cx, "it is %.*s",
		    F(js_text(e->cx, value_js(e->cx, f, &e->s->owed.facts.v[f])))) : S("it is not known"));
}

static void
expect_support(struct expecting *e)
{
	bool open = calendar_open(e->p->support, e->s->now);

	if (take(e, "open")) {
		if (!open)
			fails(e, str_fmt(e->cx, "closed until %.*s", F(when_str(e, calendar_opens(e->p->support, e->s->now)))));
		return;
	}
	must(e, "closed");
	must(e, "until");
	when until = time_of(e), opens = calendar_opens(e->p->support, e->s->now);

	if (open)
		fails(e, S("it is open"));
	else if (opens != until)
		fails(e, str_fmt(e->cx, "closed until %.*s", F(when_str(e, opens))));
}

static void
expect_card(struct expecting *e)
{
	if (!is_shown(e, KNOWN(e, card, card)))
		fails(e, S("the card is not shown"));
}

static void
expect_asks(struct expecting *e)
{
	if (!is_asked(e, KNOWN(e, question, question)))
		fails(e, S("the question is not asked"));
}

static void
expect_question(struct expecting *e)
{
	const struct question *q = KNOWN(e, question, question);
	struct str value;

	must(e, "offers");
	value = rest(e);
	for (ptrdiff_t i = 0; q && i < q->n_options; i++)
		if (str_eq(q->options[i].value, value))
			return;
	fails(e, S("it does not offer that"));
}

static void
expect_level(struct expecting *e)
{
	const struct level *l = KNOWN(e, level, level);
	const struct severity *s = policy_severity(e->p, &e->s->owed.facts);

	if (!s || s->level != l)
		fails(e, s ? str_fmt(e->cx, "it is %.*s, because %.*s", F(s->level->id), F(s->because)) : S("it has no level"));
}

static void
expect_warns(struct expecting *e)
{
	must(e, "at");
	when at = time_of(e);

	for (ptrdiff_t i = 0; i < e->s->owed.n_duties; i++)
		for (ptrdiff_t k = 0; k < e->s->owed.duties[i].n_warns; k++)
			if (e->s->owed.duties[i].warns[k] == at)
				return;
	fails(e, S("no duty warns then"));
}

static void
expect_escalates(struct expecting *e)
{
	const struct role *r = (must(e, "to"), KNOWN(e, role, role));

	must(e, "at");
	when at = time_of(e);

	for (ptrdiff_t i = 0; i < e->s->owed.n_duties; i++)
		for (ptrdiff_t k = 0; k < e->s->owed.duties[i].n_escalations; k++)
			if (e->s->owed.duties[i].escalations[k].at == at && e->s->owed.duties[i].escalations[k].role == r)
				return;
	fails(e, S("no duty goes to that role then"));
}

static void
expect_category(struct expecting *e)
{
	const struct category *c = KNOWN(e, category, category);
	const struct group *g = (must(e, "in"), KNOWN(e, group, group));

	if (c && c->group != g)
		fails(e, c->group ? str_fmt(e->cx, "it is in %.*s", F(c->group->id)) : S("it is in no group"));
}

static void
expect_everyday(struct expecting *e)
{
	const struct category *c = KNOWN(e, category, category);

	if (c && !c->everyday)
		fails(e, S("it does not stand on the first page"));
}

static void
expect_word(struct expecting *e)
{
	struct str typed = next(e);
	const struct category **found = NEW(e->cx, const struct category *, e->p->n_categories), *c;
	ptrdiff_t n = policy_find(e->cx, e->p, typed, found, e->p->n_categories);

	must(e, "finds");
	c = KNOWN(e, category, category);
	for (ptrdiff_t i = 0; i < n; i++)
		if (found[i] == c)
			return;
	fails(e, n ? str_fmt(e->cx, "it finds %.*s first", F(found[0]->id)) : S("it finds nothing"));
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
	struct str word = next(e), is;

	if (!r)
		return;
	if (str_eq(word, S("is")) || str_eq(word, S("sees"))) {
		is = str_eq(word, S("is")) ? policy_role_is_name(r->is) : policy_sees_name(r->sees);
		if (!str_eq(rest(e), is))
			fails(e, str_fmt(e->cx, "it is “%.*s”", F(is)));
	} else if (str_eq(word, S("never"))) {
		other = KNOWN(e, role, role);
		if (other && !among(r->never, r->n_never, other))
			fails(e, S("it may be"));
	} else if (str_eq(word, S("has"))) {
		must(e, "deputy");
		other = KNOWN(e, role, role);
		if (other && !among(r->deputies, r->n_deputies, other))
			fails(e, S("it has no such deputy"));
	} else {
		fault(e, "“%.*s” stands where “is”, “has deputy”, “never” or “sees” should", F(utf8_cut(word, 60)));
	}
}

static void
expect_setting(struct expecting *e)
{
	struct str name = next(e), is;

	if (!policy_setting(e->p, name, &is)) {
		fault(e, "there is no setting “%.*s”", F(utf8_cut(name, 60)));
		return;
	}
	must(e, "is");
	if (!str_eq(rest(e), is))
		fails(e, str_fmt(e->cx, "it is “%.*s”", F(is)));
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
	struct str first = next(e), all[COUNT(expectations) + DOS], near;
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
		fault(e, "“%.*s” begins no expectation%s%.*s%s", F(utf8_cut(first, 60)), near.n ? "; did you mean “" : "", F(near),
		    near.n ? "”?" : "");
	}
}

void
expect_check(const struct scene *s, struct str text, const struct source *from, struct str *why)
{
	struct expecting e = { .s = s, .cx = s->cx, .p = s->policy, .from = from, .text = text, .why = S("") };

	expect_any(&e);
	if (!e.wrong && next(&e).n)
		fault(&e, "“%.*s” is too much here", F(utf8_cut(e.word, 60)));
	*why = e.why;
}
