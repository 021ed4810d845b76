/* A reporter's own case: the way in by reference and code, one's own list when signed in, and what is said on it. */
#include "web/case_own.h"

#include "base/code.h"
#include "web/page/staff.h"
#include "web/report_who.h"
#include "web/site.h"
#include "web/upload_all.h"

enum { MINE = 50, TEXT_MOST = 20000, STAGES = 4 };

/* Which case a request is about, and where its page stands: of the receipt that was shown (/follow/page), or one's
 * own by its reference (/mine/INC-…). */
struct own { struct ask_report_case c; struct str ref, page; };

static enum err
own_of(struct visit *v, struct own *o)
{
	bool mine = v->turn->n_segs > 0 && str_eq(v->turn->segs[0], S("mine"));
	struct cx *cx = v->turn->cx;

	*o = (struct own){ .ref = mine ? v->args[0] : S("") };
	if (!mine && id_zero(v->who.only_case))
		return fail(cx, ERR_NOT_FOUND, "open your report with its reference and code first");
	TRY(ask_report_case(cx, v->desk, &v->who, o->ref, &o->c));
	o->page = mine ? str_fmt(cx, "/mine/%.*s", F(o->c.ref)) : S("/follow/page");
	return OK;
}

/* "/follow/add", "/mine/INC-26-7K4MQ-X/add" */
static struct str
beside(struct visit *v, const struct own *o, const char *what)
{
	return o->ref.n ? str_fmt(v->turn->cx, "%.*s/%s", F(o->page), what) : str_fmt(v->turn->cx, "/follow/%s", what);
}

static enum err
way_in(struct visit *v, int status)
{
	struct page_follow_in p = { .form = visit_form(v, S("/follow")) };

	p.ref = (struct view_field){ .name = S("ref"), .label = S("Reference"), .hint = S("For example INC-26-7K4M9-Q"),
		.width = 20, .value = form_get(&v->turn->form, S("ref")), .error = visit_fault_of(v, S("ref")) };
	p.code = (struct view_field){ .name = S("code"), .label = S("Code"), .hint = S("16 letters and digits"),
		.width = 20, .autocomplete = S("off"), .value = form_get(&v->turn->form, S("code")),
		.error = visit_fault_of(v, S("code")) };
	p.frame = visit_frame(v, S("Follow your report"), false);
	p.frame.back_href = S("/");
	page_follow_in(visit_page(v, status), &p);
	return OK;
}

enum err
follow_in(struct visit *v)
{
	return id_zero(v->who.only_case) ? way_in(v, 200) : visit_see(v, S("/follow/page"));
}

static enum err
let_in(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg;
	if (e == ERR_NOT_FOUND)
		fault_add(t->cx, S("code"), 0, 0, S("pair"), "We have no report with this reference and code together");
	if (e == ERR_NOT_FOUND || e == ERR_BAD_INPUT)
		return way_in(v, 422);
	TRY(e);
	visit_session(v, js_str(ok, S("session")));
	return visit_see(v, S("/follow/page"));
}

enum err
follow_open(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx);

	js_set_str(cx, args, S("ref"), str_trim(form_one(cx, &v->turn->form, S("ref"))));
	js_set_str(cx, args, S("code"), str_trim(form_one(cx, &v->turn->form, S("code"))));
	if (cx->n_faults)
		return way_in(v, 422);
	/* under no command id: a session is made each time, and what was answered once is never shown again */
	return door_send(v->door, v->turn, (struct id){ { 0 } }, (struct credential){ .session = S("") }, S("follow"),
	    S(""), args, let_in, NULL);
}

static struct view_tag
state_tag(const struct ask_report_case *c)
{
	if (str_eq(c->state, S("closed")))
		return (struct view_tag){ S("Closed"), S("green") };
	if (str_eq(c->state, S("new")))
		return (struct view_tag){ c->seen ? S("Seen") : S("Received"), c->seen ? S("yellow") : S("blue") };
	return (struct view_tag){ S("Being looked at"), S("yellow") };
}

