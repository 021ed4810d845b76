/* Stating one fact: a form made from the fact's type. */
#include "web/case.h"

#include "web/site.h"
#include "web/typed.h"

enum { PER_GROUP = FACTS };

/* All facts there are, to choose one. */
static enum err
show_all(struct visit *v, const struct ask_case *c)
{
	struct cx *cx = v->turn->cx;
	struct view_link *links = NEW(cx, struct view_link, FACTS);
	struct page_message page = { .heading = S("Which fact?"), .links = links, .form = { .action = S("") } };

	for (int f = 0; f < FACTS; f++)
		links[page.n_links++] = (struct view_link){ fact_about((enum fact)f)->words,
			case_href(v, c->kase.ref, str_fmt(cx, "/do/facts?fact=%.*s", F(fact_about((enum fact)f)->name))) };
	page.frame = visit_frame(v, page.heading, true);
	page.frame.back_href = case_href(v, c->kase.ref, S("#facts"));
	page.frame.back_text = c->kase.ref;
	page_message(visit_page(v, 200), &page);
	return OK;
}

static struct str
chosen(struct visit *v, enum fact f, const struct value *now)
{
	struct str typed = form_get(&v->turn->form, S("value"));

	if (typed.n || !now->known || fact_about(f)->type == FACT_SET)
		return typed;
	if (fact_about(f)->type == FACT_BOOL)
		return now->i ? S("true") : S("false");
	if (fact_about(f)->type == FACT_CHOICE)
		return fact_about(f)->values[now->i];
	if (fact_about(f)->type == FACT_NUMBER)
		return str_fmt(v->turn->cx, "%lld", (long long)now->i);
	return fact_about(f)->type == FACT_ID ? now->id : S("");
}

static struct str
spaced(struct cx *cx, struct str id)
{
	char *p = (char *)str_copy(cx, id).p;

	for (ptrdiff_t i = 0; i < id.n; i++)
		if (p[i] == '_')
			p[i] = ' ';
	if (id.n && p[0] >= 'a' && p[0] <= 'z')
		p[0] = (char)(p[0] - 32);
	return (struct str){ p, id.n };
}

static void
choices(struct visit *v, enum fact f, const struct value *now, struct view_field *field)
{
	const struct fact_about *about = fact_about(f);
	struct cx *cx = v->turn->cx;
	struct view_option *o = NEW(cx, struct view_option, about->n_values + 3);
	int n = 0;

	if (about->type == FACT_BOOL) {
		o[n++] = (struct view_option){ .value = S("true"), .label = spaced(cx, about->words), .checked = str_eq(field->value, S("true")) };
		o[n++] = (struct view_option){ .value = S("false"), .label = spaced(cx, about->words_not), .checked = str_eq(field->value, S("false")) };
	}
	for (ptrdiff_t i = 0; i < about->n_values; i++)
		o[n++] = (struct view_option){ .value = about->values[i], .label = spaced(cx, about->values[i]), .checked =
		    about->type == FACT_SET ? now->known && (now->i >> i & 1) : str_eq(field->value, about->values[i]) };
	o[n++] = (struct view_option){ .value = S("unknown"), .label = S("Not known: take it away"), .apart = about->type != FACT_SET,
		.alone = about->type == FACT_SET };
	field->options = o;
	field->n_options = n;
	field->kind = about->type == FACT_SET ? FIELD_CHECKS : FIELD_RADIOS;
}

