/* Policy at work on a case: what is owed now against what stands, as effects. */
#include "desk/deed.h"
#include "store/effect.h"

/* The newest duty of each (rule, role), as the engine wants them. rows[at[i]] is had[i]. */
static ptrdiff_t
newest(struct cx *cx, const struct row_duties_of_case *rows, ptrdiff_t n, struct duty **had, ptrdiff_t **at)
{
	ptrdiff_t m = 0;

	*had = NEW(cx, struct duty, n);
	*at = NEW(cx, ptrdiff_t, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		struct moment from = { .at = NEVER };
		int state = duty_state_of_name(rows[i].state);
		ptrdiff_t j;

		for (j = 0; j < m; j++)
			if (str_eq((*had)[j].rule, rows[i].rule) && str_eq((*had)[j].role, rows[i].role))
				break;
		if (j < m && rows[(*at)[j]].seq > rows[i].seq)
			continue;
		if (!moment_read(rows[i].anchor, &from))
			from.at = NEVER;
		(*had)[j] = (struct duty){ .rule = rows[i].rule, .role = rows[i].role, .state = state < 0 ? DUTY_DONE : (enum duty_state)state,
			.arises = rows[i].arises, .from = from.at, .due = rows[i].due };
		(*at)[j] = i;
		m += j == m;
	}
	return m;
}

static int
by_time(const struct js *a, const struct js *b)
{
	return str_cmp(js_str(a, S("at")), js_str(b, S("at")));
}

/* Add {"at","to","why"} in order of time; what lies in the past when the duty arises is never announced. */
static void
warn_add(struct cx *cx, struct js *list, when at, when after, struct str to, struct str why)
{
	struct js *w, **p;

	if (at == NEVER || at <= after)
		return;
	w = js_object(cx);
	js_set_when(cx, w, S("at"), at);
	js_set_str(cx, w, S("to"), to);
	js_set_str(cx, w, S("why"), why);
	for (p = &list->first; *p && by_time(*p, w) <= 0; p = &(*p)->next)
		;
	w->next = *p;
	*p = w;
	list->n++;
}

static enum err
warns_of(struct cx *cx, struct desk *d, const struct kase *k, const struct owed_duty *o, struct str token, struct js **out)
{
	struct js *list = *out = js_array(cx);

	for (ptrdiff_t i = 0; i < o->n_warns; i++)
		warn_add(cx, list, o->warns[i], cx->now, token, S("warn"));
	for (ptrdiff_t i = 0; i < o->n_escalations; i++) {
		struct holder h = { .token = token };

		if (o->escalations[i].role)
			TRY(holder_of(cx, d, k, o->escalations[i].role, &h));
		warn_add(cx, list, o->escalations[i].at, cx->now, h.token, S("escalate"));
	}
	if (o->rule->within.kind != WITHIN_IMMEDIATELY)
		warn_add(cx, list, o->due, cx->now, token, S("due"));
	return OK;
}

static void
set_times(struct cx *cx, struct js *e, const struct owed_duty *o, struct js *warns)
{
	js_set_when(cx, e, S("due"), o->due);
	js_set(cx, e, S("warns"), warns);
	js_set_str(cx, e, S("because"), o->because);
}

static void
tell_answer(struct cx *cx, struct deed *deed, const struct owed_duty *o)
{
	struct js *duties = (struct js *)js_get(deed->answer, S("duties")), *one;

	if (!duties)
		duties = js_set(cx, deed->answer, S("duties"), js_array(cx));
	one = js_add(cx, duties, js_object(cx));
	js_set_str(cx, one, S("rule"), o->rule->id);
	js_set_str(cx, one, S("clause"), o->rule->clause ? o->rule->clause->id : S(""));
	js_set_str(cx, one, S("do"), policy_do_name(o->rule->does));
	js_set_str(cx, one, S("role"), o->role->id);
	js_set_str(cx, one, S("words"), o->rule->words);
	js_set_when(cx, one, S("due"), o->due);
}

