/* What a case expects of duties. */
#include "pack/expect_part.h"

static struct str
duty_words(struct expecting *e, const struct owed_duty *d)
{
	const struct rule *r = d->rule;

	return str_fmt(e->cx, "%.*s %.*s %.*s by %.*s, because %.*s%s%.*s%s (rule %.*s)", F(policy_do_name(r->does)),
	    F(d->role->id), F(r->within.text), F(expect_when(e, d->due)), F(r->clause->id),
	    r->agree ? ", agreed by " : "", F(r->agree ? r->agree->id : S("")),
	    r->sight == SIGHT_STUB ? ", as stub" : "", F(r->id));
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
	       (!w->timed || d->due == w->due) && (!w->stub || r->sight == SIGHT_STUB) &&
	       (!w->full || r->sight == SIGHT_FULL) && (!w->clause || r->clause == w->clause);
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

	expect_take(e, "within");
	start = end = e->at;
	while (!expect_peek(e, "by") && !expect_peek(e, ",") && expect_next(e).n)
		end = e->at;
	return str_trim(str_sub(e->text, start, end - start));
}

static void
wants(struct expecting *e, struct wanted *w)
{
	w->role = KNOWN(e, role, role);
	w->within = within_words(e);
	if (expect_take(e, "by")) {
		w->timed = true;
		w->due = expect_time(e);
	}
	while (!e->wrong && expect_take(e, ",")) {
		if (expect_take(e, "because")) {
			w->clause = KNOWN(e, clause, clause);
		} else if (expect_take(e, "agreed")) {
			expect_must(e, "by");
			w->agree = KNOWN(e, role, role);
		} else if (expect_take(e, "in")) {
			expect_must(e, "full");
			w->full = true;
		} else {
			expect_must(e, "as");
			expect_must(e, "stub");
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

void
expect_duty(struct expecting *e)
{
	struct wanted w = { .does = policy_do_of_name(e->word) };

	wants(e, &w);
	if (!e->wrong && !duty_like(e, &w))
		expect_fails(e, instead_words(e, &w));
}

static void
not_owed(struct expecting *e, const struct wanted *w)
{
	const struct owed_duty *d = duty_like(e, w);

	if (d)
		expect_fails(e, str_fmt(e->cx, "owed: %.*s", F(duty_words(e, d))));
}

void
expect_nothing(struct expecting *e)
{
	struct wanted w = { .does = -1 };

	expect_must(e, "for");
	w.role = KNOWN(e, role, role);
	not_owed(e, &w);
}

void
expect_no_duty(struct expecting *e)
{
	struct wanted w = { .does = policy_do_of_name(expect_next(e)) };

	if (w.does < 0)
		expect_fault(e, "“%.*s” is not something a duty asks", F(utf8_cut(e->word, 60)));
	if (expect_take(e, "for"))
		w.role = KNOWN(e, role, role);
	not_owed(e, &w);
}

void
expect_withheld(struct expecting *e)
{
	const struct role *r = KNOWN(e, role, role);

	for (ptrdiff_t i = 0; i < e->s->owed.n_withheld; i++)
		if (e->s->owed.withheld[i].role == r)
			return;
	expect_fails(e, S("no rule passed that role over"));
}

void
expect_count(struct expecting *e, int64_t n)
{
	expect_must(e, "duties");
	if (n != e->s->owed.n_duties)
		expect_fails(e, str_fmt(e->cx, "there are %td", e->s->owed.n_duties));
}

void
expect_warns(struct expecting *e)
{
	expect_must(e, "at");
	when at = expect_time(e);

	for (ptrdiff_t i = 0; i < e->s->owed.n_duties; i++)
		for (ptrdiff_t k = 0; k < e->s->owed.duties[i].n_warns; k++)
			if (e->s->owed.duties[i].warns[k] == at)
				return;
	expect_fails(e, S("no duty warns then"));
}

void
expect_escalates(struct expecting *e)
{
	const struct role *r = (expect_must(e, "to"), KNOWN(e, role, role));

	expect_must(e, "at");
	when at = expect_time(e);

	for (ptrdiff_t i = 0; i < e->s->owed.n_duties; i++)
		for (ptrdiff_t k = 0; k < e->s->owed.duties[i].n_escalations; k++)
			if (e->s->owed.duties[i].escalations[k].at == at && e->s->owed.duties[i].escalations[k].role == r)
				return;
	expect_fails(e, S("no duty goes to that role then"));
}