static enum err
show_one(struct visit *v, const struct ask_case *c, enum fact f, int status)
{
	const struct fact_about *about = fact_about(f);
	const struct value *now = &c->derived.v[f];
	struct cx *cx = v->turn->cx;
	struct view_field *fields = NEW(cx, struct view_field, 2);
	struct view_pair *keep = NEW(cx, struct view_pair, 1);
	struct page_form page = { .heading = spaced(cx, about->words), .button = S("State this"), .fields = fields, .n_fields = 2, .above = c->kase.ref };
	struct typed typed = typed_of(cx, &v->turn->form, S("value"));

	fields[0] = (struct view_field){ .kind = FIELD_TEXT, .name = S("value"), .label = S("What is it?"), .value = chosen(v, f, now),
		.error = visit_fault_of(v, S("value")), .small = true };
	if (!fields[0].error.n)
		fields[0].error = visit_fault_of(v, about->name);
	if (about->type == FACT_CHOICE || about->type == FACT_SET || about->type == FACT_BOOL)
		choices(v, f, now, &fields[0]);
	if (about->type == FACT_NUMBER)
		fields[0].kind = FIELD_NUMBER, fields[0].width = 10;
	if (about->type == FACT_LIST)
		fields[0].hint = S("Ids, divided by commas");
	if (about->type == FACT_TIME) {
		fields[0].kind = FIELD_DATE_TIME;
		fields[0].day = typed.day, fields[0].month = typed.month, fields[0].year = typed.year, fields[0].value = typed.time;
		if (now->known)
			fields[0].hint = str_fmt(cx, "Now: %.*s", F(value_words(cx, f, now)));
	}
	fields[1] = (struct view_field){ .kind = FIELD_AREA, .name = S("reason"), .label = S("Why?"), .rows = 3, .is_optional = f != FACT_aware_at,
		.value = form_get(&v->turn->form, S("reason")), .error = visit_fault_of(v, S("reason")) };
	page.frame = visit_frame(v, page.heading, true);
	keep[0] = (struct view_pair){ S("fact"), about->name };
	page.form = visit_form(v, case_href(v, c->kase.ref, S("/do/facts")));
	page.form.keep = keep;
	page.form.n_keep = 1;
	page.cancel = (struct view_link){ S("Cancel"), case_href(v, c->kase.ref, S("#facts")) };
	page_form(visit_page(v, status), &page);
	return OK;
}

static enum err
open_case(struct visit *v, struct ask_case *c)
{
	TRY(ask_case(v->turn->cx, v->desk, &v->who, v->args[0], INT64_MAX, c));
	return c->sight == SEES_IT_ALL ? OK : fail(v->turn->cx, ERR_NOT_FOUND, "there is no such case");
}

enum err
case_facts_show(struct visit *v)
{
	struct str name = form_get(&v->turn->query, S("fact"));
	enum fact f = fact_of_name(name);
	struct ask_case c;

	TRY(open_case(v, &c));
	if (!name.n)
		return show_all(v, &c);
	return f == FACT_none ? fail(v->turn->cx, ERR_NOT_FOUND, "there is no such fact") : show_one(v, &c, f, 200);
}

static enum err
stated(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	const enum fact *f = arg;
	struct ask_case c;

	(void)ok;
	if (e == ERR_BAD_INPUT) {
		TRY(open_case(v, &c));
		return show_one(v, &c, *f, 422);
	}
	TRY(e);
	return visit_see(v, case_href(v, v->args[0], S("#facts")));
}

/* The value as command set_facts takes it; NULL and a fault when it is none. */
static struct js *
value_typed(struct visit *v, enum fact f)
{
	const struct form *form = &v->turn->form;
	struct cx *cx = v->turn->cx;
	struct typed typed = typed_of(cx, form, S("value"));
	struct moment m;
	struct value value;
	struct buf b = buf_new(cx);
	char text[WHEN_TEXT];

	if (str_eq(form_get(form, S("value")), S("unknown")))
		return NEW(cx, struct js, 1); /* null */
	if (fact_about(f)->type == FACT_TIME) {
		if (!typed_moment(cx, S("value"), &typed, cx->now, cx->now, &m))
			return NULL;
		return js_of_str(cx, str_copy(cx, (struct str){ text, moment_text(m, text) }));
	}
	for (const struct form_field *o = form_next(form, S("value"), NULL); o; o = form_next(form, S("value"), o)) {
		if (b.n)
			buf_char(&b, ',');
		buf_put(&b, o->value);
	}
	if (!b.n || value_read(cx, f, buf_str(&b), &value) != OK) {
		fault_add(cx, S("value"), 0, 0, S("value"), "%s", b.n ? str_z(cx, str_of(cx->why)) : "Choose or write what it is");
		return NULL;
	}
	return value_js(cx, f, &value);
}

enum err
case_facts_send(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	enum fact *f = NEW(cx, enum fact, 1);
	struct js *args = js_object(cx), *set = js_object(cx), *value;
	struct str reason = str_trim(form_get(&v->turn->form, S("reason")));
	struct ask_case c;

	*f = fact_of_name(form_get(&v->turn->form, S("fact")));
	if (*f == FACT_none)
		return fail(cx, ERR_BAD_INPUT, "fact: which one?");
	value = value_typed(v, *f);
	if (!value) {
		TRY(open_case(v, &c));
		return show_one(v, &c, *f, 422);
	}
	js_set(cx, set, fact_about(*f)->name, value);
	js_set(cx, args, S("set"), set);
	if (reason.n)
		js_set_str(cx, args, S("reason"), reason);
	return visit_send(v, S("set_facts"), v->args[0], args, stated, f);
}
