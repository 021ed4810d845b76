/* Commands on one duty: told, done, not needed, handed over, agreed; and the clock that warns. */
#include "desk/command.h"

#include "desk/lease.h"

enum { REASON = 2000 };
/* What was announced by no more than this before its time needs no second word. */
#define TOO_EARLY (5 * MINUTE)

/* The open duty that args.duty names, on the case of the request. Who asks must hold it, or read the whole case. */
static enum err
duty_named(struct cx *cx, struct deed *deed, bool holder_only, struct id *id, struct row_duty_get **row)
{
	enum sight_level sight;

	if (!id_read(js_str(deed->args, S("duty")), id))
		return fail(cx, ERR_BAD_INPUT, "duty: which one?");
	TRY(sql_duty_get(cx, deed->d->db, *id, row));
	if (!deed->kase || !*row || !id_eq((*row)->case_id, deed->kase->id))
		return fail(cx, ERR_NOT_FOUND, "there is no such duty on this case");
	TRY(access_sight(cx, deed->d->db, deed->who, deed->kase->id, &sight));
	if (!access_has_token(deed->who, (*row)->token) && !deed->who->local && (holder_only || sight < SEES_IT_ALL))
		return fail(cx, ERR_DENIED, "this duty is for “%.*s”", F((*row)->role));
	if (!str_eq((*row)->state, S("open")))
		return fail(cx, ERR_CONFLICT, "this duty is not open any more: somebody was faster");
	return OK;
}

static struct str
words_of(const struct deed *deed, struct str rule)
{
	const struct rule *r = deed->d->policy ? policy_rule(deed->d->policy, rule) : NULL;

	return r ? r->words : rule;
}

static void
end_duty(struct cx *cx, struct deed *deed, struct id id, struct str state, struct str how)
{
	struct js *e = deed_did(cx, deed, S("duty_closed"));

	js_set_str(cx, e, S("duty"), id_hex(cx, id));
	js_set_str(cx, e, S("state"), state);
	js_set_str(cx, e, S("how"), how);
}

enum err
command_acknowledge(struct cx *cx, struct deed *deed)
{
	struct row_duty_get *row;
	struct id id;

	DEED_ONLY(cx, deed, S("duty"));
	TRY(duty_named(cx, deed, true, &id, &row));
	if (str_eq(row->act, S("inform"))) {
		/* being told is the whole of the duty */
		end_duty(cx, deed, id, S("done"), S("acknowledged"));
	} else {
		if (row->told_at != NEVER)
			return OK;
		js_set_str(cx, deed_did(cx, deed, S("duty_told")), S("duty"), id_hex(cx, id));
	}
	deed_timeline(cx, deed, S("duty"), str_fmt(cx, "acknowledged: %.*s", F(words_of(deed, row->rule))), S(""), S("team"));
	return OK;
}

enum err
command_duty_done(struct cx *cx, struct deed *deed)
{
	struct str how = deed_text(cx, deed, S("how"), false, REASON);
	struct row_duty_get *row;
	struct id id;

	DEED_ONLY(cx, deed, S("duty"), S("how"), S("without_agreement"));
	TRY(fault_end(cx));
	TRY(duty_named(cx, deed, false, &id, &row));
	if (row->agree.n && row->agreed_at == NEVER) {
		struct str why = deed_text(cx, deed, S("without_agreement"), false, REASON);
		const struct role *role = policy_role(deed->d->policy, row->agree);

		/* the statute wins: it may be done with the exception on record, never silently (conflict C4) */
		if (!why.n)
			return fail(cx, ERR_CONFLICT, "“%.*s” must agree first; if the time runs out, say why it is done without",
			    F(role ? role->title : row->agree));
		how = str_fmt(cx, "%.*s%sDone without agreement: %.*s", F(how), how.n ? "\n" : "", F(why));
	}
	end_duty(cx, deed, id, S("done"), how);
	deed_timeline(cx, deed, S("duty"), str_fmt(cx, "did: %.*s", F(words_of(deed, row->rule))), how, S("team"));
	if (str_eq(deed->kase->row->state, S("new")))
		js_set_str(cx, deed_did(cx, deed, S("case_state")), S("state"), S("assessing"));
	return OK;
}

