/* Effects on duties and on the notices about them. */
#include "store/effect.h"

/* What sorts last when there is no due time. */
static int64_t
soonest(when due)
{
	return due == NEVER ? INT64_MAX : due;
}

/* warns: [{"at":time,"to":token}], ascending; the next that fires is the first. */
static when
first_warn(const struct js *e)
{
	const struct js *warns = js_get(e, S("warns"));

	return warns && warns->first ? effect_when(warns->first, S("at")) : NEVER;
}

static struct str
warns_text(struct cx *cx, const struct js *e)
{
	const struct js *warns = js_get(e, S("warns"));

	return warns ? js_text(cx, warns) : S("[]");
}

enum err
effect_duty_opened(struct cx *cx, struct applied *a, const struct js *e)
{
	when due = effect_when(e, S("due"));
	struct str state = js_get(e, S("state")) ? js_str(e, S("state")) : S("open");
	bool open = str_eq(state, S("open"));

	return sql_duty_add(cx, a->db, effect_id(e, S("duty")), a->case_id, js_str(e, S("rule")), js_str(e, S("clause")),
	    js_str(e, S("act")), js_str(e, S("role")), js_str(e, S("token")), js_str(e, S("words")), js_str(e, S("because")),
	    js_str(e, S("within")), js_str(e, S("anchor")), effect_when(e, S("arises")), due, soonest(due), warns_text(cx, e),
	    open ? first_warn(e) : NEVER, js_int(e, S("level"), 2), js_str(e, S("agree")), state, open ? NEVER : a->at,
	    js_str(e, S("how")), a->seq);
}

enum err
effect_duty_moved(struct cx *cx, struct applied *a, const struct js *e)
{
	when due = effect_when(e, S("due"));

	return sql_duty_moved(cx, a->db, effect_id(e, S("duty")), due, soonest(due), warns_text(cx, e), first_warn(e),
	    js_str(e, S("because")), js_str(e, S("anchor")));
}

enum err
effect_duty_closed(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_duty_closed(cx, a->db, effect_id(e, S("duty")), js_str(e, S("state")), a->at, a->actor_id, js_str(e, S("how")));
}

enum err
effect_duty_handed(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_duty_handed(cx, a->db, effect_id(e, S("duty")), js_str(e, S("token")));
}

enum err
effect_duty_told(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_duty_told(cx, a->db, effect_id(e, S("duty")), a->at, a->actor_id);
}

enum err
effect_duty_agreed(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_duty_agreed(cx, a->db, effect_id(e, S("duty")), a->at, a->actor_id);
}

enum err
effect_duty_warned(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_duty_warned(cx, a->db, effect_id(e, S("duty")), effect_when(e, S("next")), a->at);
}

enum err
effect_notice(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_notice_add(cx, a->db, js_str(e, S("token")), a->seq, effect_id(e, S("id")), a->case_id, js_str(e, S("about")),
	    a->at, js_true(e, S("mail")));
}

enum err
effect_notice_seen(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_notice_seen(cx, a->db, js_str(e, S("token")), js_int(e, S("upto"), 0), a->at);
}
