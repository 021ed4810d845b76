/* Duties and facts as the case page shows them. */
#include "web/case.h"

#include "desk/deed.h"

enum { ACTIONS = 5 };

enum err
case_holder(struct visit *v, struct str role, struct str token, struct str *out)
{
	const struct role *r = v->policy ? policy_role(v->policy, role) : NULL;
	struct ask_person p;
	struct id id;

	*out = r ? r->title : role;
	if (!str_starts(token, S("p:")) || !id_read(str_sub(token, 2, 32), &id))
		return OK;
	TRY(ask_person(v->turn->cx, v->desk, id, &p));
	if (p.name.n)
		*out = str_fmt(v->turn->cx, "%.*s (%.*s)", F(p.name), F(*out));
	return OK;
}

static struct view_tag
state_tag(const struct row_duties_of_case *d)
{
	if (str_eq(d->state, S("open")))
		return d->told_at != NEVER ? (struct view_tag){ S("Acknowledged"), S("blue") } :
		    d->agree.n && d->agreed_at == NEVER ? (struct view_tag){ S("Needs agreement"), S("orange") } :
		    d->agree.n ? (struct view_tag){ S("Agreed"), S("green") } : (struct view_tag){ S(""), S("") };
	if (str_eq(d->state, S("done")))
		return (struct view_tag){ S("Done"), S("green") };
	if (str_eq(d->state, S("not_needed")))
		return (struct view_tag){ S("Not needed"), S("grey") };
	return (struct view_tag){ S("No longer owed"), S("grey") };
}

static struct view_action
duty_act(struct visit *v, const struct ask_case *c, const struct row_duties_of_case *d, const char *text, const char *what)
{
	struct cx *cx = v->turn->cx;

	return (struct view_action){ .text = str_of(text), .href = case_href(v, c->kase.ref, str_fmt(cx, "/do/%s?duty=%.*s", what,
	    F(id_hex(cx, d->duty_id)))) };
}

static void
duty_acts(struct visit *v, const struct ask_case *c, const struct row_duties_of_case *d, struct view_duty *out)
{
	struct view_action *a = NEW(v->turn->cx, struct view_action, ACTIONS);
	bool mine = access_has_token(&v->who, d->token), tell = str_eq(d->act, S("inform"));
	int n = 0;

	if (!str_eq(d->state, S("open")) || (!mine && c->sight < SEES_IT_ALL))
		return;
	if (mine && (tell || d->told_at == NEVER))
		a[n++] = duty_act(v, c, d, tell ? "I have read this" : "I am on it", "acknowledge");
	if (!tell)
		a[n++] = duty_act(v, c, d, "Done", "done");
	if (d->agree.n && access_has_role(&v->who, d->agree))
		a[n++] = duty_act(v, c, d, "Agree or object", "agree");
	if (c->sight == SEES_IT_ALL)
		a[n++] = duty_act(v, c, d, "Hand over", "hand-over");
	a[n++] = duty_act(v, c, d, "Not needed", "not-needed");
	a[0].primary = true;
	out->actions = a;
	out->n_actions = n;
}

/* How the due time was reckoned, from what stands in the duty alone. */
static void
steps(struct visit *v, const struct row_duties_of_case *d, struct view_duty *out)
{
	const struct rule *rule = v->policy ? policy_rule(v->policy, d->rule) : NULL;
	struct moment from;
	struct str *list;

	if (!rule || !moment_read(d->anchor, &from))
		return;
	out->n_steps = (int)within_steps(v->turn->cx, &rule->within, from.at, NULL, 0, &list);
	out->steps = list;
}

static enum err
duty_view_of(struct visit *v, const struct ask_case *c, const struct row_duties_of_case *d, struct view_duty *out)
{
	struct cx *cx = v->turn->cx;
	const struct clause *clause = v->policy ? policy_clause(v->policy, d->clause) : NULL;
	bool open = str_eq(d->state, S("open"));
	struct str holder;
	struct ask_person by;

	TRY(case_holder(v, d->role, d->token, &holder));
	*out = (struct view_duty){ .id = str_fmt(cx, "duty-%.*s", F(id_hex(cx, d->duty_id))), .title = d->words,
		.hint = str_fmt(cx, "%.*s · clause %.*s%s%.*s", F(holder), F(d->clause), open && d->how.n ? " · " : "", F(open ? d->how : S(""))),
		.tag = state_tag(d), .clause = d->clause, .clause_title = clause ? clause->title : S(""), .because = d->because };
	if (open && d->due != NEVER)
		out->clock = visit_clock(v, d->arises, d->due, S(""));
	if (!open) {
		TRY(ask_person(cx, v->desk, d->closed_by, &by));
		out->done = str_fmt(cx, "%.*s%s%.*s%s%.*s", F(by.name), by.name.n ? ", " : "", F(visit_time(v, d->closed_at).words),
		    d->how.n ? ": " : "", F(d->how));
	}
	steps(v, d, out);
	duty_acts(v, c, d, out);
	return OK;
}

enum err
case_duties(struct visit *v, const struct ask_case *c, const struct view_duty **out, int *n, int *n_done)
{
	struct view_duty *list = NEW(v->turn->cx, struct view_duty, c->n_duties);

	*n = 0;
	for (int open = 1; open >= 0; open--)
		for (ptrdiff_t i = 0; i < c->n_duties; i++)
			if (str_eq(c->duties[i].state, S("open")) == (open == 1))
				TRY(duty_view_of(v, c, &c->duties[i], &list[(*n)++]));
	*n_done = 0;
	for (ptrdiff_t i = 0; i < c->n_duties; i++)
		*n_done += !str_eq(c->duties[i].state, S("open"));
	*out = list;
	return OK;
}

static enum err
says_who(struct visit *v, const struct js *fact, struct str *out)
{
	struct str by = js_str(fact, S("by"));
	struct ask_person p;
	struct id id;

	*out = str_eq(by, S("policy")) ? S("set by the service") : S("the reporter");
	if (!id_read(by, &id) || id_zero(id))
		return OK;
	TRY(ask_person(v->turn->cx, v->desk, id, &p));
	if (p.name.n)
		*out = str_fmt(v->turn->cx, "%.*s, entry %lld", F(p.name), (long long)js_int(fact, S("seq"), 0));
	return OK;
}

enum err
case_facts(struct visit *v, const struct ask_case *c, const struct view_fact **out, int *n)
{
	struct cx *cx = v->turn->cx;
	struct view_fact *list = NEW(cx, struct view_fact, FACTS);
	struct js *stored;

	TRY(js_read(cx, c->kase.row->facts.n ? c->kase.row->facts : S("{}"), &stored));
	*n = 0;
	for (int f = 0; f < FACTS; f++) {
		const struct fact_about *about = fact_about((enum fact)f);
		const struct value *value = &c->derived.v[f];
		struct view_fact *o = &list[*n];

		if (!value->known)
			continue;
		*o = (struct view_fact){ .name = about->name, .label = about->words, .value = value_words(cx, (enum fact)f, value),
			.change = case_href(v, c->kase.ref, str_fmt(cx, "/do/facts?fact=%.*s", F(about->name))) };
		if (f == FACT_category && v->policy && policy_category(v->policy, value->id))
			o->value = policy_category(v->policy, value->id)->label;
		if (about->type == FACT_BOOL) {
			o->label = value->i ? about->words : about->words_not;
			o->value = S("Yes");
		}
		o->by = S("follows from the category or the policy");
		if (js_get(stored, about->name))
			TRY(says_who(v, js_get(stored, about->name), &o->by));
		++*n;
	}
	*out = list;
	return OK;
}
