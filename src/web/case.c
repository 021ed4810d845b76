/* The case page, and the stub for those who must act on a case without knowing it. */
#include "web/case.h"

#include "base/code.h"
#include "web/queue.h"
#include "web/site.h"
#include "web/upload_all.h"

enum { TAGS = 6, KEYS = 8 };

struct str
case_href(struct visit *v, struct str ref, struct str rest)
{
	return str_fmt(v->turn->cx, "/case/%.*s%.*s", F(ref), F(rest));
}

static struct view_action
act(struct visit *v, struct str ref, struct str text, struct str what)
{
	return (struct view_action){ .text = text, .href = case_href(v, ref, str_fmt(v->turn->cx, "/do/%.*s", F(what))) };
}

static void
toolbar(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct view_action *a = NEW(v->turn->cx, struct view_action, 6);
	bool closed = str_eq(c->kase.row->state, S("closed"));
	struct str ref = c->kase.ref;
	int n = 0;

	if (!closed) {
		a[n] = (struct view_action){ .text = S("Add an update"), .href = S("#note"), .primary = true };
		n++;
		a[n++] = act(v, ref, S("Decide what this is"), S("triage"));
		a[n++] = act(v, ref, S("Assign"), S("assign"));
		a[n++] = act(v, ref, S("Close"), S("close"));
	} else {
		a[n++] = act(v, ref, S("Open again"), S("reopen"));
	}
	page->actions = a;
	page->n_actions = n;
}

static void
head(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	const struct row_case_get *k = c->kase.row;
	const struct category *category = v->policy ? policy_category(v->policy, k->category) : NULL;
	struct view_tag *tags = NEW(cx, struct view_tag, TAGS);
	int n = 0;

	page->ref = k->ref;
	page->title = k->title;
	page->category = category ? category->label : S("");
	page->severity = queue_level(v, k->level);
	tags[n++] = queue_state(k->state);
	if (c->derived.v[FACT_assessed].known && !fact_is(&c->derived, FACT_assessed, S("unassessed")))
		tags[n++] = (struct view_tag){ value_words(cx, FACT_assessed, &c->derived.v[FACT_assessed]), S("turquoise") };
	if (fact_is(&c->derived, FACT_personal_data, S("yes")) || fact_is(&c->derived, FACT_personal_data, S("unsure")))
		tags[n++] = (struct view_tag){ fact_is(&c->derived, FACT_personal_data, S("yes")) ? S("Personal data") : S("Perhaps personal data"),
		    S("pink") };
	if (fact_true(&c->derived, FACT_social_care))
		tags[n++] = (struct view_tag){ S("Social care"), S("purple") };
	if (k->historical)
		tags[n++] = (struct view_tag){ S("Imported"), S("grey") };
	page->tags = tags;
	page->n_tags = n;
}

static void
told(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	struct view_row *rows = NEW(cx, struct view_row, 2);
	const struct row_case_get *k = c->kase.row;

	rows[0] = (struct view_row){ .key = S("In their words"), .value = k->narrative };
	page->said = rows;
	page->n_said = 1;
	page->said_note = str_fmt(cx, "by %.*s, %.*s", F(str_eq(k->reporter, S("anonymous")) ? S("somebody who gave no name") :
	    str_eq(k->reporter, S("confidential")) ? S("somebody in confidence") : S("a named reporter")),
	    F(visit_time(v, k->reported_at).words));
}

static enum err
entries(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	struct view_entry *out = NEW(cx, struct view_entry, c->n_timeline);

	for (ptrdiff_t i = 0; i < c->n_timeline; i++) {
		const struct row_timeline *t = &c->timeline[i];
		bool reporter = !id_zero(t->actor_id) && id_eq(t->actor_id, c->kase.reporter);
		struct ask_person who;

		TRY(ask_person(cx, v->desk, t->actor_id, &who));
		out[i] = (struct view_entry){ .n = t->seq, .who = who.name.n ? who.name : reporter || str_eq(t->kind, S("report")) ||
		    str_eq(t->kind, S("added")) ? S("The reporter") : S("The service"), .what = t->what, .at = visit_time(v, t->at),
		    .text = t->words, .seal = t->seal, .reporter = reporter || str_eq(t->kind, S("report")),
		    .icon = str_eq(t->kind, S("message")) ? ENTRY_MESSAGE : str_eq(t->kind, S("decision")) ? ENTRY_FLAG :
		    str_eq(t->kind, S("clock")) ? ENTRY_CLOCK : str_eq(t->kind, S("assigned")) ? ENTRY_PERSON :
		    str_eq(t->kind, S("duty")) ? ENTRY_DUTY : str_eq(t->kind, S("attached")) || str_eq(t->kind, S("downloaded")) ? ENTRY_FILE :
		    str_eq(t->kind, S("read")) ? ENTRY_READ : ENTRY_PLAIN };
	}
	page->entries = out;
	page->n_entries = (int)c->n_timeline;
	if (c->older)
		page->older_href = case_href(v, c->kase.ref, str_fmt(cx, "?before=%lld#timeline", (long long)c->older));
	return OK;
}