enum err
command_not_needed(struct cx *cx, struct deed *deed)
{
	struct str why = deed_text(cx, deed, S("why"), true, REASON);
	struct row_duty_get *row;
	struct id id;

	DEED_ONLY(cx, deed, S("duty"), S("why"));
	TRY(fault_end(cx));
	TRY(duty_named(cx, deed, false, &id, &row));
	end_duty(cx, deed, id, S("not_needed"), why);
	deed_timeline(cx, deed, S("duty"), str_fmt(cx, "not needed: %.*s", F(words_of(deed, row->rule))), why, S("team"));
	return OK;
}

/* {"duty","to":person,"why"} */
enum err
command_hand_over(struct cx *cx, struct deed *deed)
{
	struct str to = deed_text(cx, deed, S("to"), true, 200), why = deed_text(cx, deed, S("why"), true, REASON), token;
	struct row_person_of *person;
	struct row_duty_get *row;
	struct js *e;
	struct id id;

	DEED_ONLY(cx, deed, S("duty"), S("to"), S("why"));
	TRY(fault_end(cx));
	TRY(duty_named(cx, deed, false, &id, &row));
	TRY(sql_person_of(cx, deed->d->db, to, &person));
	if (!person || !person->active)
		return fail(cx, ERR_BAD_INPUT, "to: nobody called “%.*s” is in the directory", F(to));
	token = access_token_person(cx, person->actor_id);
	e = deed_did(cx, deed, S("duty_handed"));
	js_set_str(cx, e, S("duty"), id_hex(cx, id));
	js_set_str(cx, e, S("token"), token);
	deed_sight(cx, deed, token, SEES_IT_ALL);
	deed_notice(cx, deed, token, S("duty"));
	e = deed_timeline(cx, deed, S("duty"), str_fmt(cx, "handed over “%.*s” to", F(words_of(deed, row->rule))), why, S("team"));
	js_set_str(cx, e, S("whom"), id_hex(cx, person->actor_id));
	deed->asked = js_object(cx); /* content names people by their actor's id alone */
	js_set_str(cx, deed->asked, S("duty"), id_hex(cx, id));
	js_set_str(cx, deed->asked, S("why"), why);
	return OK;
}

/* {"duty","agreed":bool,"why"}: by a holder of the role whose agreement the rule wants. */
enum err
command_agree(struct cx *cx, struct deed *deed)
{
	struct str why = deed_text(cx, deed, S("why"), false, REASON);
	const struct js *agreed = js_get(deed->args, S("agreed"));
	const struct role *role;
	struct row_duty_get *row;
	bool may, yes = js_true(deed->args, S("agreed"));
	struct id id;

	DEED_ONLY(cx, deed, S("duty"), S("agreed"), S("why"));
	TRY(fault_end(cx));
	if (!agreed || (agreed->type != JS_TRUE && agreed->type != JS_FALSE))
		return fail(cx, ERR_BAD_INPUT, "agreed: must be true or false");
	TRY(duty_named(cx, deed, false, &id, &row));
	role = row->agree.n ? policy_role(deed->d->policy, row->agree) : NULL;
	if (!role)
		return fail(cx, ERR_BAD_INPUT, "duty: nobody's agreement is needed for this one");
	may = access_has_role(deed->who, role->id);
	for (ptrdiff_t i = 0; i < role->n_deputies; i++)
		may |= access_has_role(deed->who, role->deputies[i]->id);
	if (!may)
		return fail(cx, ERR_DENIED, "only “%.*s” or a deputy can agree to this", F(role->title));
	if (!yes && !why.n)
		return fail(cx, ERR_BAD_INPUT, "why: say what you object to");
	if (yes)
		js_set_str(cx, deed_did(cx, deed, S("duty_agreed")), S("duty"), id_hex(cx, id));
	deed_notice(cx, deed, row->token, yes ? S("agreed") : S("objected"));
	deed_timeline(cx, deed, S("decision"), str_fmt(cx, "%s: %.*s", yes ? "agreed" : "objected", F(words_of(deed, row->rule))), why,
	    S("team"));
	return OK;
}