/* When the team owes word next; NEVER if it owes none. */
static when
word_due(const struct ask_report_case *c)
{
	when soonest = NEVER;

	for (ptrdiff_t i = 0; i < c->n_duties; i++) {
		const struct ask_report_duty *d = &c->duties[i];
		bool word = str_eq(d->act, S("keep_informed")) || str_eq(d->act, S("advise"));

		if (word && d->open && d->due != NEVER && (soonest == NEVER || d->due < soonest))
			soonest = d->due;
	}
	return soonest;
}

static struct str
plain_words(struct visit *v, const struct ask_report_case *c)
{
	struct cx *cx = v->turn->cx;
	when due = word_due(c);
	struct str first;

	if (str_eq(c->state, S("closed")))
		return c->all_well && v->policy ? policy_words(v->policy, S("thanks_not_an_incident"),
		    S("This is closed. It was no incident. Thank you for telling us.")) :
		    S("This is closed. Thank you for telling us. You can still add to it.");
	if (!str_eq(c->state, S("new")))
		first = c->assessed ? S("We have looked into it and are dealing with it.") : S("We are looking into it.");
	else
		first = c->seen ? S("Somebody has read your report.") :
		    S("We have your report, and those who must know have been told.");
	return due == NEVER || due < cx->now ? first :
	    str_fmt(cx, "%.*s You will hear from us by %.*s.", F(first), F(visit_time(v, due).words));
}

static const struct view_stage *
stages(struct visit *v, const struct ask_report_case *c, int *n)
{
	struct view_stage *s = NEW(v->turn->cx, struct view_stage, STAGES);
	bool closed = str_eq(c->state, S("closed")), working = closed || !str_eq(c->state, S("new"));
	struct str when_seen = c->looked_at == NEVER ? S("") : visit_time(v, c->looked_at).words;

	s[0] = (struct view_stage){ S("Received"), visit_time(v, c->received).words, true, !c->seen && !working };
	s[1] = (struct view_stage){ S("Read by the team"), when_seen, c->seen || working, c->seen && !working };
	s[2] = (struct view_stage){ S("Being dealt with"), S(""), working, working && !closed };
	s[3] = (struct view_stage){ S("Closed"), closed ? visit_time(v, c->closed).words : S(""), closed, closed };
	*n = STAGES;
	return s;
}

static struct view_form
message_form(struct visit *v, const struct own *o, const char *action, struct id message)
{
	struct view_form form = visit_form(v, beside(v, o, action));
	struct view_pair *keep = NEW(v->turn->cx, struct view_pair, 1);

	form.cid = id_hex(v->turn->cx, id_new(v->turn->cx)); /* each form of a page is a command of its own */
	keep[0] = (struct view_pair){ S("message"), id_hex(v->turn->cx, message) };
	form.keep = keep;
	form.n_keep = 1;
	return form;
}

static const struct view_message *
conversation(struct visit *v, const struct own *o, int *n)
{
	struct cx *cx = v->turn->cx;
	struct view_message *out = NEW(cx, struct view_message, o->c.n_messages);

	*n = 0;
	for (ptrdiff_t i = 0; i < o->c.n_messages; i++) {
		const struct ask_report_message *m = &o->c.messages[i];
		struct view_message *w = &out[(*n)++];

		*w = (struct view_message){ .id = str_fmt(cx, "m%td", i + 1), .text = m->words, .at = visit_time(v, m->at),
			.who = m->mine ? S("You") : m->who.n ? m->who : S("The team"), .ours = m->mine,
			.instruction = str_eq(m->kind, S("instruction")) };
		if (m->mine)
			continue;
		if (str_eq(m->kind, S("proposal")) && !m->reply.n)
			w->answer = message_form(v, o, "read", m->id);
		else if (m->read == NEVER)
			w->acknowledge = message_form(v, o, "read", m->id);
		else
			w->read = str_fmt(cx, "%s %.*s", !m->reply.n ? "You read this" :
			    str_eq(m->reply, S("agree")) ? "You agreed" : "You did not agree", F(visit_time(v, m->read).words));
	}
	return out;
}

