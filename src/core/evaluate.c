#include "core/evaluate.h"

#include <assert.h>

static void
means_add(const struct means *m, struct facts *out)
{
	for (ptrdiff_t i = 0; i < m->n; i++)
		if (!out->v[m->set[i].fact].known)
			out->v[m->set[i].fact] = m->set[i].value;
}

void
policy_derive(const struct policy *p, const struct facts *facts, struct facts *out)
{
	const struct category *c = policy_category(p, fact_id(facts, FACT_category));

	*out = *facts;
	if (c)
		means_add(&c->means, out);
	for (ptrdiff_t i = 0; i < p->n_derives; i++)
		if (condition_holds(p->derives[i].when, out))
			means_add(&p->derives[i].set, out);
}

void
policy_facts_check(struct cx *cx, const struct policy *p, const struct facts *facts)
{
	struct str id = fact_id(facts, FACT_category), near, *ids;

	if (!facts->v[FACT_category].known || policy_category(p, id))
		return;
	ids = NEW(cx, struct str, p->n_categories);
	for (ptrdiff_t i = 0; i < p->n_categories; i++)
		ids[i] = p->categories[i].id;
	near = str_nearest(id, ids, p->n_categories);
	fault_add(cx, S("category"), 0, 0, S("unknown-category"), "the policy has no category “%.*s”%s%.*s%s", F(id),
	    near.n ? "; did you mean “" : "", F(near), near.n ? "”?" : "");
}

const struct severity *
policy_severity(const struct policy *p, const struct facts *facts)
{
	for (ptrdiff_t i = 0; i < p->n_severities; i++)
		if (condition_holds(p->severities[i].when, facts))
			return &p->severities[i];
	return NULL;
}

void
policy_times(struct cx *cx, const struct rule *r, when from, struct owed_duty *d)
{
	when *warns = NEW(cx, when, r->n_warn);
	struct alarm *alarms = NEW(cx, struct alarm, r->n_escalate);

	d->from = from;
	d->due = within_due(&r->within, from, NULL, 0);
	d->warns = warns;
	d->escalations = alarms;
	d->n_warns = from == NEVER ? 0 : r->n_warn;
	d->n_escalations = from == NEVER ? 0 : r->n_escalate;
	for (ptrdiff_t i = 0; i < d->n_warns; i++)
		warns[i] = from + r->warn[i];
	for (ptrdiff_t i = 0; i < d->n_escalations; i++)
		alarms[i] = (struct alarm){ from + r->escalate[i].after, r->escalate[i].role };
}

/* "4.2-1 Tell the line manager first: " and why the condition holds. */
static struct str
grounds(struct cx *cx, const struct rule *r, const struct facts *facts)
{
	struct str why = condition_why(cx, r->when, facts);

	return str_fmt(cx, "%.*s %.*s: %.*s", F(r->clause->id), F(r->clause->title), F(why.n ? why : S("always")));
}

static void
withhold(struct cx *cx, struct withheld *w, const struct rule *r, struct str why)
{
	*w = (struct withheld){ r, r->role, str_fmt(cx, "%.*s %.*s: not %.*s, because %.*s", F(r->clause->id),
	    F(r->clause->title), F(r->role->title), F(why)) };
}

static void
owe(struct cx *cx, const struct rule *r, const struct facts *facts, when arises, const struct instead *instead,
    struct owed_duty *d)
{
	struct str because = grounds(cx, r, facts);

	*d = (struct owed_duty){ .rule = r, .role = instead ? instead->role : r->role, .arises = arises };
	d->because = !instead ? because : str_fmt(cx, "%.*s; %.*s instead of %.*s, because %.*s", F(because),
	    F(instead->role->title), F(r->role->title), F(condition_why(cx, instead->when, facts)));
	policy_times(cx, r, within_from(&r->within, facts, arises), d);
}

void
policy_evaluate(struct cx *cx, const struct policy *p, const struct facts *facts, when arises, struct owed *out)
{
	struct owed_duty *duties = NEW(cx, struct owed_duty, p->n_rules);
	struct withheld *withheld = NEW(cx, struct withheld, p->n_rules);

	*out = (struct owed){ .duties = duties, .withheld = withheld };
	policy_derive(p, facts, &out->facts);
	for (ptrdiff_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rules[i];
		const struct instead *instead = NULL;

		if (!condition_holds(r->when, &out->facts))
			continue;
		if (r->unless && condition_holds(r->unless, &out->facts)) {
			withhold(cx, &withheld[out->n_withheld++], r, condition_why(cx, r->unless, &out->facts));
			continue;
		}
		for (ptrdiff_t k = 0; k < r->n_instead && !instead; k++)
			if (condition_holds(r->instead[k].when, &out->facts))
				instead = &r->instead[k];
		if (instead)
			withhold(cx, &withheld[out->n_withheld++], r, condition_why(cx, instead->when, &out->facts));
		owe(cx, r, &out->facts, arises, instead, &duties[out->n_duties++]);
	}
}

ptrdiff_t
policy_cards(struct cx *cx, const struct policy *p, const struct facts *facts, const struct card *const **out)
{
	const struct category *c = policy_category(p, fact_id(facts, FACT_category));
	const struct card **cards = NEW(cx, const struct card *, p->n_cards + (c ? c->n_advise : 0));
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; c && i < c->n_advise; i++)
		cards[n++] = c->advise[i];
	for (ptrdiff_t i = 0; i < p->n_cards; i++) {
		bool there = !p->cards[i].when || !condition_holds(p->cards[i].when, facts);

		for (ptrdiff_t k = 0; k < n && !there; k++)
			there = cards[k] == &p->cards[i];
		if (!there)
			cards[n++] = &p->cards[i];
	}
	*out = cards;
	return n;
}

ptrdiff_t
policy_asks(struct cx *cx, const struct policy *p, const struct facts *facts, const struct question *const **out)
{
	const struct category *c = policy_category(p, fact_id(facts, FACT_category));
	const struct question **asks = NEW(cx, const struct question *, c ? c->n_ask : 0);
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; c && i < c->n_ask; i++)
		if (condition_holds(c->ask[i]->when, facts))
			asks[n++] = c->ask[i];
	*out = asks;
	return n;
}

struct js *
policy_explain(struct cx *cx, const struct owed *owed)
{
	struct js *top = js_object(cx), *duties = js_array(cx), *withheld = js_array(cx), *j;

	for (ptrdiff_t i = 0; i < owed->n_duties; i++) {
		const struct owed_duty *d = &owed->duties[i];

		j = js_object(cx);
		js_set_str(cx, j, S("rule"), d->rule->id);
		js_set_str(cx, j, S("clause"), d->rule->clause->id);
		js_set_str(cx, j, S("do"), policy_do_name(d->rule->does));
		js_set_str(cx, j, S("role"), d->role->id);
		js_set_str(cx, j, S("within"), d->rule->within.text);
		if (!js_set_when(cx, j, S("due"), d->due))
			js_set(cx, j, S("due"), &(struct js){ .type = JS_NULL });
		js_set_str(cx, j, S("because"), d->because);
		js_add(cx, duties, j);
	}
	for (ptrdiff_t i = 0; i < owed->n_withheld; i++) {
		j = js_object(cx);
		js_set_str(cx, j, S("role"), owed->withheld[i].role->id);
		js_set_str(cx, j, S("because"), owed->withheld[i].because);
		js_add(cx, withheld, j);
	}
	js_set(cx, top, S("duties"), duties);
	js_set(cx, top, S("withheld"), withheld);
	return top;
}
