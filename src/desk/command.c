/* How a command becomes an entry: who asks, may they, is it new, do it, append, apply, answer. */
#include "desk/command.h"

#include "base/code.h"
#include "core/receipt.h"
#include "desk/halt.h"
#include "desk/lease.h"
#include "store/effect.h"
#include "sys/sealed.h"

const struct command commands[] = {
#define COMMAND(name, need, kind, does) { { #name, sizeof #name - 1 }, { does, sizeof does - 1 }, NEED_##need, KIND_##kind, command_##name },
#include "desk/command.def"
#undef COMMAND
};
const ptrdiff_t commands_count = COUNT(commands);

static enum err
command_find(struct cx *cx, struct str name, const struct command **out)
{
	struct str names[COUNT(commands)], near;

	for (ptrdiff_t i = 0; i < COUNT(commands); i++) {
		names[i] = commands[i].name;
		if (str_eq(names[i], name)) {
			*out = &commands[i];
			return OK;
		}
	}
	near = str_nearest(name, names, COUNT(commands));
	return fail(cx, ERR_BAD_INPUT, "there is no command “%.*s”%s%.*s%s", F(name), near.n ? "; did you mean “" : "", F(near),
	    near.n ? "”?" : "");
}

/* The case that the request names, and whether this actor may do on it what the command needs. */
static enum err
case_for(struct cx *cx, struct deed *deed, const struct command *c, struct str ref)
{
	struct row_case_id_of_ref *row = NULL;
	enum sight_level sight = SEES_NOTHING;
	struct id case_id = deed->who->only_case;
	bool reporter = false;

	if (ref.n) {
		struct str prefix = desk_setting(deed->d, S("prefix"), S("INC")), tidy;

		if (receipt_ref_read(cx, prefix, ref, &tidy))
			TRY(sql_case_id_of_ref(cx, deed->d->db, tidy, &row));
		if (!row) /* a reference given under another pack keeps that pack's prefix */
			TRY(sql_case_id_of_ref(cx, deed->d->db, ref, &row));
		if (!row)
			return fail(cx, ERR_NOT_FOUND, "there is no such case");
		if (!id_zero(case_id) && !id_eq(case_id, row->case_id))
			return fail(cx, ERR_NOT_FOUND, "there is no such case");
		case_id = row->case_id;
	}
	if (!id_zero(case_id)) {
		deed->kase = NEW(cx, struct kase, 1);
		TRY(kase_load(cx, deed->d, case_id, deed->kase));
		TRY(access_sight(cx, deed->d->db, deed->who, case_id, &sight));
		reporter = id_eq(deed->who->only_case, case_id) ||
		    (!id_zero(deed->who->id) && id_eq(deed->who->id, deed->kase->reporter));
		deed->case_id = case_id;
	}
	if (access_may(c->need, deed->who, sight, reporter))
		return OK;
	if (id_zero(deed->who->id) && !deed->who->local)
		return fail(cx, ERR_WHO, "sign in first: this needs %.*s", F(access_need_words(c->need)));
	if (ref.n || c->need == NEED_CASE || c->need == NEED_STUB || c->need == NEED_REPORTER)
		return fail(cx, ERR_NOT_FOUND, "there is no such case");
	return fail(cx, ERR_DENIED, "this needs %.*s", F(access_need_words(c->need)));
}

static enum err
append_and_apply(struct cx *cx, struct desk *d, struct journal_entry *e, const struct js *content)
{
	struct applied a = { .db = d->db, .at = cx->now, .case_id = e->case_id, .actor_id = e->actor_id };

	e->content = js_text(cx, content);
	TRY(journal_append(cx, &d->journal, e));
	a.seq = e->place;
	a.leaf = e->leaf;
	return effect_apply(cx, &a, content);
}

static struct js *
content_of(struct cx *cx, struct str kind, struct js *asked, struct str said, struct js *did)
{
	struct js *c = js_object(cx);

	js_set_int(cx, c, S("v"), 1);
	js_set_str(cx, c, S("kind"), kind);
	js_set(cx, c, S("asked"), asked);
	if (said.n)
		js_set_str(cx, c, S("said"), said);
	js_set(cx, c, S("did"), did);
	return c;
}

/* What the desk keeps in memory and an effect changes is read again. Of people only those of the directory hold roles. */
static void
forget(struct desk *d, const struct js *effect)
{
	struct str e = js_str(effect, S("e"));

	if (str_eq(e, S("setting")) || str_eq(e, S("policy")))
		d->fresh = false;
	if (str_eq(e, S("role_given")) || str_eq(e, S("role_taken")) || (str_eq(e, S("person")) && js_str(effect, S("person")).n))
		d->held.known = false;
}

