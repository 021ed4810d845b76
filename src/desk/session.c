/* Signing in and out: passwords by the gate, one-time links, receipts; drafts and what else is state and not record. */
#include "desk/command.h"

#include "core/receipt.h"
#include "base/code.h"
#include "sys/password.h"
#include "sys/token.h"

#define SESSION_IDLE (8 * HOUR)
#define FOLLOW_IDLE (1 * HOUR)
#define DRAFT_KEPT (7 * DAY)
#define LOCKED_FOR (15 * MINUTE)
enum { TRIES = 10, PASSWORD_LEAST = 12, DRAFT_MOST = 200000 };

static enum err
start_session(struct cx *cx, struct deed *deed, struct id actor, struct id only_case, enum auth_method method)
{
	struct token t = token_make(cx), csrf = token_make(cx);
	when ends = cx->now + (id_zero(only_case) ? SESSION_IDLE : FOLLOW_IDLE);

	js_set_str(cx, deed->answer, S("session"), t.text);
	js_set_when(cx, deed->answer, S("ends"), ends);
	return sql_session_add(cx, deed->d->db, hash_str(&t.stored), actor, only_case, method, 1, csrf.text, cx->now, ends);
}

/* Whoever that is: a person's id or a whole address. NULL when nobody, or not exactly one. */
static enum err
person_called(struct cx *cx, struct db *db, struct str login, struct id *out)
{
	struct row_person_of_email *byemail;
	struct row_person_of *row;
	ptrdiff_t n;

	*out = (struct id){ { 0 } };
	TRY(sql_person_of(cx, db, login, &row));
	if (row && row->active)
		*out = row->actor_id;
	if (row)
		return OK;
	TRY(sql_person_of_email(cx, db, str_lower(cx, login), &byemail, &n));
	if (n == 1 && byemail[0].active && byemail[0].person.n)
		*out = byemail[0].actor_id;
	return OK;
}

enum err
desk_gate_question(struct cx *cx, struct desk *d, struct str request, struct str *question)
{
	struct js *r, *q = js_object(cx);
	const struct js *args;
	struct row_password_get *had = NULL;
	struct credential cred = { 0 };
	struct actor who;
	struct id actor;
	bool check;

	*question = S("");
	if (str_find(request, S("sign_in")) < 0 && str_find(request, S("set_password")) < 0)
		return OK; /* without reading it: nearly always */
	if (js_read(cx, request, &r) != OK)
		return OK; /* desk_do says what is wrong with it */
	args = js_get(r, S("args"));
	check = str_eq(js_str(r, S("command")), S("sign_in"));
	if (!check && !str_eq(js_str(r, S("command")), S("set_password")))
		return OK;
	if (check) {
		TRY(person_called(cx, d->db, js_str(args, S("login")), &actor));
	} else {
		cred.session = js_str(js_get(r, S("as")), S("session"));
		TRY(access_who(cx, d->db, d->policy, &cred, &who));
		actor = who.id;
	}
	if (check && !id_zero(actor))
		TRY(sql_password_get(cx, d->db, actor, &had));
	js_set_str(cx, q, S("do"), check ? S("check") : S("seal"));
	js_set_str(cx, q, S("actor"), id_hex(cx, actor));
	js_set_str(cx, q, S("password"), js_str(args, S("password")));
	js_set_str(cx, q, S("sealed"), had ? hex_of(cx, had->sealed.p, had->sealed.n) : S(""));
	*question = js_text(cx, q);
	return OK;
}

enum err
desk_gate_work(struct cx *cx, const uint8_t key[32], struct str question, struct str *answer)
{
	struct js *q, *a = js_object(cx);
	struct str sealed, password, actor;
	uint8_t *blob;

	TRY(js_read(cx, question, &q));
	sealed = js_str(q, S("sealed"));
	password = js_str(q, S("password"));
	actor = js_str(q, S("actor"));
	blob = NEW(cx, uint8_t, sealed.n / 2 + 1);
	if (str_eq(js_str(q, S("do")), S("check"))) {
		struct password_check c = { 0 };

		if (!hex_read(sealed, blob, sealed.n / 2))
			sealed = S("");
		if (password.n && password.n <= PASSWORD_MAX)
			TRY(password_check(cx, key, (struct str){ (char *)blob, sealed.n / 2 }, password, actor, (struct password_cost){ 0, 0 }, &c));
		js_set_bool(cx, a, S("holds"), c.holds && sealed.n);
	} else if (password.n && password.n <= PASSWORD_MAX) {
		TRY(password_seal(cx, key, password, actor, (struct password_cost){ 0, 0 }, &sealed));
		js_set_str(cx, a, S("sealed"), hex_of(cx, sealed.p, sealed.n));
	}
	*answer = js_text(cx, a);
	return OK;
}

