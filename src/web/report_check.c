/* Check your answers, then send. */
#include "web/report_step.h"

#include "base/code.h"
#include "web/report_ask.h"
#include "web/report_send.h"
#include "web/report_who.h"
#include "web/site.h"
#include "web/upload_all.h"
#include "web/word.h"

enum { MOST_ROWS = 48 };

struct rows { struct view_row *row; int n; struct cx *cx; };

/* A row of the summary; what was not answered says so, as a thing that may be. */
static void
row(struct rows *r, const char *key, struct str value, const char *page)
{
	if (r->n < MOST_ROWS)
		r->row[r->n++] = (struct view_row){ .key = str_of(key), .value = value.n ? value : S("Not answered"),
			.change = str_fmt(r->cx, "/report/%s?then=check", page) };
}

static struct rows
rows_begin(struct cx *cx)
{
	return (struct rows){ NEW(cx, struct view_row, MOST_ROWS), 0, cx };
}

static struct view_summary
card(struct str title, const struct rows *r)
{
	return (struct view_summary){ title, r->row, r->n };
}

/* Those questions of a page that were answered; and one row for the page when none was. */
static void
answers(struct rows *r, const struct draft *d, enum ask_page page, const char *path, const char *otherwise)
{
	int before = r->n;
	bool any = false;

	for (ptrdiff_t i = 0; i < d->n_asks; i++) {
		struct str words;

		if (report_ask_page(d->asks[i]) != page)
			continue;
		any = true;
		words = report_ask_words(r->cx, d->asks[i], report_ask_answer(d, d->asks[i]));
		if (words.n) {
			row(r, "", words, path);
			r->row[r->n - 1].key = d->asks[i]->label;
		}
	}
	if (any && r->n == before)
		row(r, otherwise, S(""), path);
}

static struct str
files_words(struct cx *cx, const struct draft *d)
{
	const struct js *files = report_draft_get(d, S("files"));
	struct buf b = buf_new(cx);

	for (const struct js *f = files ? files->first : NULL; f; f = f->next)
		buf_fmt(&b, "%.*s (%.*s)%s", F(js_str(f, S("name"))), F(upload_size(cx, js_int(f, S("size"), 0))),
		    f->next ? "\n" : "");
	return b.n ? buf_str(&b) : S("None");
}

static void
who_rows(struct visit *v, const struct draft *d, struct rows *r)
{
	const struct js *kept = report_draft_get(d, S("reporter")), *manager = report_draft_get(d, S("manager"));
	struct str mode = report_who_mode(v, d), named = js_str(manager, S("name")),
	    typed = js_str(manager, S("line_manager"));
	bool anonymous = str_eq(mode, S("anonymous"));

	row(r, "Your name", anonymous ? S("You report without giving your name") : report_who_signed_in(v) ? v->who.name :
	    js_str(kept, S("name")), "you");
	if (str_eq(mode, S("confidential")))
		row(r, "Shared with", S("Only those who must know"), "you");
	if (!anonymous && !report_who_signed_in(v)) {
		if (js_str(kept, S("email")).n)
			row(r, "Email", js_str(kept, S("email")), "you");
		if (js_str(kept, S("phone")).n)
			row(r, "Phone", js_str(kept, S("phone")), "you");
	}
	if (js_str(kept, S("department")).n)
		row(r, "Where you work", js_str(kept, S("department")), "you");
	row(r, "Line manager", named.n ? named :
	    typed.n ? str_fmt(r->cx, "%.*s (not found in the directory)", F(typed)) : S(""), "manager");
	answers(r, d, ASK_MANAGER, "manager", "About your manager");
}