static const struct view_file *
own_files(struct visit *v, const struct ask_report_case *c, int *n)
{
	struct cx *cx = v->turn->cx;
	struct view_file *out = NEW(cx, struct view_file, c->n_files);

	*n = 0;
	for (ptrdiff_t i = 0; i < c->n_files; i++)
		out[(*n)++] = (struct view_file){ .id = str_fmt(cx, "f%td", i + 1), .name = c->files[i].name,
			.meta = str_fmt(cx, "%.*s · sent %.*s", F(upload_size(cx, c->files[i].size)),
			    F(visit_time(v, c->files[i].at).words)) };
	return out;
}

static enum err
page(struct visit *v, const struct own *o, int status)
{
	const struct ask_report_case *c = &o->c;
	struct page_follow p = { .ref = c->ref, .title = c->title, .state = state_tag(c), .plain = plain_words(v, c) };

	p.stages = stages(v, c, &p.n_stages);
	p.messages = conversation(v, o, &p.n_messages);
	p.more_messages = c->more_messages;
	p.add = visit_form(v, beside(v, o, "add"));
	p.text = (struct view_field){ .kind = FIELD_AREA, .name = S("text"), .rows = 4, .limit = TEXT_MOST,
		.label = c->n_messages ? S("Answer, or add to your report") : S("Add to your report"),
		.value = form_get(&v->turn->form, S("text")), .error = visit_fault_of(v, S("text")) };
	p.files = own_files(v, c, &p.n_files);
	p.rows = case_own_rows(v, c, &p.n_rows);
	if (!str_eq(c->state, S("closed")))
		p.cards = case_own_cards(v, c, &p.n_cards);
	p.receipt_href = beside(v, o, "receipt");
	if (!o->ref.n)
		p.leave = visit_form(v, S("/follow/leave"));
	p.frame = visit_frame(v, S("Your report"), false);
	if (o->ref.n)
		p.frame.back_href = S("/mine");
	page_follow(visit_page(v, status), &p);
	return OK;
}

enum err
follow_page(struct visit *v)
{
	struct own o;

	if (id_zero(v->who.only_case) && v->turn->n_segs > 0 && str_eq(v->turn->segs[0], S("follow")))
		return visit_see(v, S("/follow"));
	TRY(own_of(v, &o));
	return page(v, &o, 200);
}

struct adding { struct own own; struct js *files; };

static enum err
all_added(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct adding *a = arg;

	(void)ok;
	if (e != ERR_CONFLICT) /* the same form again: its files are there already */
		TRY(e);
	return visit_see(visit_of(t), a->own.page);
}

static enum err
add_files(struct visit *v, struct adding *a)
{
	struct cx *cx = v->turn->cx;
	struct hash h = HASH(S("tocsin/v1/attach\n"), form_get(&v->turn->form, S("cid")));
	struct js *args = js_object(cx);
	struct id id;

	if (!a->files->n)
		return visit_see(v, a->own.page);
	memcpy(id.b, h.b, sizeof id.b);
	js_set(cx, args, S("attachments"), a->files);
	return door_send(v->door, v->turn, id, v->credential, S("attach"), a->own.c.ref, args, all_added, a);
}

static enum err
said(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct adding *a = arg;

	(void)ok;
	if (e == ERR_BAD_INPUT)
		return page(v, &a->own, 422);
	TRY(e);
	return add_files(v, a);
}