enum err
desk_gate_verdict(struct cx *cx, struct str answer, struct verdict *out)
{
	struct js *a;

	TRY(js_read(cx, answer, &a));
	*out = (struct verdict){ .holds = js_true(a, S("holds")) };
	out->sealed = hex_read(js_str(a, S("sealed")), out->blob, PASSWORD_BLOB);
	return OK;
}

/* What the gate says of this command: asked before, or asked here where one process is both. */
static enum err
verdict_of(struct cx *cx, struct deed *deed, struct verdict *out)
{
	struct js *r = js_object(cx);
	struct str question, answer;

	if (deed->d->verdict) {
		*out = *deed->d->verdict;
		return OK;
	}
	if (!deed->d->is_gate)
		return fail(cx, ERR_BUSY, "passwords cannot be checked just now");
	js_set_str(cx, r, S("command"), deed->name);
	js_set(cx, r, S("args"), js_share(cx, deed->args));
	TRY(desk_gate_question(cx, deed->d, js_text(cx, r), &question));
	TRY(desk_gate_work(cx, deed->d->gate_key, question, &answer));
	return desk_gate_verdict(cx, answer, out);
}

/* A refusal is an answer, not an error: the count of tries must stay. */
enum err
command_sign_in(struct cx *cx, struct deed *deed)
{
	struct row_password_get *had = NULL;
	struct verdict v;
	struct id actor;

	DEED_ONLY(cx, deed, S("login"), S("password"));
	TRY(fault_end(cx));
	TRY(person_called(cx, deed->d->db, js_str(deed->args, S("login")), &actor));
	TRY(verdict_of(cx, deed, &v));
	if (!id_zero(actor))
		TRY(sql_password_get(cx, deed->d->db, actor, &had));
	if (had && had->locked != NEVER && had->locked > cx->now) {
		js_set_str(cx, deed->answer, S("refused"), S("locked"));
		return OK;
	}
	if (!had || !v.holds) {
		js_set_str(cx, deed->answer, S("refused"), S("wrong"));
		return had ? sql_password_tried(cx, deed->d->db, actor, had->failed + 1,
		    (had->failed + 1) % TRIES == 0 ? cx->now + LOCKED_FOR : NEVER) : OK;
	}
	if (had->failed)
		TRY(sql_password_tried(cx, deed->d->db, actor, 0, NEVER));
	return start_session(cx, deed, actor, (struct id){ { 0 } }, AUTH_PASSWORD);
}

enum err
command_set_password(struct cx *cx, struct deed *deed)
{
	struct str password = js_str(deed->args, S("password")), blob;
	struct verdict v;

	DEED_ONLY(cx, deed, S("password"));
	if (utf8_count(password) < PASSWORD_LEAST || password.n > PASSWORD_MAX)
		fault_add(cx, S("password"), 0, 0, S("length"), "must have at least %d characters; three random words are good", PASSWORD_LEAST);
	TRY(fault_end(cx));
	if (deed->d->is_gate && !deed->d->verdict) {
		TRY(password_seal(cx, deed->d->gate_key, password, id_hex(cx, deed->who->id), (struct password_cost){ 0, 0 }, &blob));
	} else {
		TRY(verdict_of(cx, deed, &v));
		if (!v.sealed)
			return fail(cx, ERR_BUSY, "the password could not be sealed; try again");
		blob = (struct str){ (char *)v.blob, PASSWORD_BLOB };
	}
	/* whoever chooses a new one may have cause to: nobody else stays signed in as them */
	TRY(sql_session_end_others(cx, deed->d->db, deed->who->id, hash_str(&deed->who->session)));
	return sql_password_set(cx, deed->d->db, deed->who->id, blob);
}

