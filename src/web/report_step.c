#include "web/report_step.h"

#include "desk/ask_report.h"
#include "web/report_ask.h"
#include "web/report_who.h"
#include "web/site.h"
#include "web/typed.h"
#include "web/word.h"

enum { NARRATIVE_MOST = 20000, MOST_FIELDS = 24 };

/* One page: whether it applies, how it is filled, how what was typed is taken. */
struct step {
	struct str name;
	bool (*applies)(const struct draft *);
	enum err (*show)(struct visit *, struct draft *, struct page_question *);
	enum err (*take)(struct visit *, struct draft *);
};

static bool
always(const struct draft *d)
{
	(void)d;
	return true;
}

static struct str
stored(struct visit *v, const struct js *in, struct str key)
{
	return v->turn->method == METHOD_POST ? form_get(&v->turn->form, key) : js_str(in, key);
}

static enum err
show_narrative(struct visit *v, struct draft *d, struct page_question *p)
{
	struct view_field *f = NEW(v->turn->cx, struct view_field, 1);

	*f = (struct view_field){ .kind = FIELD_AREA, .name = S("narrative"), .label = word_of(WORD_narrative_label),
		.hint = word_of(WORD_narrative_hint), .rows = 8, .limit = NARRATIVE_MOST,
		.value = stored(v, d->all, S("narrative")),
		.error = visit_fault_of(v, S("narrative")) };
	p->heading = word_of(WORD_narrative_title);
	p->fields = f;
	p->n_fields = 1;
	if (!p->n_advice)
		p->warning = fact_is(&d->facts, FACT_kind, S("weakness")) ? policy_words(v->policy, S("do_not_prove"),
		    word_of(WORD_weakness_warning)) : word_of(WORD_narrative_warning);
	return OK;
}

static enum err
take_narrative(struct visit *v, struct draft *d)
{
	struct cx *cx = v->turn->cx;
	struct str typed = str_trim(form_one(cx, &v->turn->form, S("narrative")));

	if (!typed.n)
		fault_add(cx, S("narrative"), 0, 0, S("missing"), "%.*s", F(word_of(WORD_narrative_missing)));
	if (utf8_count(typed) > NARRATIVE_MOST)
		fault_add(cx, S("narrative"), 0, 0, S("too-long"), "This is too long: at most %d characters, not %td",
		    NARRATIVE_MOST,
		    utf8_count(typed));
	report_draft_put(cx, d->all, S("narrative"), js_of_str(cx, typed));
	return OK;
}

static bool
has_page(const struct draft *d, enum ask_page page)
{
	for (ptrdiff_t i = 0; i < d->n_asks; i++)
		if (report_ask_page(d->asks[i]) == page)
			return true;
	return false;
}

static bool details_apply(const struct draft *d) { return has_page(d, ASK_DETAILS); }
static bool people_apply(const struct draft *d) { return has_page(d, ASK_PEOPLE); }

/* The questions of one page as fields, behind those that are there. */
static void
add_questions(struct visit *v, struct draft *d, enum ask_page page, struct view_field *fields, int *n)
{
	const struct question *const *asks;
	ptrdiff_t m;

	asks = report_ask_shown(v->turn->cx, d, page, &m);
	for (ptrdiff_t i = 0; i < m && *n < MOST_FIELDS; i++)
		fields[(*n)++] = report_ask_field(v, d, asks[i]);
}

static enum err
show_questions(struct visit *v, struct draft *d, struct page_question *p, enum ask_page page, struct str heading)
{
	struct cx *cx = v->turn->cx;
	struct view_field *fields = NEW(cx, struct view_field, MOST_FIELDS);
	struct str *text = NEW(cx, struct str, 1);

	add_questions(v, d, page, fields, &p->n_fields);
	p->fields = fields;
	if (p->n_fields == 1 && !p->n_advice) {
		fields[0].heading = true;
		return OK;
	}
	p->heading = heading;
	text[0] = word_of(WORD_details_text);
	p->text = text;
	p->n_text = p->n_fields > 1;
	return OK;
}

static enum err
take_questions(struct visit *v, struct draft *d, enum ask_page page)
{
	const struct question *const *asks;
	ptrdiff_t n;

	asks = report_ask_shown(v->turn->cx, d, page, &n);
	report_ask_take(v, d, asks, n);
	return OK;
}

