#include "web/report_ask.h"

#include "web/typed.h"
#include "web/word.h"

enum { TEXT_MOST = 500, GENERAL = 6 };

/* Questions that every body asks unless its pack asks them, or its category answers them. Their answers are facts. */
#define TEXT(s) { s, sizeof s - 1 }
#define OPTIONS(a) .options = a, .n_options = COUNT(a)
static const struct option form_options[] = {
	{ .value = TEXT("paper"), .label = TEXT("Paper") },
	{ .value = TEXT("email"), .label = TEXT("Email or message") },
	{ .value = TEXT("device"), .label = TEXT("Phone, laptop, memory stick or other device") },
	{ .value = TEXT("system"), .label = TEXT("Computer system or database") },
	{ .value = TEXT("spoken"), .label = TEXT("Something said aloud or on the phone") },
	{ .value = TEXT("visual"), .label = TEXT("Something seen, such as a screen or a notice board") },
	{ .value = TEXT("premises"), .label = TEXT("A building, room or cabinet") },
};
static const struct option whose_options[] = {
	{ .value = TEXT("staff"), .label = TEXT("Staff") },
	{ .value = TEXT("service_user"), .label = TEXT("People who use our services") },
	{ .value = TEXT("public"), .label = TEXT("Other members of the public") },
};
static const struct question general[GENERAL] = {
	{ .id = TEXT("forms"), .label = TEXT("What kind of information or thing is it?"), .kind = ASK_CHOICES,
		.sets = FACT_forms, OPTIONS(form_options) },
	{ .id = TEXT("personal_data"), .label = TEXT("Is information about people involved?"), .kind = ASK_YES_NO_UNSURE,
	  .hint = TEXT("For example names, addresses, health or pay details."), .sets = FACT_personal_data },
	{ .id = TEXT("data_subjects"), .label = TEXT("Whose information is it?"), .kind = ASK_CHOICES,
		.sets = FACT_data_subjects, OPTIONS(whose_options) },
	{ .id = TEXT("social_care"), .label = TEXT("Is it about social care?"), .kind = ASK_YES_NO,
		.sets = FACT_social_care },
	{ .id = TEXT("line_manager_absent"), .label = TEXT("Is your line manager away or out of reach?"),
		.kind = ASK_YES_NO,
	  .sets = FACT_line_manager_absent },
	{ .id = TEXT("line_manager_involved"), .label = TEXT("Is your line manager part of what happened?"),
		.kind = ASK_YES_NO,
	  .hint = TEXT("Then we do not tell them."), .sets = FACT_line_manager_involved },
};

static bool
is_general(const struct question *q)
{
	return q >= general && q < general + GENERAL;
}

static bool
means_has(const struct means *m, enum fact fact)
{
	for (ptrdiff_t i = 0; i < m->n; i++)
		if (m->set[i].fact == fact)
			return true;
	return false;
}

/* Could an answer to this question set the fact? */
static bool
may_set(const struct question *q, enum fact fact)
{
	if (q->sets == fact)
		return true;
	for (ptrdiff_t i = 0; i < q->n_options; i++)
		if (means_has(&q->options[i].means, fact))
			return true;
	return false;
}

static bool
category_asks(const struct category *c, enum fact fact)
{
	for (ptrdiff_t i = 0; i < c->n_ask; i++)
		if (may_set(c->ask[i], fact))
			return true;
	return false;
}

enum ask_page
report_ask_page(const struct question *q)
{
	static const enum fact people[] = {
		FACT_personal_data, FACT_data_subjects, FACT_social_care, FACT_special_category, FACT_vulnerable_people,
		FACT_safety_at_risk, FACT_people_affected, FACT_particularly_sensitive, FACT_marking, FACT_regime,
	};

	if (may_set(q, FACT_line_manager_absent) || may_set(q, FACT_line_manager_involved))
		return ASK_MANAGER;
	for (ptrdiff_t i = 0; i < COUNT(people); i++)
		if (q->sets == people[i])
			return ASK_PEOPLE;
	return ASK_DETAILS;
}