static enum err
messages(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	struct view_message *out = NEW(cx, struct view_message, c->n_messages);

	for (ptrdiff_t i = 0; i < c->n_messages; i++) {
		const struct row_messages *m = &c->messages[i];
		struct ask_person who;

		TRY(ask_person(cx, v->desk, m->actor_id, &who));
		out[i] = (struct view_message){ .id = id_hex(cx, m->message_id), .who = m->from_reporter ? S("The reporter") : who.name,
		    .text = m->words, .at = visit_time(v, m->at), .ours = !m->from_reporter, .instruction = str_eq(m->kind, S("instruction")),
		    .read = m->read_at == NEVER ? S("") : str_fmt(cx, "Read %.*s%s", F(visit_time(v, m->read_at).words),
		    str_eq(m->reply, S("agree")) ? ", agreed" : m->reply.n ? ", not agreed" : ""), .acknowledge = { .action = S("") } };
	}
	page->messages = out;
	page->n_messages = (int)c->n_messages;
	page->more_messages = c->more_messages;
	return OK;
}

static void
files(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	struct view_file *out = NEW(cx, struct view_file, c->n_files);

	for (ptrdiff_t i = 0; i < c->n_files; i++)
		out[i] = (struct view_file){ .id = id_hex(cx, c->files[i].object_key), .name = c->files[i].name,
		    .meta = str_fmt(cx, "%.*s · %.*s", F(upload_size(cx, c->files[i].size)), F(visit_time(v, c->files[i].at).words)),
		    .hash = hex_of(cx, c->files[i].plain.p, c->files[i].plain.n < 8 ? c->files[i].plain.n : 8), .remove = { .action = S("") },
		    .fetch = visit_form(v, case_href(v, c->kase.ref, str_fmt(cx, "/file/%.*s", F(id_hex(cx, c->files[i].object_key))))) };
	page->files = out;
	page->n_files = (int)c->n_files;
	page->attach = visit_form(v, case_href(v, c->kase.ref, S("/files")));
	page->attach_limit = S("Kept encrypted; shown to nobody here, only downloaded. Do not collect evidence without guidance.");
}

static void
compose(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	static const struct { struct str value, label; } ways[] = { { { "note", 4 }, { "Note for the team", 17 } },
		{ { "message", 7 }, { "Message to the reporter", 23 } }, { { "instruction", 11 }, { "Instruction to the reporter", 27 } },
		{ { "proposal", 8 }, { "Warn of a missed time and propose", 33 } } };
	struct view_option *to = NEW(v->turn->cx, struct view_option, COUNT(ways));
	struct str chosen = form_get(&v->turn->form, S("to"));

	for (ptrdiff_t i = 0; i < COUNT(ways); i++)
		to[i] = (struct view_option){ .value = ways[i].value, .label = ways[i].label,
		    .checked = chosen.n ? str_eq(chosen, ways[i].value) : i == 0 };
	page->compose = visit_form(v, case_href(v, c->kase.ref, S("/say")));
	page->compose_to = to;
	page->n_compose_to = (int)COUNT(ways);
	page->compose_text = (struct view_field){ .kind = FIELD_AREA, .name = S("words"), .label = S("Add an update"), .rows = 3,
		.value = form_get(&v->turn->form, S("words")), .error = visit_fault_of(v, S("words")) };
}

