/* What the API for programs answers with: a case as far as whoever asks may see it, and the queue. */
#include "base/code.h"
#include "desk/ask_report.h"
#include "web/queue.h"
#include "web/site.h"

#define NOTIFY_WITHIN (72 * HOUR) /* UK GDPR Article 33(1), from having become aware */

/* null says that a time is not known; a member left out would say nothing. */
static void
set_time(struct cx *cx, struct js *o, struct str key, when t)
{
	if (t == NEVER)
		js_set(cx, o, key, NEW(cx, struct js, 1));
	else
		js_set_when(cx, o, key, t);
}

static struct js *
add(struct cx *cx, struct js *list)
{
	return js_add(cx, list, js_object(cx));
}

static enum err
answer(struct visit *v, const struct js *j)
{
	turn_answer(v->turn, 200, S("application/json"), js_text(v->turn->cx, j));
	return OK;
}

/* Who did something, by name; the reporter as such, who need not be named. Empty: nobody who is known. */
static enum err
who(struct visit *v, const struct ask_case *c, struct id id, struct str *out)
{
	struct ask_person p;

	*out = S("the reporter");
	if (!id_zero(id) && id_eq(id, c->kase.reporter))
		return OK;
	TRY(ask_person(v->turn->cx, v->desk, id, &p));
	*out = p.name;
	return OK;
}

/* "p:<actor>", "r:<role>" or "r:<role>@<department>" as people call it. */
static enum err
holder_words(struct visit *v, const struct ask_case *c, struct str token, struct str *out)
{
	struct str name, department;
	const struct role *role;
	struct id id;

	if (str_starts(token, S("p:")) && id_read(str_sub(token, 2, token.n), &id))
		return who(v, c, id, out);
	str_cut(str_sub(token, 2, token.n), '@', &name, &department);
	role = v->policy ? policy_role(v->policy, name) : NULL;
	*out = str_fmt(v->turn->cx, "%.*s%s%.*s", F(role ? role->title : name), department.n ? ", " : "",
	    F(department));
	return OK;
}

static enum err
duties_of(struct visit *v, const struct ask_case *c, struct js *list)
{
	bool stub = c->sight < SEES_IT_ALL;
	struct cx *cx = v->turn->cx;

	for (ptrdiff_t i = 0; i < c->n_duties; i++) {
		const struct row_duties_of_case *d = &c->duties[i];
		struct js *o = add(cx, list);
		struct str held_by;

		TRY(holder_words(v, c, d->token, &held_by));
		js_set_str(cx, o, S("id"), id_hex(cx, d->duty_id));
		js_set_str(cx, o, S("rule"), d->rule);
		js_set_str(cx, o, S("clause"), d->clause);
		js_set_str(cx, o, S("do"), d->act);
		js_set_str(cx, o, S("role"), d->role);
		js_set_str(cx, o, S("words"), d->words);
		js_set_str(cx, o, S("state"), d->state);
		if (!stub) /* reasons are made of the facts */
			js_set_str(cx, o, S("because"), d->because);
		js_set_str(cx, o, S("within"), d->within);
		set_time(cx, o, S("arises"), d->arises);
		set_time(cx, o, S("due"), d->due);
		js_set_str(cx, o, S("held_by"), held_by);
		js_set_str(cx, o, S("agree"), d->agree);
		set_time(cx, o, S("agreed_at"), d->agreed_at);
		set_time(cx, o, S("acknowledged_at"), d->told_at);
		set_time(cx, o, S("closed_at"), d->closed_at);
		if (!stub)
			js_set_str(cx, o, S("how"), d->how);
	}
	return OK;
}

static void
clock_add(struct cx *cx, struct js *list, struct str what, when due, struct str state)
{
	struct js *o = add(cx, list);

	js_set_str(cx, o, S("what"), what);
	js_set_when(cx, o, S("due"), due);
	if (str_eq(state, S("open")))
		state = due < cx->now ? S("overdue") : S("running");
	js_set_str(cx, o, S("state"), state);
}