enum err
command_use_link(struct cx *cx, struct deed *deed)
{
	struct row_link_get *row = NULL;
	struct hash stored;

	DEED_ONLY(cx, deed, S("link"));
	if (token_read(cx, js_str(deed->args, S("link")), &stored))
		TRY(sql_link_get(cx, deed->d->db, hash_str(&stored), &row));
	if (!row || row->ends <= cx->now)
		return fail(cx, ERR_NOT_FOUND, "this link is not valid any more: it works once and for a short time. Ask for another");
	TRY(sql_link_end(cx, deed->d->db, hash_str(&stored)));
	js_set_str(cx, deed->answer, S("purpose"), row->purpose);
	return start_session(cx, deed, row->actor_id, (struct id){ { 0 } }, AUTH_EMAIL);
}

enum err
command_follow(struct cx *cx, struct deed *deed)
{
	struct str ref, code;
	struct row_case_get *kase = NULL;
	struct row_receipt_get *row = NULL;
	struct hash stored;

	DEED_ONLY(cx, deed, S("ref"), S("code"));
	if (!receipt_ref_read(cx, desk_setting(deed->d, S("prefix"), S("INC")), js_str(deed->args, S("ref")), &ref))
		fault_add(cx, S("ref"), 0, 0, S("ref"), "is not a reference of ours: please check each character");
	if (!receipt_code_read(cx, js_str(deed->args, S("code")), &code))
		fault_add(cx, S("code"), 0, 0, S("code"), "is not complete: the code has 16 letters and digits");
	TRY(fault_end(cx));
	stored = keys_code(&deed->d->keys, code);
	TRY(sql_receipt_get(cx, deed->d->db, hash_str(&stored), &row));
	if (row)
		TRY(sql_case_get(cx, deed->d->db, row->case_id, &kase));
	if (!kase || !str_eq(kase->ref, ref))
		return fail(cx, ERR_NOT_FOUND, "we have no report with this reference and code together");
	js_set_str(cx, deed->answer, S("ref"), ref);
	return start_session(cx, deed, kase->reporter_id, row->case_id, AUTH_RECEIPT_CODE);
}

enum err
command_sign_out(struct cx *cx, struct deed *deed)
{
	return hash_zero(deed->who->session) ? OK : sql_session_end(cx, deed->d->db, hash_str(&deed->who->session));
}

enum err
command_touch(struct cx *cx, struct deed *deed)
{
	if (hash_zero(deed->who->session))
		return OK;
	return sql_session_touch(cx, deed->d->db, hash_str(&deed->who->session), cx->now,
	    cx->now + (id_zero(deed->who->only_case) ? SESSION_IDLE : FOLLOW_IDLE));
}

/* {"draft":token of the browser, "words":text or nothing to forget it} */
enum err
command_draft(struct cx *cx, struct deed *deed)
{
	struct str words = js_str(deed->args, S("words"));
	struct hash stored;

	DEED_ONLY(cx, deed, S("draft"), S("words"));
	if (!token_read(cx, js_str(deed->args, S("draft")), &stored))
		return fail(cx, ERR_BAD_INPUT, "draft: is not one of ours");
	if (words.n > DRAFT_MOST)
		return fail(cx, ERR_TOO_BIG, "words: a draft of %td bytes is too long", words.n);
	return words.n ? sql_draft_set(cx, deed->d->db, hash_str(&stored), words, cx->now + DRAFT_KEPT) :
	    sql_draft_end(cx, deed->d->db, hash_str(&stored));
}