/* The statutory clock: elapsed hours from awareness, never paused. */
static void
clock_card(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	struct view_clockcard *card = NEW(cx, struct view_clockcard, 1);
	struct view_row *rows = NEW(cx, struct view_row, 3);
	when aware = fact_when(&c->derived, FACT_aware_at), due = aware + 72 * HOUR;
	struct str decision = S("Not made yet");
	struct view_clock clock;

	if (aware == NEVER || c->kase.historical)
		return;
	for (ptrdiff_t i = 0; i < c->n_duties; i++)
		if (str_eq(c->duties[i].act, S("decide_notification")) && !str_eq(c->duties[i].state, S("open")))
			decision = str_fmt(cx, "%.*s", F(c->duties[i].how));
	clock = visit_clock(v, aware, due, S(""));
	rows[0] = (struct view_row){ .key = S("Aware"), .value = visit_time(v, aware).words,
		.change = case_href(v, c->kase.ref, S("/do/facts?fact=aware_at")), .what = S("when the organisation was aware") };
	rows[1] = (struct view_row){ .key = S("Send by"), .value = visit_time(v, due).words };
	rows[2] = (struct view_row){ .key = S("Decision"), .value = decision };
	*card = (struct view_clockcard){ .label = S("72-hour clock: tell the regulator"), .words = clock.words, .state = clock.state,
		.due = clock.due, .gone = 100 - clock.left, .rows = rows, .n_rows = 3 };
	page->clocks = card;
	page->n_clocks = 1;
}

static enum err
key_facts(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct cx *cx = v->turn->cx;
	struct view_row *rows = NEW(cx, struct view_row, KEYS);
	struct ask_person owner, reporter;
	int n = 0;

	TRY(ask_person(cx, v->desk, c->kase.row->owner_id, &owner));
	TRY(ask_person(cx, v->desk, c->kase.reporter, &reporter));
	rows[n++] = (struct view_row){ .key = S("Owner"), .value = owner.name.n ? owner.name : S("Nobody yet"),
		.change = case_href(v, c->kase.ref, S("/do/assign")), .what = S("the owner") };
	rows[n++] = (struct view_row){ .key = S("Reporter"), .value = reporter.name.n ? reporter.name : S("Not named") };
	if (reporter.email.n)
		rows[n++] = (struct view_row){ .key = S("Their email"), .value = reporter.email };
	if (c->kase.department.n)
		rows[n++] = (struct view_row){ .key = S("Department"), .value = c->kase.department };
	rows[n++] = (struct view_row){ .key = S("Came by"), .value = c->kase.row->channel };
	rows[n++] = (struct view_row){ .key = S("Reported"), .value = visit_time(v, c->kase.row->reported_at).words };
	page->key = rows;
	page->n_key = n;
	page->integrity = str_fmt(cx, "%lld entr%s on this case", (long long)c->kase.row->entries, c->kase.row->entries == 1 ? "y" : "ies");
	return OK;
}

static enum err
withheld(struct visit *v, const struct ask_case *c, struct page_case *page)
{
	struct view_duty *out;
	struct owed owed;

	if (!v->policy)
		return OK;
	policy_evaluate(v->turn->cx, v->policy, &c->kase.facts, v->turn->cx->now, &owed);
	out = NEW(v->turn->cx, struct view_duty, owed.n_withheld);
	for (ptrdiff_t i = 0; i < owed.n_withheld; i++)
		out[i] = (struct view_duty){ .title = owed.withheld[i].role->title, .because = owed.withheld[i].because };
	page->withheld = out;
	page->n_withheld = (int)owed.n_withheld;
	return OK;
}