static void
clocks_of(struct visit *v, const struct ask_case *c, struct js *list)
{
	when aware = fact_when(&c->derived, FACT_aware_at);
	struct cx *cx = v->turn->cx;

	if (aware != NEVER)
		clock_add(cx, list, S("72 hours from becoming aware"), aware + NOTIFY_WITHIN,
		    c->kase.row->closed_at == NEVER ? S("open") : S("closed"));
	for (ptrdiff_t i = 0; i < c->n_duties; i++)
		if (c->duties[i].due != NEVER)
			clock_add(cx, list, c->duties[i].words, c->duties[i].due, c->duties[i].state);
}

/* Stated facts say who stated them and in which entry; the others follow from them by category and policy. Together
 * they are what the duties were made from. */
static enum err
facts_of(struct visit *v, const struct ask_case *c, struct js *out)
{
	struct cx *cx = v->turn->cx;
	struct row_report_entry *first;
	struct js *stored, *o;

	TRY(sql_report_entry(cx, v->desk->db, c->kase.id, &first));
	TRY(js_read(cx, c->kase.row->facts.n ? c->kase.row->facts : S("{}"), &stored));
	for (const struct js *f = stored->first; f; f = f->next) {
		struct str by = js_str(f, S("by"));
		struct id id;

		if (id_read(by, &id))
			TRY(who(v, c, id, &by));
		if (!by.n && first && js_int(f, S("seq"), -1) == first->seq)
			by = S("the reporter");
		o = js_set(cx, out, f->key, js_object(cx));
		js_set(cx, o, S("value"), js_share(cx, js_get(f, S("v"))));
		js_set_str(cx, o, S("by"), by);
		js_set_int(cx, o, S("seq"), js_int(f, S("seq"), 0));
	}
	for (const struct js *f = facts_js(cx, &c->derived)->first; f; f = f->next)
		if (!js_get(stored, f->key)) {
			o = js_set(cx, out, f->key, js_object(cx));
			js_set(cx, o, S("value"), js_share(cx, f));
			js_set_str(cx, o, S("by"), S("policy"));
		}
	return OK;
}

static enum err
timeline_of(struct visit *v, const struct ask_case *c, struct js *list)
{
	struct cx *cx = v->turn->cx;

	for (ptrdiff_t i = 0; i < c->n_timeline; i++) {
		const struct row_timeline *t = &c->timeline[i];
		struct js *o = add(cx, list);
		struct str name;

		TRY(who(v, c, t->actor_id, &name));
		if (id_zero(t->actor_id) && str_eq(t->kind, S("report")))
			name = S("the reporter");
		js_set_int(cx, o, S("seq"), t->seq);
		js_set_when(cx, o, S("at"), t->at);
		js_set_str(cx, o, S("kind"), t->kind);
		js_set_str(cx, o, S("who"), name);
		js_set_str(cx, o, S("what"), t->what);
		js_set_str(cx, o, S("words"), t->words);
		js_set_str(cx, o, S("seal"), t->seal);
	}
	return OK;
}

static enum err
messages_of(struct visit *v, const struct ask_case *c, struct js *list)
{
	struct cx *cx = v->turn->cx;

	for (ptrdiff_t i = 0; i < c->n_messages; i++) {
		const struct row_messages *m = &c->messages[i];
		struct js *o = add(cx, list);
		struct str name = S("the reporter");

		if (!m->from_reporter)
			TRY(who(v, c, m->actor_id, &name));
		js_set_str(cx, o, S("id"), id_hex(cx, m->message_id));
		js_set_when(cx, o, S("at"), m->at);
		js_set_str(cx, o, S("kind"), m->kind);
		js_set_bool(cx, o, S("from_reporter"), m->from_reporter);
		js_set_str(cx, o, S("who"), name);
		js_set_str(cx, o, S("words"), m->words);
		set_time(cx, o, S("read_at"), m->read_at);
		js_set_str(cx, o, S("reply"), m->reply);
	}
	return OK;
}