/* Does a general question apply: nothing of the category asks or answers it, and what it depends on holds? */
static bool
general_applies(const struct policy *p, const struct category *c, const struct question *q, const struct facts *facts)
{
	bool cares = false, unsure = q->sets == FACT_personal_data && fact_is(facts, FACT_personal_data, S("unsure"));

	if (category_asks(c, q->sets) || (means_has(&c->means, q->sets) && !unsure))
		return false;
	if (q->sets == FACT_data_subjects || q->sets == FACT_social_care) {
		for (ptrdiff_t i = 0; i < p->n_questions; i++)
			cares |= may_set(&p->questions[i], q->sets);
		return cares && !category_asks(c, FACT_personal_data) && !fact_is(facts, FACT_personal_data, S("no")) &&
		    facts->v[FACT_personal_data].known;
	}
	return true;
}

const struct js *
report_ask_answer(const struct draft *d, const struct question *q)
{
	return js_get(js_get(d->all, is_general(q) ? S("facts") : S("answers")), q->id);
}

/* Facts with these answers and statements, derived; false if they do not fit the policy, which may have changed. */
static bool
know(struct cx *cx, const struct policy *p, struct draft *d, const struct js *answers, const struct js *stated)
{
	struct fault *had = cx->faults;
	struct facts facts = { 0 };
	int n = cx->n_faults;
	bool fits;

	cx->faults = NULL;
	cx->n_faults = 0;
	facts_read(cx, stated, &facts);
	policy_answers(cx, p, answers, &facts);
	fits = cx->n_faults == 0;
	if (fits)
		policy_derive(p, &facts, &d->facts);
	cx->faults = had; /* what is wrong with the form that just came is said there */
	cx->n_faults = n;
	return fits;
}

static struct js *
with(struct cx *cx, const struct js *object, struct str key, const struct js *value)
{
	struct js *all = js_object(cx);

	for (const struct js *m = object->first; m; m = m->next)
		js_set(cx, all, m->key, js_share(cx, m));
	js_set(cx, all, key, js_share(cx, value));
	return all;
}

/* A question that applies: ask it, and take in its answer if there is one. */
static void
ask(struct cx *cx, const struct policy *p, struct draft *d, const struct question **asks, const struct question *q)
{
	const struct js *a = report_ask_answer(d, q);
	struct js **into = is_general(q) ? &d->stated : &d->answers, *more;

	asks[d->n_asks++] = q;
	if (!a)
		return;
	more = with(cx, *into, q->id, a);
	if (know(cx, p, d, is_general(q) ? d->answers : more, is_general(q) ? more : d->stated))
		*into = more;
}

/* Facts that the form states itself. */
static void
state_times(struct cx *cx, struct draft *d)
{
	static const struct str names[] = { { "discovered_at", 13 }, { "occurred_at", 11 } };
	const struct js *times = js_get(d->all, S("times"));

	for (ptrdiff_t i = 0; i < COUNT(names); i++)
		if (js_str(times, names[i]).n)
			js_set_str(cx, d->stated, names[i], js_str(times, names[i]));
}

void
report_ask_know(struct cx *cx, const struct policy *p, struct draft *d)
{
	const struct category *c = d->category;
	const struct question **asks = NEW(cx, const struct question *, c->n_ask + GENERAL);

	js_set_str(cx, d->stated, S("category"), c->id);
	state_times(cx, d);
	if (!know(cx, p, d, d->answers, d->stated)) {
		d->stated = js_object(cx);
		js_set_str(cx, d->stated, S("category"), c->id);
		(void)know(cx, p, d, d->answers, d->stated);
	}
	for (ptrdiff_t i = 0; i < c->n_ask; i++)
		if (condition_holds(c->ask[i]->when, &d->facts))
			ask(cx, p, d, asks, c->ask[i]);
	for (ptrdiff_t i = 0; i < GENERAL; i++)
		if (general_applies(p, c, &general[i], &d->facts))
			ask(cx, p, d, asks, &general[i]);
	d->asks = asks;
}

bool
report_ask_open(const struct draft *d, enum ask_page page)
{
	for (ptrdiff_t i = 0; i < d->n_asks; i++)
		if (report_ask_page(d->asks[i]) == page && !report_draft_marked(d, S("asked"), d->asks[i]->id))
			return true;
	return false;
}