/* Writes nothing when it is so already. */
enum err
command_be_clerk(struct cx *cx, struct deed *deed)
{
	bool ours;

	TRY(lease_hold(cx, deed->d, LEASE_CLERK, &ours));
	js_set_bool(cx, deed->answer, S("ours"), ours && !deed->d->halt.is);
	return OK;
}

/* What one entry of the clock is about. */
static enum err
clock_on(struct cx *cx, struct deed *deed, struct id case_id, struct str text, struct js **warns)
{
	deed->kase = NEW(cx, struct kase, 1);
	TRY(kase_load(cx, deed->d, case_id, deed->kase));
	deed->case_id = case_id;
	deed->under = UNDER_CASE;
	return js_read(cx, text, warns);
}

/* When a warning is given; NEVER if it does not say. */
static when
warn_at(const struct js *w)
{
	struct moment at;

	return moment_read(js_str(w, S("at")), &at) ? at.at : NEVER;
}

static void
clock_says(struct cx *cx, struct deed *deed, struct id duty, const struct js *warns, struct str words)
{
	struct js *e = deed_did(cx, deed, S("duty_warned"));
	const struct js *next = warns->first;

	while (next && (warn_at(next) == NEVER || warn_at(next) <= cx->now))
		next = next->next;
	js_set_str(cx, e, S("duty"), id_hex(cx, duty));
	js_set_when(cx, e, S("next"), next ? warn_at(next) : NEVER);
	deed_timeline(cx, deed, S("clock"), words, S(""), S("team"));
}

static enum err
warn(struct cx *cx, struct deed *deed, const struct row_duties_due *row)
{
	struct str why = S("due");
	struct js *warns;

	TRY(clock_on(cx, deed, row->case_id, row->warns, &warns));
	for (const struct js *w = warns->first; w; w = w->next) {
		when at = warn_at(w);

		if (at == NEVER || at < row->next_warn || at > cx->now)
			continue;
		why = js_str(w, S("why"));
		deed_notice(cx, deed, js_str(w, S("to")), why);
		deed_notice(cx, deed, row->token, why);
		if (str_eq(why, S("escalate")))
			deed_sight(cx, deed, js_str(w, S("to")), SEES_IT_ALL);
	}
	clock_says(cx, deed, row->duty_id, warns, str_fmt(cx, "%s: %.*s", str_eq(why, S("due")) ? "the time is up" :
	    str_eq(why, S("escalate")) ? "told a deputy that this is still open" : "warned that time is running",
	    F(words_of(deed, row->rule))));
	return OK;
}

/* The clock had run ahead when this was announced, and was put back since: what it moved past is announced again when its
 * time has come. */
static enum err
take_back(struct cx *cx, struct deed *deed, const struct row_duties_ahead *row)
{
	struct js *warns;

	TRY(clock_on(cx, deed, row->case_id, row->warns, &warns));
	clock_says(cx, deed, row->duty_id, warns, str_fmt(cx, "the clock was put back, and warns again when it is time: %.*s",
	    F(words_of(deed, row->rule))));
	return OK;
}

/* The first warning that is due becomes an entry on its case, or the first that was given too early is taken back; `more` says
 * that there are others. */
enum err
command_tick(struct cx *cx, struct deed *deed)
{
	struct row_duties_due *due;
	struct row_duties_ahead *ahead;
	ptrdiff_t n, early = 0;

	TRY(sql_duties_due(cx, deed->d->db, cx->now, 2, &due, &n));
	if (!n)
		TRY(sql_duties_ahead(cx, deed->d->db, cx->now + TOO_EARLY, 2, &ahead, &early));
	js_set_bool(cx, deed->answer, S("more"), n + early > 1);
	return n ? warn(cx, deed, due) : early ? take_back(cx, deed, ahead) : OK;
}