/* Words first, then the files that came with them. */
static enum err
files_are_there(struct visit *v, void *arg, struct js *list)
{
	struct cx *cx = v->turn->cx;
	struct adding *a = arg;
	struct str text = str_trim(form_get(&v->turn->form, S("text")));
	struct js *args = js_object(cx);

	a->files = list;
	if (!text.n)
		return add_files(v, a);
	js_set_str(cx, args, S("words"), text);
	return visit_send(v, a->own.c.n_messages ? S("message") : S("add"), a->own.c.ref, args, said, a);
}

enum err
follow_add(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct adding *a = NEW(cx, struct adding, 1);
	struct str text = str_trim(form_one(cx, &v->turn->form, S("text")));
	struct upload *files = upload_list(v);

	TRY(own_of(v, &a->own));
	if (!text.n && !files)
		fault_add(cx, S("text"), 0, 0, S("missing"), "Write something, or choose a file");
	if (utf8_count(text) > TEXT_MOST)
		fault_add(cx, S("text"), 0, 0, S("too-long"), "This is too long: at most %d characters, not %td", TEXT_MOST,
		    utf8_count(text));
	if (cx->n_faults)
		return page(v, &a->own, 422);
	return upload_all(v, files, files_are_there, a);
}

static enum err
was_read(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct own *o = arg;

	(void)ok;
	TRY(e);
	return visit_see(visit_of(t), str_fmt(t->cx, "%.*s#messages", F(o->page)));
}

enum err
follow_read(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str reply = form_one(cx, &v->turn->form, S("reply"));
	struct own *o = NEW(cx, struct own, 1);
	struct js *args = js_object(cx);

	TRY(own_of(v, o));
	js_set_str(cx, args, S("message"), form_one(cx, &v->turn->form, S("message")));
	if (reply.n)
		js_set_str(cx, args, S("reply"), reply);
	return visit_send(v, S("message_read"), o->c.ref, args, was_read, o);
}

enum err
follow_receipt(struct visit *v)
{
	struct own o;

	TRY(own_of(v, &o));
	return case_own_receipt(v, &o.c, S(""), beside(v, &o, "proof"), o.page);
}

enum err
follow_proof(struct visit *v)
{
	struct own o;

	TRY(own_of(v, &o));
	return case_own_proof(v, v->credential, o.c.ref, beside(v, &o, "receipt"));
}

static enum err
left(struct turn *t, void *arg, enum err e, struct js *ok)
{
	(void)arg;
	(void)ok;
	TRY(e);
	visit_session(visit_of(t), S(""));
	return visit_see(visit_of(t), S("/"));
}

enum err
follow_leave(struct visit *v)
{
	if (id_zero(v->who.only_case))
		return visit_see(v, S("/"));
	return visit_send(v, S("sign_out"), S(""), js_object(v->turn->cx), left, NULL);
}

enum err
follow_mine(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_message p = { .heading = S("My reports") };
	struct ask_report_line *lines;
	struct view_link *links;
	struct str *text = NEW(cx, struct str, 1);
	ptrdiff_t n;

	TRY(ask_report_mine(cx, v->desk, &v->who, INT64_MAX, MINE, &lines, &n));
	links = NEW(cx, struct view_link, n + 1);
	for (ptrdiff_t i = 0; i < n; i++)
		links[p.n_links++] = (struct view_link){
			str_fmt(cx, "%.*s · %.*s · %.*s%s", F(lines[i].ref), F(lines[i].title),
			    F(visit_time(v, lines[i].received).words), str_eq(lines[i].state, S("closed")) ? " · closed" : ""),
			str_fmt(cx, "/mine/%.*s", F(lines[i].ref)) };
	text[0] = n ? S("What you reported with your name, newest first. A report without your name opens with its "
	    "reference and code alone.") : S("You have not reported anything with your name yet.");
	if (!n)
		links[p.n_links++] = (struct view_link){ S("Follow a report by its reference and code"), S("/follow") };
	p.text = text;
	p.n_text = 1;
	p.links = links;
	p.frame = visit_frame(v, p.heading, false);
	page_message(visit_page(v, 200), &p);
	return OK;
}
