/* Commands on a case by those who handle it and by its reporter. */
#include "desk/command.h"

#include "base/code.h"

enum { WORDS = 20000, REASON = 2000 };

/* Is this asked by the case's reporter? Who holds a role on the case speaks in that role, even on one's own report. */
static bool
by_reporter(const struct deed *deed)
{
	return !id_zero(deed->who->only_case) || (id_eq(deed->who->id, deed->kase->reporter) && !deed->who->n_roles);
}

static void
tell_reporter(struct cx *cx, struct deed *deed, struct str about)
{
	if (!id_zero(deed->kase->reporter))
		deed_notice(cx, deed, access_token_person(cx, deed->kase->reporter), about);
}

/* Everybody with an open duty on the case that lets them read it. */
static enum err
tell_handlers(struct cx *cx, struct deed *deed, struct str about)
{
	struct row_duties_of_case *rows;
	ptrdiff_t n;

	TRY(sql_duties_of_case(cx, deed->d->db, deed->kase->id, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(rows[i].state, S("open")) && rows[i].level == SEES_IT_ALL)
			deed_notice(cx, deed, rows[i].token, about);
	return OK;
}

enum err
command_add(struct cx *cx, struct deed *deed)
{
	struct str words = deed_text(cx, deed, S("words"), true, WORDS);

	DEED_ONLY(cx, deed, S("words"));
	deed_timeline(cx, deed, S("added"), S("added to the report"), words, S("both"));
	return tell_handlers(cx, deed, S("added"));
}

enum err
command_note(struct cx *cx, struct deed *deed)
{
	DEED_ONLY(cx, deed, S("words"));
	deed_timeline(cx, deed, S("note"), S("wrote a note"), deed_text(cx, deed, S("words"), true, WORDS), S("team"));
	return OK;
}

/* kind: message; instruction (from IT, to be confirmed as read); proposal (of an action when a service level cannot be met,
 * to be agreed or not). */
enum err
command_message(struct cx *cx, struct deed *deed)
{
	struct str words = deed_text(cx, deed, S("words"), true, WORDS), kind = deed_text(cx, deed, S("kind"), false, 40);
	bool mine = by_reporter(deed);
	struct id id = id_new(cx);
	struct js *e;

	DEED_ONLY(cx, deed, S("words"), S("kind"));
	if (!kind.n)
		kind = S("message");
	if (!str_eq(kind, S("message")) && (mine || (!str_eq(kind, S("instruction")) && !str_eq(kind, S("proposal")))))
		fault_add(cx, S("kind"), 0, 0, S("value"), "must be message, instruction or proposal");
	e = deed_did(cx, deed, S("message"));
	js_set_str(cx, e, S("id"), id_hex(cx, id));
	js_set_str(cx, e, S("kind"), kind);
	js_set_bool(cx, e, S("from_reporter"), mine);
	js_set_str(cx, e, S("words"), words);
	deed_timeline(cx, deed, S("message"), mine ? S("replied to the team") : str_eq(kind, S("instruction")) ?
	    S("gave the reporter an instruction") : str_eq(kind, S("proposal")) ? S("warned the reporter and proposed an action") :
	    S("wrote to the reporter"), words, S("both"));
	js_set_str(cx, deed->answer, S("message"), id_hex(cx, id));
	if (mine)
		return tell_handlers(cx, deed, S("message"));
	tell_reporter(cx, deed, S("message"));
	return OK;
}

/* The reporter's yes to a proposal is the agreement that the policy asks for where it names the reporter (S-56). */
static enum err
agree_for_reporter(struct cx *cx, struct deed *deed)
{
	struct row_duties_of_case *rows;
	ptrdiff_t n;

	TRY(sql_duties_of_case(cx, deed->d->db, deed->kase->id, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		const struct role *role = deed->d->policy ? policy_role(deed->d->policy, rows[i].agree) : NULL;

		if (role && role->is == ROLE_REPORTER && str_eq(rows[i].state, S("open")) && rows[i].agreed_at == NEVER)
			js_set_str(cx, deed_did(cx, deed, S("duty_agreed")), S("duty"), id_hex(cx, rows[i].duty_id));
	}
	return OK;
}

enum err
command_message_read(struct cx *cx, struct deed *deed)
{
	struct str reply = deed_text(cx, deed, S("reply"), false, 40);
	struct row_message_get *row;
	struct js *e;
	struct id id;

	DEED_ONLY(cx, deed, S("message"), S("reply"));
	if (!id_read(js_str(deed->args, S("message")), &id))
		return fail(cx, ERR_BAD_INPUT, "message: which one was read?");
	TRY(sql_message_get(cx, deed->d->db, id, &row));
	if (!row || !id_eq(row->case_id, deed->kase->id) || row->from_reporter == by_reporter(deed))
		return fail(cx, ERR_NOT_FOUND, "there is no such message");
	if (reply.n && !str_eq(reply, S("agree")) && !str_eq(reply, S("disagree")))
		fault_add(cx, S("reply"), 0, 0, S("value"), "must be agree or disagree");
	if (row->read_at != NEVER && !reply.n)
		return OK; /* read before: nothing new to record */
	e = deed_did(cx, deed, S("message_read"));
	js_set_str(cx, e, S("id"), id_hex(cx, id));
	js_set_str(cx, e, S("reply"), reply);
	deed_timeline(cx, deed, S("read"), str_eq(reply, S("agree")) ? S("agreed to the proposed action") :
	    reply.n ? S("did not agree to the proposed action") : S("confirmed having read the message"), S(""), S("both"));
	if (str_eq(reply, S("agree")))
		TRY(agree_for_reporter(cx, deed));
	return reply.n ? tell_handlers(cx, deed, S("message")) : OK;
}

/* Facts as stated now: {"set":{name:value or null},"reason"}. A time that starts a statutory clock needs a reason. */
enum err
command_set_facts(struct cx *cx, struct deed *deed)
{
	const struct js *set = js_get(deed->args, S("set"));
	struct str reason = deed_text(cx, deed, S("reason"), false, REASON);
	struct js *known = js_object(cx), *e;
	struct kase *k = deed->kase;
	struct str what = S("");

	DEED_ONLY(cx, deed, S("set"), S("reason"));
	if (!set || set->type != JS_OBJECT || !set->n)
		return fail(cx, ERR_BAD_INPUT, "set: say which facts are stated");
	for (const struct js *f = set->first; f; f = f->next) {
		enum fact fact = fact_of_name(f->key);

		if (f->type != JS_NULL || fact == FACT_none)
			js_set(cx, known, f->key, js_share(cx, f));
		else
			fact_absent(&k->facts, fact);
		if (fact == FACT_aware_at && !reason.n)
			fault_add(cx, S("reason"), 0, 0, S("missing"), "is missing: say why the organisation is taken to have been aware from then");
		what = what.n ? str_fmt(cx, "%.*s, %.*s", F(what), F(fact == FACT_none ? f->key : fact_about(fact)->words)) :
		    fact == FACT_none ? f->key : fact_about(fact)->words;
	}
	facts_read(cx, known, &k->facts);
	policy_facts_check(cx, deed->d->policy, &k->facts);
	TRY(fault_end(cx));
	e = deed_did(cx, deed, S("facts_set"));
	js_set(cx, e, S("set"), js_share(cx, set));
	deed_timeline(cx, deed, S("facts"), str_fmt(cx, "stated: %.*s", F(what)), reason, S("team"));
	return deed_reassess(cx, deed, k);
}

static void
set_state(struct cx *cx, struct deed *deed, struct str state)
{
	if (!str_eq(deed->kase->row->state, state))
		js_set_str(cx, deed_did(cx, deed, S("case_state")), S("state"), state);
}

/* What is it? With reasons, and with what comes next: a triage that leads nowhere is not one (S-16, S-17). */
enum err
command_triage(struct cx *cx, struct deed *deed)
{
	struct str assessed = deed_text(cx, deed, S("assessed"), true, 40), reasons = deed_text(cx, deed, S("reasons"), true, REASON),
	    next = deed_text(cx, deed, S("next"), true, REASON);
	struct kase *k = deed->kase;
	struct js *e, *set = js_object(cx);
	struct value v;

	DEED_ONLY(cx, deed, S("assessed"), S("reasons"), S("next"));
	TRY(fault_end(cx));
	if (value_read(cx, FACT_assessed, assessed, &v) != OK || str_eq(assessed, S("unassessed")))
		return fail(cx, ERR_BAD_INPUT, "assessed: must be incident, weakness, near_miss or not_security");
	fact_set(&k->facts, FACT_assessed, assessed);
	js_set_str(cx, set, S("assessed"), assessed);
	if (str_eq(assessed, S("weakness"))) {
		fact_set(&k->facts, FACT_kind, S("weakness"));
		js_set_str(cx, set, S("kind"), S("weakness"));
	}
	e = deed_did(cx, deed, S("facts_set"));
	js_set(cx, e, S("set"), set);
	set_state(cx, deed, S("assessing"));
	deed_timeline(cx, deed, S("decision"), str_fmt(cx, "decided that this is %s", str_eq(assessed, S("incident")) ? "an incident" :
	    str_eq(assessed, S("weakness")) ? "a weakness" : str_eq(assessed, S("near_miss")) ? "a near miss" : "not a security incident"),
	    str_fmt(cx, "%.*s\n\nNext: %.*s", F(reasons), F(next)), S("team"));
	tell_reporter(cx, deed, S("progress"));
	return deed_reassess(cx, deed, k);
}

enum err
command_assign(struct cx *cx, struct deed *deed)
{
	struct str person = deed_text(cx, deed, S("person"), true, 200);
	struct row_person_of *row;
	struct str token;
	struct js *e;

	DEED_ONLY(cx, deed, S("person"));
	TRY(fault_end(cx));
	TRY(sql_person_of(cx, deed->d->db, person, &row));
	if (!row || !row->active)
		return fail(cx, ERR_BAD_INPUT, "person: nobody called “%.*s” is in the directory", F(person));
	token = access_token_person(cx, row->actor_id);
	js_set_str(cx, deed_did(cx, deed, S("case_owner")), S("actor"), id_hex(cx, row->actor_id));
	deed_sight(cx, deed, token, SEES_IT_ALL);
	deed_notice(cx, deed, token, S("assigned"));
	e = deed_timeline(cx, deed, S("assigned"), S("assigned this to"), S(""), S("team"));
	js_set_str(cx, e, S("whom"), id_hex(cx, row->actor_id));
	deed->asked = js_object(cx); /* content names people by their actor's id alone */
	return OK;
}

/* A case closes when nothing is owed any more. */
enum err
command_close(struct cx *cx, struct deed *deed)
{
	struct str reason = deed_text(cx, deed, S("reason"), true, REASON), words = deed_text(cx, deed, S("to_reporter"), false, REASON);
	struct row_duties_of_case *rows;
	ptrdiff_t n, open = 0;

	DEED_ONLY(cx, deed, S("reason"), S("to_reporter"));
	TRY(fault_end(cx));
	if (str_eq(deed->kase->row->state, S("closed")))
		return fail(cx, ERR_CONFLICT, "%.*s is closed already", F(deed->kase->ref));
	TRY(sql_duties_of_case(cx, deed->d->db, deed->kase->id, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		open += str_eq(rows[i].state, S("open"));
	if (open)
		return fail(cx, ERR_CONFLICT, "%td %s still open: each must be done, or said to be not needed, before the case closes",
		    open, open == 1 ? "duty is" : "duties are");
	if (fact_is(&deed->kase->facts, FACT_assessed, S("unassessed")))
		return fail(cx, ERR_CONFLICT, "nobody has decided yet what this is: do that first, with reasons");
	set_state(cx, deed, S("closed"));
	deed_timeline(cx, deed, S("closed"), S("closed the case"), reason, S("team"));
	if (words.n) {
		struct js *e = deed_did(cx, deed, S("message"));

		js_set_str(cx, e, S("id"), id_hex(cx, id_new(cx)));
		js_set_str(cx, e, S("kind"), S("message"));
		js_set_bool(cx, e, S("from_reporter"), false);
		js_set_str(cx, e, S("words"), words);
	}
	tell_reporter(cx, deed, S("closed"));
	return OK;
}

enum err
command_reopen(struct cx *cx, struct deed *deed)
{
	struct str reason = deed_text(cx, deed, S("reason"), true, REASON);

	DEED_ONLY(cx, deed, S("reason"));
	TRY(fault_end(cx));
	if (!str_eq(deed->kase->row->state, S("closed")))
		return fail(cx, ERR_CONFLICT, "%.*s is not closed", F(deed->kase->ref));
	set_state(cx, deed, S("assessing"));
	deed_timeline(cx, deed, S("reopened"), S("opened the case again"), reason, S("team"));
	tell_reporter(cx, deed, S("progress"));
	return deed_reassess(cx, deed, deed->kase);
}

enum err
command_reassess(struct cx *cx, struct deed *deed)
{
	DEED_ONLY(cx, deed, S("reason"));
	TRY(deed_reassess(cx, deed, deed->kase));
	if (deed->did->n)
		deed_timeline(cx, deed, S("reassessed"), S("evaluated the policy again"), js_str(deed->args, S("reason")), S("team"));
	return OK;
}