static enum err
duty_open(struct cx *cx, struct deed *deed, const struct kase *k, const struct owed_duty *o)
{
	struct desk *d = deed->d;
	struct js *e, *warns;
	struct holder h;

	TRY(holder_of(cx, d, k, o->role, &h));
	TRY(warns_of(cx, d, k, o, h.token, &warns));
	e = deed_did(cx, deed, S("duty_opened"));
	js_set_str(cx, e, S("duty"), id_hex(cx, id_next(cx)));
	js_set_str(cx, e, S("rule"), o->rule->id);
	js_set_str(cx, e, S("clause"), o->rule->clause ? o->rule->clause->id : S(""));
	js_set_str(cx, e, S("act"), policy_do_name(o->rule->does));
	js_set_str(cx, e, S("role"), o->role->id);
	js_set_str(cx, e, S("token"), h.token);
	js_set_str(cx, e, S("words"), o->rule->words);
	js_set_str(cx, e, S("within"), o->rule->within.text);
	js_set_when(cx, e, S("arises"), o->arises);
	js_set_when(cx, e, S("anchor"), o->from);
	js_set_int(cx, e, S("level"), o->rule->sight == SIGHT_STUB ? SEES_A_STUB : SEES_IT_ALL);
	js_set_str(cx, e, S("agree"), o->rule->agree ? o->rule->agree->id : S(""));
	set_times(cx, e, o, warns);
	if (k->historical) {
		js_set_str(cx, e, S("state"), S("lapsed"));
		js_set_str(cx, e, S("how"), S("lapsed on import: this case was over before it was recorded here"));
		return OK;
	}
	js_set_str(cx, e, S("how"), h.words);
	tell_answer(cx, deed, o);
	deed_sight(cx, deed, h.token, o->rule->sight == SIGHT_STUB ? SEES_A_STUB : SEES_IT_ALL);
	deed_notice(cx, deed, h.token, S("duty"));
	if (o->rule->agree) {
		TRY(holder_of(cx, d, k, o->rule->agree, &h));
		deed_sight(cx, deed, h.token, SEES_IT_ALL);
	}
	for (ptrdiff_t i = 0; h.vacant && i < o->role->n_deputies; i++) {
		struct holder deputy;

		TRY(holder_of(cx, d, k, o->role->deputies[i], &deputy));
		deed_sight(cx, deed, deputy.token, o->rule->sight == SIGHT_STUB ? SEES_A_STUB : SEES_IT_ALL);
		deed_notice(cx, deed, deputy.token, S("vacant"));
	}
	return OK;
}

static enum err
duty_move(struct cx *cx, struct deed *deed, const struct kase *k, const struct row_duties_of_case *row, const struct duty_change *c)
{
	struct js *e, *warns;

	assert(row); /* only what was can move */
	TRY(warns_of(cx, deed->d, k, &c->now, row->token, &warns));
	e = deed_did(cx, deed, S("duty_moved"));
	js_set_str(cx, e, S("duty"), id_hex(cx, row->duty_id));
	js_set_when(cx, e, S("anchor"), c->now.from);
	js_set_str(cx, e, S("why"), c->why);
	set_times(cx, e, &c->now, warns);
	deed_notice(cx, deed, row->token, S("moved"));
	return OK;
}

static void
duty_end(struct cx *cx, struct deed *deed, const struct row_duties_of_case *row, enum duty_state state, struct str why)
{
	struct js *e = deed_did(cx, deed, S("duty_closed"));

	assert(row);
	js_set_str(cx, e, S("duty"), id_hex(cx, row->duty_id));
	js_set_str(cx, e, S("state"), duty_state_name(state));
	js_set_str(cx, e, S("how"), why);
}

static void
set_level(struct cx *cx, struct deed *deed, const struct kase *k, const struct facts *facts)
{
	const struct severity *s = policy_severity(deed->d->policy, facts);
	struct str level = s && s->level ? s->level->id : S("");

	if (k->row ? !str_eq(k->row->level, level) : level.n > 0)
		js_set_str(cx, deed_did(cx, deed, S("level_set")), S("level"), level);
}

enum err
deed_reassess(struct cx *cx, struct deed *deed, const struct kase *k)
{
	struct row_duties_of_case *rows = NULL;
	struct duty_change *changes;
	struct duty *had;
	struct owed owed;
	ptrdiff_t n = 0, m, *at;

	if (!deed->d->policy)
		return fail(cx, ERR_CONFLICT, "no policy is in force: set one first");
	if (k->row)
		TRY(sql_duties_of_case(cx, deed->d->db, k->id, &rows, &n));
	m = newest(cx, rows, n, &had, &at);
	policy_evaluate(cx, deed->d->policy, &k->facts, cx->now, &owed);
	n = duty_changes(cx, deed->d->policy, had, m, &owed, &changes);
	for (ptrdiff_t i = 0; i < n; i++) {
		const struct duty_change *c = &changes[i];
		const struct row_duties_of_case *row = c->was < 0 ? NULL : &rows[at[c->was]];

		switch (c->kind) {
		case DUTY_OPENED: case DUTY_REOPENED: TRY(duty_open(cx, deed, k, &c->now)); break;
		case DUTY_MOVED:  TRY(duty_move(cx, deed, k, row, c)); break;
		case DUTY_LET_GO: duty_end(cx, deed, row, DUTY_LAPSED, c->why); break;
		case DUTY_ENDED:  duty_end(cx, deed, row, DUTY_OVER, c->why); break;
		}
	}
	set_level(cx, deed, k, &owed.facts);
	return OK;
}