static enum err
files_of(struct visit *v, const struct ask_case *c, struct js *list)
{
	struct cx *cx = v->turn->cx;

	for (ptrdiff_t i = 0; i < c->n_files; i++) {
		const struct row_attachments *f = &c->files[i];
		struct js *o = add(cx, list);
		struct str name;

		TRY(who(v, c, f->actor_id, &name));
		js_set_str(cx, o, S("id"), id_hex(cx, f->object_key));
		js_set_str(cx, o, S("name"), f->name);
		js_set_str(cx, o, S("type"), f->type);
		js_set_int(cx, o, S("size"), f->size);
		js_set_str(cx, o, S("sha256"), hex_of(cx, f->plain.p, f->plain.n));
		js_set_when(cx, o, S("at"), f->at);
		js_set_str(cx, o, S("who"), name);
		js_set_int(cx, o, S("seq"), f->seq);
	}
	return OK;
}

static enum err
whole_case(struct visit *v, const struct ask_case *c)
{
	const struct row_case_get *r = c->kase.row;
	struct js *o = js_object(v->turn->cx);
	struct cx *cx = v->turn->cx;
	struct ask_person owner;

	TRY(ask_person(cx, v->desk, r->owner_id, &owner));
	js_set_str(cx, o, S("ref"), r->ref);
	js_set_str(cx, o, S("state"), r->state);
	js_set_str(cx, o, S("kind"), r->kind);
	js_set_str(cx, o, S("category"), r->category);
	js_set_str(cx, o, S("title"), c->title);
	js_set_str(cx, o, S("narrative"), r->narrative);
	js_set_str(cx, o, S("level"), r->level);
	js_set_str(cx, o, S("department"), r->department);
	js_set_str(cx, o, S("channel"), r->channel);
	js_set_str(cx, o, S("reporter"), r->reporter);
	js_set_when(cx, o, S("received_at"), r->received_at);
	set_time(cx, o, S("reported_at"), r->reported_at);
	set_time(cx, o, S("closed_at"), r->closed_at);
	js_set_str(cx, o, S("owner"), owner.name);
	TRY(facts_of(v, c, js_set(cx, o, S("facts"), js_object(cx))));
	TRY(duties_of(v, c, js_set(cx, o, S("duties"), js_array(cx))));
	clocks_of(v, c, js_set(cx, o, S("clocks"), js_array(cx)));
	TRY(timeline_of(v, c, js_set(cx, o, S("timeline"), js_array(cx))));
	TRY(messages_of(v, c, js_set(cx, o, S("messages"), js_array(cx))));
	TRY(files_of(v, c, js_set(cx, o, S("files"), js_array(cx))));
	return answer(v, o);
}

static enum err
stub_of(struct visit *v, const struct ask_case *c)
{
	struct js *o = js_object(v->turn->cx);
	struct cx *cx = v->turn->cx;

	js_set_str(cx, o, S("ref"), c->kase.ref);
	js_set_str(cx, o, S("state"), c->kase.row->state);
	js_set_when(cx, o, S("received_at"), c->kase.row->received_at);
	js_set_bool(cx, o, S("stub"), true);
	TRY(duties_of(v, c, js_set(cx, o, S("duties"), js_array(cx))));
	return answer(v, o);
}

static void
own_messages(struct cx *cx, const struct ask_report_case *c, struct js *list)
{
	for (ptrdiff_t i = 0; i < c->n_messages; i++) {
		const struct ask_report_message *m = &c->messages[i];
		struct js *o = add(cx, list);

		js_set_str(cx, o, S("id"), id_hex(cx, m->id));
		js_set_when(cx, o, S("at"), m->at);
		js_set_str(cx, o, S("kind"), m->kind);
		js_set_bool(cx, o, S("from_reporter"), m->mine);
		js_set_str(cx, o, S("who"), m->who);
		js_set_str(cx, o, S("words"), m->words);
		set_time(cx, o, S("read_at"), m->read);
		js_set_str(cx, o, S("reply"), m->reply);
	}
}