static enum err
show_full(struct visit *v, const struct ask_case *c, int status)
{
	static const struct { struct str text, href; } parts[] = { { { "To do", 5 }, { "#duties", 7 } }, { { "Report", 6 }, { "#said", 5 } },
		{ { "Facts", 5 }, { "#facts", 6 } }, { { "Messages", 8 }, { "#messages", 9 } }, { { "Files", 5 }, { "#files", 6 } },
		{ { "Timeline", 8 }, { "#timeline", 9 } } };
	struct cx *cx = v->turn->cx;
	struct view_tab *tabs = NEW(cx, struct view_tab, COUNT(parts));
	struct page_case page = { .alert_text = S("") };
	int done;

	page.frame = visit_frame(v, c->kase.row->title, true);
	page.frame.back_href = S("/queue");
	page.frame.back_text = S("Queue");
	head(v, c, &page);
	toolbar(v, c, &page);
	for (ptrdiff_t i = 0; i < COUNT(parts); i++)
		tabs[i] = (struct view_tab){ .text = parts[i].text, .href = parts[i].href };
	page.tabs = tabs;
	page.n_tabs = (int)COUNT(parts);
	TRY(case_duties(v, c, &page.duties, &page.n_duties, &done));
	page.duties_note = page.n_duties ? str_fmt(cx, "%d of %d done", done, page.n_duties) : S("");
	TRY(withheld(v, c, &page));
	if (fact_is(&c->derived, FACT_assessed, S("unassessed")) && !c->kase.historical) {
		page.triage = act(v, c->kase.ref, S("Decide"), S("triage"));
		page.triage.primary = true;
		page.triage_text = S("Nobody has decided yet whether this is an incident, a weakness, a near miss or none of these.");
	}
	told(v, c, &page);
	TRY(case_facts(v, c, &page.facts, &page.n_facts));
	page.facts_href = case_href(v, c->kase.ref, S("/do/facts"));
	TRY(messages(v, c, &page));
	files(v, c, &page);
	compose(v, c, &page);
	TRY(entries(v, c, &page));
	clock_card(v, c, &page);
	TRY(key_facts(v, c, &page));
	page_case(visit_page(v, status), &page);
	return OK;
}

static enum err
show_stub(struct visit *v, const struct ask_case *c)
{
	struct page_stub page = { .ref = c->kase.ref, .why =
	    S("You have something to do on this case, but its content is kept to fewer people. Ask Internal Audit, or whoever told you, for what you need.") };
	struct view_tag *tag = NEW(v->turn->cx, struct view_tag, 1);
	int done;

	page.frame = visit_frame(v, c->kase.ref, true);
	tag[0] = queue_state(c->kase.row->state);
	page.tags = tag;
	page.n_tags = 1;
	TRY(case_duties(v, c, &page.duties, &page.n_duties, &done));
	page_stub(visit_page(v, 200), &page);
	return OK;
}

static enum err
show(struct visit *v, int status)
{
	struct str before = form_get(&v->turn->query, S("before"));
	struct ask_case c;
	int64_t older = INT64_MAX;

	if (before.n && !str_int(before, &older))
		return fail(v->turn->cx, ERR_BAD_INPUT, "before: must be the number of an entry");
	TRY(ask_case(v->turn->cx, v->desk, &v->who, v->args[0], older, &c));
	if (c.sight == SEES_IT_ALL)
		return show_full(v, &c, status);
	if (c.sight == SEES_A_STUB)
		return show_stub(v, &c);
	return visit_see(v, str_fmt(v->turn->cx, "/mine/%.*s", F(c.kase.ref)));
}

enum err
case_show(struct visit *v)
{
	return show(v, 200);
}

/* Note, message, instruction or proposal from the composer. */
static enum err
said(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg, (void)ok;
	if (e == ERR_BAD_INPUT)
		return show(v, 422);
	TRY(e);
	return visit_see(v, case_href(v, v->args[0], S("#timeline")));
}

enum err
case_say(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str to = form_get(&v->turn->form, S("to"));
	bool note = str_eq(to, S("note")) || !to.n;
	struct js *args = js_object(cx);

	js_set_str(cx, args, S("words"), form_one(cx, &v->turn->form, S("words")));
	if (!note)
		js_set_str(cx, args, S("kind"), to);
	return visit_send(v, note ? S("note") : S("message"), v->args[0], args, said, NULL);
}

static enum err
attached(struct turn *t, void *arg, enum err e, struct js *ok)
{
	(void)arg, (void)ok;
	TRY(e);
	return visit_see(visit_of(t), case_href(visit_of(t), visit_of(t)->args[0], S("#files")));
}

static enum err
files_taken(struct visit *v, void *arg, struct js *list)
{
	struct js *args = js_object(v->turn->cx);

	(void)arg;
	js_set(v->turn->cx, args, S("attachments"), list);
	return visit_send(v, S("attach"), v->args[0], args, attached, NULL);
}

enum err
case_files(struct visit *v)
{
	struct upload *first = upload_list(v);

	if (!first)
		return fail(v->turn->cx, ERR_BAD_INPUT, "file: choose a file first");
	return upload_all(v, first, files_taken, NULL);
}