/* "IT Service Desk and Internal Audit will be told." The line manager only where it is known who that is. */
static struct str
told_words(struct visit *v, const struct draft *d)
{
	struct cx *cx = v->turn->cx;
	bool manager = js_str(report_draft_get(d, S("manager")), S("line_manager_is")).n > 0;
	struct str names[12] = { { NULL, 0 } };
	struct buf b = buf_new(cx);
	struct owed owed;
	ptrdiff_t n = 0;

	policy_evaluate(cx, v->policy, &d->facts, cx->now, &owed);
	for (ptrdiff_t i = 0; i < owed.n_duties && n < COUNT(names); i++) {
		const struct role *r = owed.duties[i].role;
		struct str title = r->is == ROLE_MANAGER_OF_REPORTER ? S("your line manager") : r->title;
		bool there = owed.duties[i].rule->does != DO_inform || (r->is == ROLE_MANAGER_OF_REPORTER && !manager);

		for (ptrdiff_t k = 0; k < n; k++)
			there |= str_eq(names[k], title);
		if (!there)
			names[n++] = title;
	}
	for (ptrdiff_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%.*s", i == 0 ? "" : i == n - 1 ? " and " : ", ", F(names[i]));
	return n ? str_fmt(cx, "Who will be told at once: %.*s.", F(buf_str(&b))) : S("");
}

static enum err
page(struct visit *v, struct draft *d, int status)
{
	struct cx *cx = v->turn->cx;
	struct rows what = rows_begin(cx), info = rows_begin(cx), who = rows_begin(cx);
	struct view_summary *cards = NEW(cx, struct view_summary, 3);
	struct page_check p = { .cards = cards, .form = visit_form(v, S("/report/check")), .told = told_words(v, d) };

	row(&what, "Kind", d->category->label, "category");
	row(&what, "In your words", js_str(d->all, S("narrative")), "narrative");
	answers(&what, d, ASK_DETAILS, "details", "Further questions");
	row(&what, "When you noticed", report_who_time_words(v, d, S("discovered_at")), "when");
	row(&what, "When it happened", report_who_time_words(v, d, S("occurred_at")), "when");
	answers(&info, d, ASK_PEOPLE, "people", "Information about people");
	row(&info, "Photos or files", files_words(cx, d), "files");
	who_rows(v, d, &who);
	cards[p.n_cards++] = card(S("What happened"), &what);
	cards[p.n_cards++] = card(S("The information"), &info);
	cards[p.n_cards++] = card(S("About you"), &who);
	p.form.cid = js_str(d->all, S("cid"));
	p.advice = report_step_advice(v, d, false, &p.form, &p.n_advice);
	p.frame = visit_frame(v, word_of(WORD_check_title), false);
	p.frame.back_href = report_step_back(v, d, S("check"));
	page_check(visit_page(v, status), &p);
	return OK;
}

/* Where a report that cannot be shown yet has to go on; empty when it can. */
static struct str
unready(const struct draft *d)
{
	return !d->category ? S("/report/category") : !js_str(d->all, S("narrative")).n ? S("/report/narrative") : S("");
}

enum err
report_check(struct visit *v)
{
	struct draft d;

	TRY(report_draft_load(v, &d));
	return unready(&d).n ? visit_see(v, unready(&d)) : page(v, &d, 200);
}

static struct js *
reporter_args(struct visit *v, const struct draft *d)
{
	struct cx *cx = v->turn->cx;
	static const struct str fields[] = { S("name"), S("email"), S("phone"), S("department") };
	const struct js *kept = report_draft_get(d, S("reporter"));
	struct str mode = report_who_mode(v, d);
	struct js *r = js_object(cx);

	js_set_str(cx, r, S("mode"), mode);
	for (ptrdiff_t i = str_eq(mode, S("anonymous")) || report_who_signed_in(v) ? 3 : 0; i < COUNT(fields); i++)
		if (js_str(kept, fields[i]).n)
			js_set_str(cx, r, fields[i], js_str(kept, fields[i]));
	return r;
}

/* Everything in an order of its own, so that the same draft is always the same request. */
static struct js *
report_args(struct visit *v, const struct draft *d)
{
	struct cx *cx = v->turn->cx;
	const struct js *manager = report_draft_get(d, S("manager")), *files = report_draft_get(d, S("files")),
	    *shown = report_draft_get(d, S("shown"));
	struct str is = js_str(manager, S("line_manager_is")), typed = js_str(manager, S("line_manager")),
	    came = js_str(d->all, S("from"));
	struct js *a = js_object(cx), *cards = js_object(cx);

	js_set_str(cx, a, S("narrative"), js_str(d->all, S("narrative")));
	js_set(cx, a, S("facts"), d->stated);
	if (d->answers->n)
		js_set(cx, a, S("answers"), d->answers);
	js_set(cx, a, S("reporter"), reporter_args(v, d));
	if (is.n || typed.n)
		js_set_str(cx, a, S("line_manager"), is.n ? is : typed);
	js_set_str(cx, a, S("channel"), S("portal"));
	if (came.n)
		js_set_str(cx, a, S("entry_point"), came);
	if (shown) {
		js_set_str(cx, cards, S("policy"), hex_of(cx, v->policy->hash.b, 32));
		js_set(cx, cards, S("cards"), js_share(cx, shown));
		js_set(cx, a, S("shown"), cards);
	}
	if (files)
		js_set(cx, a, S("attachments"), js_share(cx, files));
	return a;
}

static enum err
refused(struct sending *s)
{
	return page(s->v, s->d, 422);
}

enum err
report_sent(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct sending *s = NEW(cx, struct sending, 1);
	struct draft *d = NEW(cx, struct draft, 1);
	const struct js *sent;
	struct id cid;

	TRY(report_draft_load(v, d));
	sent = report_draft_sent(v, d);
	if (sent && str_eq(js_str(sent, S("cid")), form_get(&v->turn->form, S("cid"))))
		return visit_see(v, S("/report/done"));
	if (unready(d).n)
		return visit_see(v, unready(d));
	report_step_shown(v, d);
	if (!id_read(js_str(d->all, S("cid")), &cid))
		return fail(cx, ERR_CONFLICT, "this report cannot be sent as it is: please start afresh");
	*s = (struct sending){ .v = v, .d = d, .cid = cid, .args = report_args(v, d), .kind = S("report"),
		.refused = refused, .anonymous = str_eq(report_who_mode(v, d), S("anonymous")) };
	return report_send(s);
}