/* The entries of a deed: new identities first, each alone under a key of its own, then the one the command makes. */
static enum err
deed_enter(struct cx *cx, struct deed *deed)
{
	struct journal_entry e = { .actor_id = deed->who->id, .method = deed->who->method, .level = deed->who->level };
	struct desk *d = deed->d;

	for (struct js *i = deed->identities->first; i; i = i->next) {
		struct js *did = js_array(cx);

		forget(d, i);
		js_add(cx, did, i);
		e.kind = KIND_IDENTITY;
		e.under = UNDER_PERSON;
		TRY(append_and_apply(cx, d, &e, content_of(cx, S("identity"), js_object(cx), S(""), did)));
	}
	if (deed->did->n == 0)
		return OK;
	for (const struct js *f = deed->did->first; f; f = f->next)
		forget(d, f);
	e.kind = deed->kind;
	e.under = deed->under;
	e.case_id = deed->case_id;
	e.salted = deed->salted;
	memcpy(e.salt, deed->salt, sizeof e.salt);
	TRY(append_and_apply(cx, d, &e, content_of(cx, deed->name, deed->asked, deed->said, deed->did)));
	deed->seq = e.seq;
	deed->place = e.place;
	deed->leaf = e.leaf;
	return OK;
}

/* JSON may hold a NUL and nothing here can keep one: refused by name wherever it stands. */
static void
refuse_nul(struct cx *cx, const struct js *j, struct str field)
{
	if (j->type == JS_STR && str_index(j->str, 0) >= 0)
		fault_add(cx, field, 0, 0, S("nul"), "holds a NUL character, which cannot be kept");
	for (const struct js *m = j->first; m; m = m->next)
		refuse_nul(cx, m, !m->key.n ? field : field.n ? str_fmt(cx, "%.*s.%.*s", F(field), F(m->key)) : m->key);
}

/* A clerk that was stopped for long must not undo what another node's clerk has noted meanwhile. */
static enum err
clerk_may(struct cx *cx, struct desk *d, const struct command *c, const struct actor *who)
{
	bool ours;

	if (c->need != NEED_CLERK || !who->clerk || c->run == command_be_clerk)
		return OK;
	TRY(lease_hold(cx, d, LEASE_CLERK, &ours));
	return ours ? OK : fail(cx, ERR_CONFLICT, "another node has the clerk now");
}

static enum err
deed_run(struct cx *cx, struct desk *d, const struct js *request, const struct actor *who, struct id id, struct js **answer)
{
	struct js *none = js_object(cx);
	const struct js *args = js_get(request, S("args"));
	struct deed deed = { .d = d, .who = who, .command = id, .args = args ? args : none, .asked = (struct js *)(args ? args : none),
		.did = js_array(cx), .identities = js_array(cx), .answer = js_object(cx) };
	const struct command *c = NULL;

	if (deed.args->type != JS_OBJECT)
		return fail(cx, ERR_BAD_INPUT, "args: must be an object");
	refuse_nul(cx, deed.args, S(""));
	TRY(fault_end(cx));
	TRY(command_find(cx, js_str(request, S("command")), &c));
	if (d->halt.is && c->kind != KIND_NONE)
		return halt_refuse(cx, d);
	deed.name = c->name;
	deed.kind = (enum kind)c->kind;
	TRY(case_for(cx, &deed, c, js_str(request, S("case"))));
	TRY(clerk_may(cx, d, c, who));
	deed.under = id_zero(deed.case_id) ? UNDER_SYSTEM : UNDER_CASE;
	TRY(c->run(cx, &deed));
	TRY(fault_end(cx));
	TRY(deed_enter(cx, &deed));
	if (deed.after)
		TRY(deed.after(cx, &deed));
	*answer = deed.answer;
	return OK;
}

/* Everything of one command that may fail. */
struct attempt {
	struct desk *d;
	struct str request;
	bool local, clerk;
	struct js *answer;
	struct id id;
	struct hash hash;
	struct str text;             /* the answer as it is given */
};

/* The code of a report is never stored: it is made again from the command's id, whenever the same form comes back. */
static enum err
answered(struct cx *cx, struct attempt *t)
{
	struct js *all = js_object(cx);

	if (js_true(t->answer, S("has_code")) && !id_zero(t->id))
		js_set_str(cx, t->answer, S("code"), desk_code(cx, t->d, t->id));
	js_set(cx, all, S("ok"), t->answer);
	t->text = js_text(cx, all);
	return t->text.n <= DESK_ANSWER ? OK : fail(cx, ERR_TOO_BIG, "the answer to this is too long");
}

/* Answers hand out sessions, links and tokens, and requests bring passwords: of both only that is kept which says nothing to
 * whoever reads the database without the root key. */
static struct hash
kept(const struct attempt *t, struct str as, struct hash what)
{
	struct hash h = HASH(as, (struct str){ (const char *)t->id.b, sizeof t->id.b }, hash_str(&what));

	return hash_keyed((struct str){ (const char *)t->d->keys.root, 32 }, hash_str(&h));
}

/* `place` is 0 where there is no entry. */
static enum err
answer_keep(struct cx *cx, const struct attempt *t, int64_t place)
{
	struct hash key = kept(t, S("tocsin/v1/answer\n"), (struct hash){ { 0 } });

	return sql_answer_add(cx, t->d->db, t->id, hash_str(&t->hash), sealed_make(cx, key.b, js_text(cx, t->answer)), cx->now,
	    place);
}

