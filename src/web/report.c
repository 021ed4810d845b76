/* Where a report begins: the first page, the ways that lead to it, and what happened. */
#include "web/report_step.h"

#include "core/calendar.h"
#include "web/page/staff.h"
#include "web/site.h"
#include "web/url.h"
#include "web/word.h"

enum { EVERYDAY = 8 };

static bool
everyday(struct visit *v, const struct category *c)
{
	struct str list = desk_setting(v->desk, S("everyday"), S("")), one;

	if (!list.n)
		return c->everyday;
	while (str_next(&list, ',', &one))
		if (str_eq(str_trim(one), c->id))
			return true;
	return false;
}

/* The door that somebody came by: short addresses for desktop, gateway, intranet and poster. Nothing is kept yet. */
static struct str
from(struct visit *v)
{
	struct str f = form_get(&v->turn->query, S("from"));

	return fact_id_ok(f) && f.n <= 40 ? f : S("");
}

static struct str
with_from(struct visit *v, struct str path)
{
	return from(v).n ? str_fmt(v->turn->cx, "%.*s?from=%.*s", F(path), F(from(v))) : path;
}

enum err
report_entry(struct visit *v)
{
	if (v->args[0].n && (!fact_id_ok(v->args[0]) || v->args[0].n > 40))
		return fail(v->turn->cx, ERR_NOT_FOUND, "there is no such page");
	return visit_see(v, v->args[0].n ? str_fmt(v->turn->cx, "/?from=%.*s", F(v->args[0])) : S("/"));
}

/* When the desk is closed: who reads this now, and when it opens. Never more than is true. */
static struct str
closed_words(struct visit *v)
{
	const struct hours *h = v->policy ? v->policy->support : NULL;
	struct str on_call = desk_setting(v->desk, S("on_call"), S(""));
	struct cx *cx = v->turn->cx;
	struct str words;

	if (!h || calendar_open(h, cx->now))
		return S("");
	words = policy_words(v->policy, S("out_of_hours"),
	    S("The desk is closed now. You can still report here, day and night."));
	return on_call.n ? str_fmt(cx, "%.*s On call: %.*s.", F(words), F(on_call)) : words;
}

enum err
report_start(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_start p = { .report_href = with_from(v, S("/report")), .follow_href = S("/follow"),
		.closed = closed_words(v) };
	struct str *examples = NEW(cx, struct str, EVERYDAY);

	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_categories && p.n_examples < EVERYDAY; i++)
		if (everyday(v, &v->policy->categories[i]))
			examples[p.n_examples++] = v->policy->categories[i].label;
	p.examples = examples;
	p.frame = visit_frame(v, S("Report an incident"), false);
	page_start(visit_page(v, 200), &p);
	return OK;
}

static enum err
need_policy(struct visit *v)
{
	return v->policy ? OK : fail(v->turn->cx, ERR_CONFLICT, "this service is not set up yet: no policy is in force");
}

/* An unfinished report is offered first; it may be somebody else's who used this device. */
enum err
report_begin(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct page_message p = { .heading = S("You have not finished a report"), .button = S("Start afresh") };
	struct str *text = NEW(cx, struct str, 1);
	struct view_link *links = NEW(cx, struct view_link, 1);
	struct draft d;

	TRY(need_policy(v));
	TRY(report_draft_load(v, &d));
	if (!report_draft_begun(&d))
		return visit_see(v, with_from(v, S("/report/category")));
	text[0] = S("What was typed on this device before is still here. It was not sent.");
	links[0] = (struct view_link){ S("Carry on with it"), d.category ? S("/report/check") : S("/report/category") };
	p.text = text;
	p.n_text = 1;
	p.links = links;
	p.n_links = 1;
	p.form = report_step_form(v, S("/report/afresh"));
	p.frame = visit_frame(v, p.heading, false);
	page_message(visit_page(v, 200), &p);
	return OK;
}

enum err
report_afresh(struct visit *v)
{
	struct draft d;

	TRY(report_draft_load(v, &d));
	report_draft_clear(v->turn->cx, &d);
	return report_draft_save(v, &d, S("/report/category"));
}

static void
option_add(struct view_field *f, struct view_option *o, const struct category *c, struct str chosen, bool apart)
{
	o[f->n_options++] = (struct view_option){ .value = c->id, .label = c->label, .hint = c->hint,
		.checked = str_eq(c->id, chosen), .apart = apart };
}