const struct question *const *
report_ask_shown(struct cx *cx, const struct draft *d, enum ask_page page, ptrdiff_t *n)
{
	const struct question **shown = NEW(cx, const struct question *, d->n_asks);
	bool open = report_ask_open(d, page), first = false;

	/* whether it is about people at all comes first: what depends on it waits for the answer */
	for (ptrdiff_t i = 0; i < d->n_asks; i++)
		first |= d->asks[i]->sets == FACT_personal_data && !report_draft_marked(d, S("asked"), d->asks[i]->id);
	*n = 0;
	for (ptrdiff_t i = 0; i < d->n_asks; i++) {
		const struct question *q = d->asks[i];
		bool waits = page == ASK_PEOPLE && first && q->when && q->sets != FACT_personal_data;

		if (report_ask_page(q) != page || (open && (waits || report_draft_marked(d, S("asked"), q->id))))
			continue;
		shown[(*n)++] = q;
	}
	return shown;
}

static bool
chosen(struct visit *v, const struct question *q, const struct js *had, struct str value)
{
	if (v->turn->method == METHOD_POST) {
		for (const struct form_field *f = form_next(&v->turn->form, q->id, NULL); f;
		    f = form_next(&v->turn->form, q->id, f))
			if (str_eq(f->value, value))
				return true;
		return false;
	}
	if (!had)
		return false;
	if (had->type == JS_ARRAY) {
		for (const struct js *m = had->first; m; m = m->next)
			if (m->type == JS_STR && str_eq(m->str, value))
				return true;
		return false;
	}
	if (had->type == JS_TRUE || had->type == JS_FALSE)
		return str_eq(value, had->type == JS_TRUE ? S("yes") : S("no"));
	return had->type == JS_STR && str_eq(had->str, value);
}

static void
options(struct visit *v, const struct question *q, const struct js *had, struct view_field *f)
{
	static const struct option yes_no[] = {
		{ .value = TEXT("yes"), .label = TEXT("Yes") }, { .value = TEXT("no"), .label = TEXT("No") },
		{ .value = TEXT("unsure"), .label = TEXT("Not sure") },
	};
	bool own = q->kind == ASK_CHOICE || q->kind == ASK_CHOICES;
	const struct option *from = own ? q->options : yes_no;
	ptrdiff_t n = own ? q->n_options : q->kind == ASK_YES_NO ? 2 : 3;
	struct view_option *o = NEW(v->turn->cx, struct view_option, n);

	f->kind = q->kind == ASK_CHOICES ? FIELD_CHECKS : FIELD_RADIOS;
	f->in_line = !own;
	f->options = o;
	f->n_options = (int)n;
	for (ptrdiff_t i = 0; i < n; i++)
		o[i] = (struct view_option){ .value = from[i].value, .label = from[i].label, .hint = from[i].hint,
			.checked = chosen(v, q, had, from[i].value) };
	if (q->kind == ASK_CHOICES)
		f->hint = f->hint.n ? f->hint : S("Choose all that apply.");
}

struct view_field
report_ask_field(struct visit *v, const struct draft *d, const struct question *q)
{
	const struct js *had = report_ask_answer(d, q);
	struct view_field f = { .kind = FIELD_TEXT, .name = q->id, .label = q->label, .hint = q->hint,
		.error = visit_fault_of(v, q->id) };
	bool post = v->turn->method == METHOD_POST;

	switch (q->kind) {
	case ASK_CHOICE: case ASK_CHOICES: case ASK_YES_NO: case ASK_YES_NO_UNSURE:
		options(v, q, had, &f);
		return f;
	case ASK_TEXT:
		f.value = post ? form_get(&v->turn->form, q->id) : had ? had->str : S("");
		return f;
	case ASK_NUMBER:
		f.kind = FIELD_NUMBER;
		f.width = 5;
		f.value = post ? form_get(&v->turn->form, q->id) : had ? had->str : S("");
		return f;
	case ASK_DATE:
		f.kind = FIELD_DATE;
		if (post) {
			struct typed t = typed_of(v->turn->cx, &v->turn->form, q->id);

			f.day = t.day, f.month = t.month, f.year = t.year;
		} else if (had && had->type == JS_STR) {
			f.year = str_sub(had->str, 0, 4), f.month = str_sub(had->str, 5, 2), f.day = str_sub(had->str, 8, 2);
		}
		return f;
	}
	return f;
}