static enum err
answer_again(struct cx *cx, struct attempt *t, struct str answer)
{
	struct hash key = kept(t, S("tocsin/v1/answer\n"), (struct hash){ { 0 } });

	if (!sealed_open(cx, key.b, answer, &answer))
		return fail(cx, ERR_TAMPERED, "the answer that was given is not what it was");
	TRY(js_read(cx, answer, &t->answer));
	return answered(cx, t);
}

static enum err
attempt(struct cx *cx, void *arg)
{
	static const struct str fields[] = { { "id", 2 }, { "command", 7 }, { "case", 4 }, { "as", 2 }, { "args", 4 } };
	struct attempt *t = arg;
	const struct js *as;
	struct credential cred = { .local = t->local, .clerk = t->clerk };
	struct journal *j = &t->d->journal;
	uint64_t size = j->tree.size;
	struct row_answer_get *had;
	struct actor who;
	struct js *request;
	struct str id;

	TRY(js_read(cx, t->request, &request));
	if (request->type != JS_OBJECT)
		return fail(cx, ERR_BAD_INPUT, "a command must be a JSON object");
	js_only(cx, request, fields, COUNT(fields));
	TRY(fault_end(cx));
	id = js_str(request, S("id"));
	if (id.n && !id_read(id, &t->id))
		return fail(cx, ERR_BAD_INPUT, "id: must be 32 hexadecimal digits");
	as = js_get(request, S("as"));
	if (!t->local && !t->clerk) {
		cred.session = js_str(as, S("session"));
		cred.token = js_str(as, S("token"));
	}
	t->hash = HASH(js_str(request, S("command")), S("\n"), js_str(request, S("case")), S("\n"), cred.session, S("\n"),
	    js_get(request, S("args")) ? js_text(cx, js_get(request, S("args"))) : S(""));
	t->hash = kept(t, S("tocsin/v1/request\n"), t->hash);
	if (!id_zero(t->id)) {
		TRY(sql_answer_get(cx, t->d->db, t->id, &had));
		if (had && !str_eq(had->request, hash_str(&t->hash)))
			return fail(cx, ERR_CONFLICT, "this command id was used for another request");
		if (had)
			return answer_again(cx, t, had->answer);
	}
	TRY(desk_refresh(cx, t->d));
	TRY(access_who(cx, t->d->db, t->d->policy, &cred, &who));
	TRY(deed_run(cx, t->d, request, &who, t->id, &t->answer));
	if (!id_zero(t->id))
		TRY(answer_keep(cx, t, j->tree.size == size ? 0 : j->first + (int64_t)j->tree.size));
	return answered(cx, t);
}

struct refusal { enum err e; struct str text; };

static enum err
refuse(struct cx *cx, void *arg)
{
	struct refusal *r = arg;

	r->text = js_text(cx, desk_error(cx, r->e));
	return OK;
}

/* Why not, as the answer. The faults lie in what the attempt has left of the turn's memory; when that is too little to
 * say them, it is given back and less is said. */
static struct str
refused(struct cx *cx, struct mark m, enum err e)
{
	struct refusal r = { .e = e };

	if (cx_run(cx, refuse, &r) != OK) {
		cx_back(cx, m);
		r.text = js_text(cx, desk_error(cx, e));
	}
	cx->faults = NULL;
	cx->n_faults = 0;
	return r.text;
}

enum err
desk_do(struct cx *cx, struct desk *d, struct str request, bool local, bool clerk, struct str *answer)
{
	struct attempt t = { .d = d, .request = request, .local = local, .clerk = clerk };
	struct journal was = d->journal;
	struct mark m = cx_mark(cx);
	int64_t before = db_rows_written(d->db);
	enum err e;

	e = cx_run(cx, attempt, &t);
	if (e == OK) {
		*answer = t.text;
		return OK;
	}
	d->fresh = false; /* what was read of settings may be undone */
	/* A refusal comes before anything has changed, so a batch needs no savepoint for each command: their copies of pages
	 * were a fifth of a report. What fails later takes the batch with it, and batch.h does the others again; so does a full
	 * disk, and after a sync that failed nothing is known. */
	if (e == ERR_SYNC || !db_in_batch(d->db) || db_rows_written(d->db) != before)
		return e;
	*answer = refused(cx, m, e);
	d->journal = was;
	return OK;
}

enum err
desk_do_now(struct cx *cx, struct desk *d, const struct js *request, bool local, struct js **answer)
{
	struct str text = js_text(cx, request);
	enum err e;

	TRY(desk_begin(cx, d));
	e = desk_do(cx, d, text, local, false, &text);
	if (e != OK) {
		desk_undo(d);
		return e;
	}
	TRY(desk_end(cx, d));
	TRY(desk_refresh(cx, d));
	return desk_answer(cx, text, answer);
}