static enum err
choose(struct visit *v, const struct draft *d, int status)
{
	struct cx *cx = v->turn->cx;
	const struct policy *policy = v->policy;
	const struct category *other = policy_category(policy, S("something_else")),
	    *unsure = policy_category(policy, S("not_sure"));
	struct view_option *o = NEW(cx, struct view_option, EVERYDAY + 3);
	struct str chosen = js_str(d->all, S("category"));
	struct page_choose p = { .form = report_step_form(v, S("/report/category")),
		.progress = report_step_progress(v, d, S("category")),
		.more_href = with_from(v, S("/report/categories")) };
	struct view_field *f = &p.category;
	bool there = !chosen.n;

	*f = (struct view_field){ .kind = FIELD_RADIOS, .name = S("category"), .label = word_of(WORD_choose_title),
		.heading = true, .hint = word_of(WORD_choose_hint), .options = o, .error = visit_fault_of(v, S("category")) };
	for (ptrdiff_t i = 0; i < policy->n_categories && f->n_options < EVERYDAY; i++)
		if (everyday(v, &policy->categories[i]) && &policy->categories[i] != other &&
		    &policy->categories[i] != unsure)
			option_add(f, o, &policy->categories[i], chosen, false);
	for (int i = 0; i < f->n_options; i++)
		there |= o[i].checked;
	/* one that was found behind "see more" stays chosen */
	if (!there && d->category && d->category != other && d->category != unsure)
		option_add(f, o, d->category, chosen, false);
	option_add(f, o, other, chosen, true);
	option_add(f, o, unsure, chosen, false);
	p.frame = visit_frame(v, f->label, false);
	p.frame.back_href = report_step_back(v, d, S("category"));
	page_choose(visit_page(v, status), &p);
	return OK;
}

enum err
report_choose(struct visit *v)
{
	struct draft d;

	TRY(need_policy(v));
	TRY(report_draft_load(v, &d));
	return choose(v, &d, 200);
}

enum err
report_chosen(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str id = form_one(cx, &v->turn->form, S("category")), came;
	struct draft d;

	TRY(need_policy(v));
	TRY(report_draft_load(v, &d));
	if (!policy_category(v->policy, id))
		fault_add(cx, S("category"), 0, 0, S("missing"), "%.*s", F(word_of(WORD_choose_missing)));
	if (cx->n_faults)
		return choose(v, &d, 422);
	if (!report_draft_begun(&d)) {
		came = form_get(&v->turn->form, S("from"));
		report_draft_clear(cx, &d);
		report_draft_put(cx, d.all, S("cid"), js_of_str(cx, id_hex(cx, id_new(cx))));
		if (fact_id_ok(came))
			report_draft_put(cx, d.all, S("from"), js_of_str(cx, utf8_cut_whole(came, 40)));
	}
	report_draft_put(cx, d.all, S("category"), js_of_str(cx, id));
	report_draft_know(v, &d);
	return report_draft_save(v, &d, report_step_next(v, &d, S("category")));
}

static struct view_category
row_of(const struct category *c)
{
	return (struct view_category){ c->id, c->label, c->hint };
}

/* All kinds by group, or those found. */
static void
groups(struct visit *v, struct str words, struct page_categories *p)
{
	struct cx *cx = v->turn->cx;
	const struct policy *policy = v->policy;
	const struct category **found = NEW(cx, const struct category *, policy->n_categories);
	ptrdiff_t n = policy_find(cx, policy, words, found, policy->n_categories);
	struct view_group *out = NEW(cx, struct view_group, policy->n_groups + 1);
	struct view_category *rows = NEW(cx, struct view_category, policy->n_categories + n);

	p->none = words.n && !n;
	p->groups = out;
	if (n) {
		for (ptrdiff_t i = 0; i < n; i++)
			rows[i] = row_of(found[i]);
		out[p->n_groups++] = (struct view_group){ S("Found"), rows, (int)n };
		return;
	}
	for (ptrdiff_t g = 0; g <= policy->n_groups; g++) { /* the last: those without a group */
		const struct group *group = g < policy->n_groups ? &policy->groups[g] : NULL;
		struct view_group one = { group ? group->title : word_of(WORD_something_else), rows, 0 };

		for (ptrdiff_t i = 0; i < policy->n_categories; i++)
			if (policy->categories[i].group == group)
				rows[one.n_rows++] = row_of(&policy->categories[i]);
		if (one.n_rows)
			out[p->n_groups++] = one;
		rows += one.n_rows;
	}
}

enum err
report_categories(struct visit *v)
{
	struct str words = str_trim(form_get(&v->turn->query, S("q")));
	struct page_categories p = { .search_action = S("/report/categories"), .words = utf8_cut_whole(words, 200) };

	TRY(need_policy(v));
	p.form = report_step_form(v, S("/report/category"));
	if (p.form.n_keep)
		p.keep_search = p.form.keep[0];
	groups(v, p.words, &p);
	p.frame = visit_frame(v, S("Kinds of incident"), false);
	p.frame.back_href = with_from(v, S("/report/category"));
	page_categories(visit_page(v, 200), &p);
	return OK;
}
