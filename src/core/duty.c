#include "core/duty.h"

#include <assert.h>

#define TEXT(s) { s, sizeof s - 1 }
static const struct str states[DUTY_STATES] = {
	[DUTY_OPEN] = TEXT("open"),
	[DUTY_DONE] = TEXT("done"),
	[DUTY_LAPSED] = TEXT("lapsed"),
	[DUTY_OVER] = TEXT("over"),
};
static const struct str kinds[] = {
	[DUTY_OPENED] = TEXT("opened"), [DUTY_REOPENED] = TEXT("reopened"), [DUTY_MOVED] = TEXT("moved"),
	[DUTY_LET_GO] = TEXT("lapsed"), [DUTY_ENDED] = TEXT("over"),
};

struct str duty_state_name(enum duty_state s) { assert(s < DUTY_STATES); return states[s]; }
struct str duty_change_name(enum duty_change_kind k) { assert(k < COUNT(kinds)); return kinds[k]; }

int
duty_state_of_name(struct str name)
{
	for (int s = 0; s < (int)DUTY_STATES; s++)
		if (str_eq(states[s], name))
			return s;
	return -1;
}

static ptrdiff_t
had_before(const struct duty *had, ptrdiff_t n, const struct owed_duty *o)
{
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(had[i].rule, o->rule->id) && str_eq(had[i].role, o->role->id))
			return i;
	return -1;
}

static const struct owed_duty *
owed_still(const struct owed *owed, const struct duty *d)
{
	for (ptrdiff_t i = 0; i < owed->n_duties; i++)
		if (had_before(d, 1, &owed->duties[i]) == 0)
			return &owed->duties[i];
	return NULL;
}

static struct str
moved_why(struct cx *cx, const struct duty *d, const struct owed_duty *now)
{
	const struct within *w = &now->rule->within;

	if (now->from != d->from && w->from != FACT_none && now->from == NEVER)
		return str_fmt(cx, "%.*s is not known any more", F(fact_about(w->from)->words));
	if (now->from != d->from && w->from != FACT_none)
		return str_fmt(cx, "%.*s is now %.*s", F(fact_about(w->from)->words), F(within_when_words(cx, now->from)));
	if (d->n_pauses && w->kind == WITHIN_SUPPORT)
		return S("the time during which it was paused does not count");
	if (w->kind == WITHIN_UNSAID)
		return S("the policy sets no time any more");
	return str_fmt(cx, "the policy now allows “%.*s”", F(w->text));
}

/* An open duty that is still owed keeps the moment it arose. */
static bool
moved(struct cx *cx, const struct duty *d, const struct owed_duty *o, struct duty_change *c)
{
	struct owed_duty now = *o;

	now.arises = d->arises;
	policy_times(cx, o->rule, o->rule->within.from == FACT_none ? d->arises : o->from, &now);
	now.due = within_due(&o->rule->within, now.from, d->pauses, d->n_pauses);
	if (now.due == d->due && now.from == d->from)
		return false;
	*c = (struct duty_change){ .kind = DUTY_MOVED, .now = now, .why = moved_why(cx, d, &now) };
	return true;
}

/* What an owed duty changes, if anything. */
static bool
change_owed(struct cx *cx, const struct duty *d, const struct owed_duty *o, struct duty_change *c)
{
	if (d && d->state == DUTY_OPEN)
		return moved(cx, d, o, c);
	if (d && d->state == DUTY_DONE) /* a notice that was sent stays sent, whatever is learnt about the time */
		return false;
	*c = (struct duty_change){ .kind = d ? DUTY_REOPENED : DUTY_OPENED, .now = *o, .why = o->because };
	return true;
}

static struct str
lapse_why(struct cx *cx, const struct policy *p, const struct duty *d, const struct owed *owed)
{
	const struct rule *r = policy_rule(p, d->rule);

	if (!r)
		return str_fmt(cx, "the policy in force has no rule “%.*s”", F(d->rule));
	for (ptrdiff_t i = 0; i < owed->n_withheld; i++)
		if (owed->withheld[i].rule == r && str_eq(r->role->id, d->role))
			return owed->withheld[i].because;
	for (ptrdiff_t i = 0; i < owed->n_duties; i++)
		if (owed->duties[i].rule == r)
			return str_fmt(
			    cx, "it is now for %.*s: %.*s", F(owed->duties[i].role->title), F(owed->duties[i].because));
	if (condition_holds(r->when, &owed->facts)) /* nobody owes it: an exception holds */
		return str_fmt(cx, "%.*s %.*s: %.*s", F(r->clause->id), F(r->clause->title),
		    F(condition_why(cx, r->unless, &owed->facts)));
	return str_fmt(cx, "%.*s %.*s: no longer, because %.*s", F(r->clause->id), F(r->clause->title),
	    F(condition_why(cx, r->when, &owed->facts)));
}

ptrdiff_t
duty_changes(struct cx *cx, const struct policy *p, const struct duty *had, ptrdiff_t n_had, const struct owed *owed,
    struct duty_change **out)
{
	struct duty_change *c = *out = NEW(cx, struct duty_change, n_had + owed->n_duties);
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < owed->n_duties; i++) {
		const struct owed_duty *o = &owed->duties[i];
		ptrdiff_t was = had_before(had, n_had, o);

		if (!change_owed(cx, was < 0 ? NULL : &had[was], o, &c[n]))
			continue;
		c[n].was = was;
		c[n].rule = o->rule->id;
		c[n++].role = o->role->id;
	}
	for (ptrdiff_t i = 0; i < n_had; i++) {
		if (had[i].state > DUTY_DONE || owed_still(owed, &had[i]))
			continue;
		c[n++] = (struct duty_change){ .kind = had[i].state == DUTY_OPEN ? DUTY_LET_GO : DUTY_ENDED, .was = i,
			.rule = had[i].rule, .role = had[i].role, .why = lapse_why(cx, p, &had[i], owed) };
	}
	return n;
}