/* A date may lie ahead: when something is needed, or should have come. */
static struct js *
take_date(struct visit *v, const struct question *q)
{
	struct cx *cx = v->turn->cx;
	struct typed t = typed_of(cx, &v->turn->form, q->id);
	struct moment m;
	char text[WHEN_TEXT];

	if (typed_empty(&t) ||
	    !typed_moment(cx, q->id, &t, cx->now, q->sets == FACT_none ? cx->now + 3650 * DAY : cx->now, &m))
		return NULL;
	moment_text(m, text);
	return js_of_str(cx, str_copy(cx, str_of(text)));
}

static struct js *
take_one(struct visit *v, const struct question *q)
{
	struct cx *cx = v->turn->cx;
	struct str typed = str_trim(form_one(cx, &v->turn->form, q->kind == ASK_CHOICES ? S("") : q->id));
	struct js *list = js_array(cx);
	int64_t n;

	if (q->kind == ASK_CHOICES) {
		for (const struct form_field *f = form_next(&v->turn->form, q->id, NULL); f;
		    f = form_next(&v->turn->form, q->id, f))
			js_add_str(cx, list, f->value);
		return list->n ? list : NULL;
	}
	if (q->kind == ASK_DATE)
		return take_date(v, q);
	if (!typed.n)
		return NULL;
	if (q->kind == ASK_NUMBER && (!str_int(typed, &n) || n < 0 || n > 1000000000))
		fault_add(cx, q->id, 0, 0, S("number"), "Write a whole number, such as 12");
	if (utf8_count(typed) > TEXT_MOST)
		fault_add(cx, q->id, 0, 0, S("too-long"), "This is too long: at most %d characters, not %td", TEXT_MOST,
		    utf8_count(typed));
	if (is_general(q) && q->kind == ASK_YES_NO && fact_about(q->sets)->type == FACT_BOOL &&
	    (str_eq(typed, S("yes")) || str_eq(typed, S("no")))) {
		struct js *bools = js_object(cx);

		return js_share(cx, js_set_bool(cx, bools, S("v"), str_eq(typed, S("yes"))));
	}
	return js_of_str(cx, typed);
}

/* Faults of an answer that this policy would not take. */
static void
check(struct visit *v, const struct question *q, const struct js *a)
{
	struct cx *cx = v->turn->cx;
	struct js *one = js_object(cx);
	struct facts facts = { 0 };

	js_set(cx, one, q->id, js_share(cx, a));
	if (is_general(q))
		facts_read(cx, one, &facts);
	else
		policy_answers(cx, v->policy, one, &facts);
}

void
report_ask_take(struct visit *v, struct draft *d, const struct question *const *asks, ptrdiff_t n)
{
	struct cx *cx = v->turn->cx;

	for (ptrdiff_t i = 0; i < n; i++) {
		struct js *a = take_one(v, asks[i]);

		if (a && !visit_fault_of(v, asks[i]->id).n)
			check(v, asks[i], a);
		report_draft_put(cx, report_draft_object(cx, d, is_general(asks[i]) ? S("facts") : S("answers")),
		    asks[i]->id, a);
		report_draft_mark(cx, d, S("asked"), asks[i]->id);
	}
	report_draft_know(v, d);
}

static struct str
option_words(const struct question *q, struct str value)
{
	for (ptrdiff_t i = 0; i < q->n_options; i++)
		if (str_eq(q->options[i].value, value))
			return q->options[i].label;
	return str_eq(value, S("yes")) ? word_of(WORD_yes) : str_eq(value, S("no")) ? word_of(WORD_no) :
	    str_eq(value, S("unsure")) ? word_of(WORD_unsure) : value;
}

struct str
report_ask_words(struct cx *cx, const struct question *q, const struct js *a)
{
	struct buf b = buf_new(cx);

	if (!a)
		return S("");
	if (a->type == JS_TRUE || a->type == JS_FALSE)
		return word_of(a->type == JS_TRUE ? WORD_yes : WORD_no);
	if (a->type == JS_INT)
		return str_fmt(cx, "%lld", (long long)a->i);
	if (a->type == JS_STR) {
		struct moment date;

		if (q->kind == ASK_DATE && moment_read(a->str, &date))
			return typed_words(cx, date);
		return q->kind == ASK_TEXT || q->kind == ASK_NUMBER || q->kind == ASK_DATE ? a->str : option_words(q, a->str);
	}
	for (const struct js *m = a->type == JS_ARRAY ? a->first : NULL; m; m = m->next) {
		buf_put(&b, option_words(q, m->str));
		if (m->next)
			buf_put(&b, S(", "));
	}
	return buf_str(&b);
}