enum err
command_make_link(struct cx *cx, struct deed *deed)
{
	struct str person = deed_text(cx, deed, S("person"), true, 200);
	int64_t minutes = js_int(deed->args, S("minutes"), 60);
	struct row_person_of *row;
	struct token t;

	DEED_ONLY(cx, deed, S("person"), S("minutes"));
	TRY(fault_end(cx));
	TRY(sql_person_of(cx, deed->d->db, person, &row));
	if (!row || !row->active)
		return fail(cx, ERR_NOT_FOUND, "nobody called “%.*s” is in the directory", F(person));
	if (minutes < 1 || minutes > 7 * DAY / MINUTE)
		return fail(cx, ERR_BAD_INPUT, "minutes: must be 1 to 10080");
	t = token_make(cx);
	js_set_str(cx, deed->answer, S("link"), t.text);
	return sql_link_add(cx, deed->d->db, hash_str(&t.stored), row->actor_id, S("sign_in"), cx->now + minutes * MINUTE);
}

enum err
command_add_token(struct cx *cx, struct deed *deed)
{
	struct str person = deed_text(cx, deed, S("person"), true, 200);
	struct row_person_of *row;
	struct token t;

	DEED_ONLY(cx, deed, S("person"));
	TRY(fault_end(cx));
	TRY(sql_person_of(cx, deed->d->db, person, &row));
	if (!row || !row->active)
		return fail(cx, ERR_NOT_FOUND, "nobody called “%.*s” is in the directory: see `tocsin person list`", F(person));
	t = token_make(cx);
	js_set_str(cx, deed->answer, S("token"), t.text);
	return sql_api_token_add(cx, deed->d->db, hash_str(&t.stored), row->actor_id, cx->now);
}

/* What the clerk says of mail: {"upto":seq} of notices looked at, or {"notice","address","seq","tries","state","words","wait"}. */
enum err
command_delivered(struct cx *cx, struct deed *deed)
{
	struct str state = js_str(deed->args, S("state"));
	int64_t upto = js_int(deed->args, S("upto"), -1), wait = js_int(deed->args, S("wait"), 0);
	struct id notice;

	DEED_ONLY(cx, deed, S("upto"), S("notice"), S("address"), S("seq"), S("tries"), S("state"), S("words"), S("wait"));
	TRY(fault_end(cx));
	if (upto >= 0)
		return sql_meta_set(cx, deed->d->db, S("mailed_upto"), str_fmt(cx, "%lld", (long long)upto));
	if (!id_read(js_str(deed->args, S("notice")), &notice))
		return fail(cx, ERR_BAD_INPUT, "notice: which one?");
	return sql_delivery_set(cx, deed->d->db, notice, js_str(deed->args, S("address")), js_int(deed->args, S("seq"), 0),
	    js_int(deed->args, S("tries"), 1),
	    str_eq(state, S("later")) ? cx->now + wait * SECOND : NEVER, state, js_str(deed->args, S("words")));
}

/* {"notice","address","how": "again" or "told"} */
enum err
command_undelivered(struct cx *cx, struct deed *deed)
{
	struct str address = deed_text(cx, deed, S("address"), true, 254), how = js_str(deed->args, S("how"));
	struct row_delivery_get *row = NULL;
	struct id notice = { { 0 } };

	DEED_ONLY(cx, deed, S("notice"), S("address"), S("how"));
	TRY(fault_end(cx));
	if (!str_eq(how, S("again")) && !str_eq(how, S("told")))
		return fail(cx, ERR_BAD_INPUT, "how: must be again or told");
	if (id_read(js_str(deed->args, S("notice")), &notice))
		TRY(sql_delivery_get(cx, deed->d->db, notice, address, &row));
	if (!row || !str_eq(row->state, S("dead")))
		return fail(cx, ERR_NOT_FOUND, "no such notice waits: somebody has settled it already");
	/* the row is there, so its seq stays as it is */
	return str_eq(how, S("told")) ? sql_delivery_set(cx, deed->d->db, notice, address, 0, row->tries, NEVER, S("told"), row->last) :
	    sql_delivery_set(cx, deed->d->db, notice, address, 0, 0, cx->now, S("later"), row->last);
}

enum err
command_sweep(struct cx *cx, struct deed *deed)
{
	TRY(deed_uploads_sweep(cx, deed->d));
	TRY(sql_session_sweep(cx, deed->d->db, cx->now));
	TRY(sql_link_sweep(cx, deed->d->db, cx->now));
	TRY(sql_draft_sweep(cx, deed->d->db, cx->now));
	return sql_answer_sweep(cx, deed->d->db, cx->now - 7 * DAY);
}