/* A reporter's own: what the page that follows a report shows, and nothing of what others wrote about it. */
static enum err
own_case(struct visit *v, struct str ref)
{
	struct js *o = js_object(v->turn->cx), *list, *one;
	struct cx *cx = v->turn->cx;
	struct ask_report_case c;

	TRY(ask_report_case(cx, v->desk, &v->who, ref, &c));
	js_set_str(cx, o, S("ref"), c.ref);
	js_set_str(cx, o, S("state"), c.state);
	js_set_str(cx, o, S("kind"), c.kind);
	js_set_str(cx, o, S("category"), c.category);
	js_set_str(cx, o, S("title"), c.title);
	js_set_str(cx, o, S("narrative"), c.narrative);
	js_set_str(cx, o, S("reporter"), c.mode);
	js_set_bool(cx, o, S("own"), true);
	js_set_when(cx, o, S("received_at"), c.received);
	set_time(cx, o, S("closed_at"), c.closed);
	list = js_set(cx, o, S("facts"), js_object(cx));
	for (const struct js *f = facts_js(cx, &c.facts)->first; f; f = f->next) {
		one = js_set(cx, list, f->key, js_object(cx));
		js_set(cx, one, S("value"), js_share(cx, f));
		js_set_str(cx, one, S("by"), S("the reporter"));
		js_set_int(cx, one, S("seq"), c.entry);
	}
	own_messages(cx, &c, js_set(cx, o, S("messages"), js_array(cx)));
	list = js_set(cx, o, S("files"), js_array(cx));
	for (ptrdiff_t i = 0; i < c.n_files; i++) {
		one = add(cx, list);
		js_set_str(cx, one, S("name"), c.files[i].name);
		js_set_int(cx, one, S("size"), c.files[i].size);
		js_set_when(cx, one, S("at"), c.files[i].at);
	}
	return answer(v, o);
}

enum err
api_case(struct visit *v)
{
	static const struct str names[] = { { "before", 6 } };
	struct cx *cx = v->turn->cx;
	struct str before = form_one(cx, &v->turn->query, S("before"));
	int64_t older = INT64_MAX;
	struct ask_case c;

	form_only(cx, &v->turn->query, names, COUNT(names));
	if (before.n && !str_int(before, &older))
		fault_add(cx, S("before"), 0, 0, S("number"), "must be the seq of an entry of the timeline");
	TRY(fault_end(cx));
	TRY(ask_case(cx, v->desk, &v->who, v->args[0], older, &c));
	if (c.sight == SEES_IT_ALL)
		return whole_case(v, &c);
	return c.reporter ? own_case(v, c.kase.ref) : stub_of(v, &c);
}

enum err
api_cases(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct js *o = js_object(cx), *list = js_set(cx, o, S("cases"), js_array(cx)), *one;
	struct ask_filter f;
	struct ask_page found;

	TRY(queue_filter(v, &f));
	TRY(ask_queue(cx, v->desk, &v->who, &f, &found));
	for (ptrdiff_t i = 0; i < found.n; i++) {
		const struct row_case_lines *r = found.rows[i].row;

		one = add(cx, list);
		js_set_str(cx, one, S("ref"), r->ref);
		js_set_str(cx, one, S("title"), r->title);
		js_set_str(cx, one, S("state"), r->state);
		js_set_str(cx, one, S("level"), r->level);
		js_set_str(cx, one, S("category"), r->category);
		js_set_str(cx, one, S("department"), r->department);
		js_set_when(cx, one, S("received_at"), r->received_at);
		set_time(cx, one, S("due"), r->soonest == INT64_MAX ? NEVER : r->soonest);
		js_set_str(cx, one, S("owner"), found.rows[i].owner.name);
		if (found.rows[i].sight < SEES_IT_ALL)
			js_set_bool(cx, one, S("stub"), true);
	}
	if (found.looked)
		js_set_int(cx, o, S("looked"), found.looked);
	if (queue_next(v, &found).n)
		js_set_str(cx, o, S("next"), queue_next(v, &found));
	else
		set_time(cx, o, S("next"), NEVER);
	return answer(v, o);
}