static enum err
show_details(struct visit *v, struct draft *d, struct page_question *p)
{
	return show_questions(v, d, p, ASK_DETAILS, word_of(WORD_details_title));
}

static enum err
show_people(struct visit *v, struct draft *d, struct page_question *p)
{
	return show_questions(v, d, p, ASK_PEOPLE, word_of(WORD_people_page_title));
}

static enum err take_details(struct visit *v, struct draft *d) { return take_questions(v, d, ASK_DETAILS); }
static enum err take_people(struct visit *v, struct draft *d) { return take_questions(v, d, ASK_PEOPLE); }

static enum err
show_manager(struct visit *v, struct draft *d, struct page_question *p)
{
	struct view_field *fields = NEW(v->turn->cx, struct view_field, MOST_FIELDS);

	p->heading = word_of(WORD_manager_title);
	if (str_eq(report_who_mode(v, d), S("anonymous")))
		p->inset = S("You report without your name. Who your manager is may show who you are: you can leave "
		    "this empty.");
	p->fields = fields;
	TRY(report_who_manager(v, d, fields, &p->n_fields));
	add_questions(v, d, ASK_MANAGER, fields, &p->n_fields);
	return OK;
}

static enum err
take_manager(struct visit *v, struct draft *d)
{
	TRY(take_questions(v, d, ASK_MANAGER));
	return report_who_take_manager(v, d);
}

static const struct step steps[] = {
	{ { "category", 8 }, always, NULL, NULL },
	{ { "narrative", 9 }, always, show_narrative, take_narrative },
	{ { "details", 7 }, details_apply, show_details, take_details },
	{ { "people", 6 }, people_apply, show_people, take_people },
	{ { "when", 4 }, always, report_who_show_times, report_who_take_times },
	{ { "you", 3 }, always, report_who_show_you, report_who_take_you },
	{ { "manager", 7 }, always, show_manager, take_manager },
	{ { "files", 5 }, always, NULL, NULL },
	{ { "check", 5 }, always, NULL, NULL },
};

static ptrdiff_t
step_at(struct str name)
{
	for (ptrdiff_t i = 0; i < COUNT(steps); i++)
		if (str_eq(steps[i].name, name))
			return i;
	return -1;
}

/* What a request carries along: of a form when it is one, else of the address. */
static struct str
carried(struct visit *v, struct str key)
{
	struct str s = form_get(v->turn->method == METHOD_POST ? &v->turn->form : &v->turn->query, key);

	return fact_id_ok(s) ? s : S("");
}

static bool
to_check(struct visit *v)
{
	return str_eq(carried(v, S("then")), S("check"));
}

struct str
report_step_next(struct visit *v, const struct draft *d, struct str name)
{
	if (to_check(v))
		return S("/report/check");
	for (ptrdiff_t i = step_at(name) + 1; i < COUNT(steps); i++)
		if (steps[i].applies(d))
			return str_fmt(v->turn->cx, "/report/%.*s", F(steps[i].name));
	return S("/report/check");
}

struct str
report_step_back(struct visit *v, const struct draft *d, struct str name)
{
	if (to_check(v))
		return S("/report/check");
	for (ptrdiff_t i = step_at(name) - 1; i >= 0; i--)
		if (steps[i].applies(d))
			return str_fmt(v->turn->cx, "/report/%.*s", F(steps[i].name));
	return S("/");
}

struct view_progress
report_step_progress(struct visit *v, const struct draft *d, struct str name)
{
	struct view_progress p = { 0, 0, 0 };
	ptrdiff_t at = step_at(name);

	(void)v;
	for (ptrdiff_t i = 0; i < COUNT(steps) - 1; i++)
		if (steps[i].applies(d)) {
			p.of++;
			p.n += i <= at;
		}
	if (!d->category)
		p.of = 0; /* how many there are depends on the category */
	p.percent = p.of ? p.n * 100 / p.of : 12;
	return p;
}

struct view_form
report_step_form(struct visit *v, struct str action)
{
	static const struct str keys[] = { { "then", 4 }, { "from", 4 } };
	struct view_form form = visit_form(v, action);
	struct view_pair *keep = NEW(v->turn->cx, struct view_pair, COUNT(keys) + 1);

	for (ptrdiff_t i = 0; i < COUNT(keys); i++)
		if (carried(v, keys[i]).n)
			keep[form.n_keep++] = (struct view_pair){ keys[i], carried(v, keys[i]) };
	form.keep = keep;
	return form;
}

const struct view_card *
report_step_advice(struct visit *v, const struct draft *d, bool all, struct view_form *form, int *n)
{
	struct cx *cx = v->turn->cx;
	const struct card *const *cards;
	ptrdiff_t m = policy_cards(cx, v->policy, &d->facts, &cards);
	struct view_card *out = NEW(cx, struct view_card, m);
	struct view_pair *keep = NEW(cx, struct view_pair, form->n_keep + m);

	*n = 0;
	for (int i = 0; i < form->n_keep; i++)
		keep[i] = form->keep[i];
	for (ptrdiff_t i = 0; i < m; i++) {
		if (!all && report_draft_marked(d, S("shown"), cards[i]->id))
			continue;
		out[(*n)++] = (struct view_card){ cards[i]->title, cards[i]->text, (int)cards[i]->n_text };
		keep[form->n_keep++] = (struct view_pair){ S("shown"), cards[i]->id };
	}
	form->keep = keep;
	return out;
}

void
report_step_shown(struct visit *v, struct draft *d)
{
	const struct form *form = &v->turn->form;

	for (const struct form_field *f = form_next(form, S("shown"), NULL); f; f = form_next(form, S("shown"), f))
		if (policy_card(v->policy, f->value))
			report_draft_mark(v->turn->cx, d, S("shown"), policy_card(v->policy, f->value)->id);
}

static enum err
page(struct visit *v, struct draft *d, const struct step *s, int status)
{
	struct cx *cx = v->turn->cx;
	struct str here = str_fmt(cx, "/report/%.*s", F(s->name));
	struct page_question p = { .form = report_step_form(v, here), .progress = report_step_progress(v, d, s->name) };

	/* before the words all that is known to hold; later what an answer has brought up */
	p.advice = report_step_advice(v, d, s->show == show_narrative, &p.form, &p.n_advice);
	TRY(s->show(v, d, &p));
	p.frame = visit_frame(v, p.heading.n ? p.heading : p.n_fields ? p.fields[0].label : S("Report"), false);
	p.frame.back_href = report_step_back(v, d, s->name);
	page_question(visit_page(v, status), &p);
	return OK;
}

/* The step that the address names, and the draft; NULL when it must be begun first. */
static enum err
step_of(struct visit *v, struct draft *d, const struct step **s)
{
	ptrdiff_t i = step_at(v->args[0]);

	*s = NULL;
	if (i < 0 || !steps[i].show)
		return fail(v->turn->cx, ERR_NOT_FOUND, "there is no such page");
	TRY(report_draft_load(v, d));
	if (d->category)
		*s = &steps[i];
	return OK;
}

enum err
report_step_get(struct visit *v)
{
	const struct step *s;
	struct draft d;

	TRY(step_of(v, &d, &s));
	return s ? page(v, &d, s, 200) : visit_see(v, S("/report/category"));
}

enum err
report_step_post(struct visit *v)
{
	const struct step *s;
	struct draft d;

	TRY(step_of(v, &d, &s));
	if (!s)
		return visit_see(v, S("/report/category"));
	TRY(s->take(v, &d));
	if (v->turn->cx->n_faults) {
		/* questions that were asked stay on the page that asked them */
		TRY(report_draft_load(v, &d));
		return page(v, &d, s, 422);
	}
	report_step_shown(v, &d);
	report_draft_know(v, &d);
	if ((s->take == take_details && report_ask_open(&d, ASK_DETAILS)) ||
	    (s->take == take_people && report_ask_open(&d, ASK_PEOPLE)))
		return report_draft_save(v, &d, str_fmt(v->turn->cx, "/report/%.*s%s", F(s->name),
		    to_check(v) ? "?then=check" : ""));
	return report_draft_save(v, &d, report_step_next(v, &d, s->name));
}
