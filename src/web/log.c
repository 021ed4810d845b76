/* Logging a report for a caller: one form, the channel, the true time; reference and code to read out afterwards. */
#include "web/page/staff.h"
#include "web/site.h"
#include "web/typed.h"

enum { FIELDS = 11 };

static const struct { struct str value, label; } channels[] = { { { "phone", 5 }, { "Telephone", 9 } }, { { "person", 6 }, { "In person", 9 } },
	{ { "email", 5 }, { "Email", 5 } }, { { "letter", 6 }, { "Letter", 6 } } },
	people[] = { { { "yes", 3 }, { "Yes", 3 } }, { { "unsure", 6 }, { "Not sure", 8 } }, { { "no", 2 }, { "No", 2 } } },
	forms[] = { { { "paper", 5 }, { "Paper", 5 } }, { { "email", 5 }, { "Email", 5 } }, { { "device", 6 }, { "A device", 8 } },
	{ { "system", 6 }, { "A computer system", 17 } }, { { "spoken", 6 }, { "Something said", 14 } }, { { "visual", 6 }, { "Something seen", 14 } },
	{ { "premises", 8 }, { "A building or room", 18 } } };

static struct view_field
text_field(struct visit *v, struct str name, struct str label, enum field_kind kind)
{
	return (struct view_field){ .kind = kind, .name = name, .label = label, .value = form_get(&v->turn->form, name),
	    .error = visit_fault_of(v, name), .small = true, .is_optional = true };
}

#define CHOICES(v, field, list) choices(v, field, (const void *)(list), COUNT(list))
static void
choices(struct visit *v, struct view_field *f, const void *list, ptrdiff_t n)
{
	const struct { struct str value, label; } *l = list;
	struct view_option *o = NEW(v->turn->cx, struct view_option, n);

	for (ptrdiff_t i = 0; i < n; i++) {
		o[i] = (struct view_option){ .value = l[i].value, .label = l[i].label };
		for (const struct form_field *c = form_next(&v->turn->form, f->name, NULL); c; c = form_next(&v->turn->form, f->name, c))
			o[i].checked |= str_eq(c->value, l[i].value);
	}
	f->options = o;
	f->n_options = (int)n;
}

static void
categories(struct visit *v, struct view_field *f)
{
	struct view_option *o = NEW(v->turn->cx, struct view_option, v->policy ? v->policy->n_categories : 0);

	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_categories; i++)
		o[f->n_options++] = (struct view_option){ .value = v->policy->categories[i].id, .label = v->policy->categories[i].label,
		    .checked = str_eq(f->value.n ? f->value : S("not_sure"), v->policy->categories[i].id) };
	f->options = o;
}

static enum err
show(struct visit *v, int status)
{
	struct view_field *f = NEW(v->turn->cx, struct view_field, FIELDS);
	struct page_form page = { .heading = S("Log a report for a caller"), .button = S("Record the report"), .fields = f };
	struct typed told = typed_of(v->turn->cx, &v->turn->form, S("told"));
	int n = 0;

	f[n] = text_field(v, S("category"), S("What happened?"), FIELD_SELECT), categories(v, &f[n++]);
	f[n] = text_field(v, S("narrative"), S("In their words"), FIELD_AREA), f[n].rows = 6, f[n].is_optional = false;
	f[n++].hint = S("No names or details of the people affected, and no passwords.");
	f[n] = text_field(v, S("forms"), S("What kind of thing is it?"), FIELD_CHECKS), CHOICES(v, &f[n], forms), n++;
	f[n] = text_field(v, S("personal_data"), S("Is information about people involved?"), FIELD_RADIOS), CHOICES(v, &f[n], people), n++;
	f[n] = text_field(v, S("channel"), S("How did it reach you?"), FIELD_RADIOS), CHOICES(v, &f[n], channels), n++;
	f[n] = text_field(v, S("told"), S("When were you told?"), FIELD_DATE_TIME), f[n].hint = S("Leave it empty for now.");
	f[n].day = told.day, f[n].month = told.month, f[n].year = told.year, f[n++].value = told.time;
	f[n++] = text_field(v, S("name"), S("Caller's name"), FIELD_TEXT);
	f[n++] = text_field(v, S("phone"), S("Caller's telephone"), FIELD_PHONE);
	f[n++] = text_field(v, S("email"), S("Caller's email"), FIELD_EMAIL);
	f[n++] = text_field(v, S("department"), S("Caller's department"), FIELD_TEXT);
	f[n] = text_field(v, S("line_manager"), S("Caller's line manager"), FIELD_TEXT), f[n++].hint = S("Their email or staff id");
	page.n_fields = n;
	page.frame = visit_frame(v, page.heading, true);
	page.form = visit_form(v, S("/log"));
	page.cancel = (struct view_link){ S("Cancel"), S("/queue") };
	page_form(visit_page(v, status), &page);
	return OK;
}

enum err
log_show(struct visit *v)
{
	return show(v, 200);
}

static enum err
logged(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct str *text = NEW(t->cx, struct str, 3), ref = js_str(ok, S("ref"));
	struct view_link *links = NEW(t->cx, struct view_link, 2);
	struct page_message page = { .heading = str_fmt(t->cx, "Recorded as %.*s", F(ref)), .panel = true, .text = text, .n_text = 3,
		.form = { .action = S("") }, .links = links, .n_links = 2 };

	(void)arg;
	/* faults of a field come back under the field's own name */
	for (struct fault *f = t->cx->faults; f; f = f->next)
		if (str_starts(f->field, S("reporter.")))
			f->field = str_sub(f->field, 9, f->field.n);
	if (e == ERR_BAD_INPUT)
		return show(v, 422);
	TRY(e);
	text[0] = str_fmt(t->cx, "Read these out to the caller. Reference: %.*s", F(ref));
	text[1] = str_fmt(t->cx, "Code: %.*s", F(js_str(ok, S("code"))));
	text[2] = S("With both they can follow the report and add to it. The code is not shown again.");
	links[0] = (struct view_link){ S("Open the case"), str_fmt(t->cx, "/case/%.*s", F(ref)) };
	links[1] = (struct view_link){ S("Log another"), S("/log") };
	page.frame = visit_frame(v, page.heading, true);
	page_message(visit_page(v, 200), &page);
	return OK;
}

static void
put(struct cx *cx, struct js *into, const struct form *form, struct str name)
{
	struct str value = str_trim(form_one(cx, form, name));

	if (value.n)
		js_set_str(cx, into, name, value);
}

enum err
log_send(struct visit *v)
{
	const struct form *form = &v->turn->form;
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx), *facts = js_object(cx), *reporter = js_object(cx), *list = js_array(cx);
	struct typed told = typed_of(cx, form, S("told"));
	struct moment at;

	put(cx, facts, form, S("category"));
	put(cx, facts, form, S("personal_data"));
	for (const struct form_field *f = form_next(form, S("forms"), NULL); f; f = form_next(form, S("forms"), f))
		js_add_str(cx, list, f->value);
	if (list->n)
		js_set(cx, facts, S("forms"), list);
	put(cx, reporter, form, S("name"));
	put(cx, reporter, form, S("phone"));
	put(cx, reporter, form, S("email"));
	put(cx, reporter, form, S("department"));
	js_set_str(cx, reporter, S("mode"), js_get(reporter, S("name")) || js_get(reporter, S("email")) ? S("named") : S("anonymous"));
	js_set_str(cx, args, S("narrative"), form_one(cx, form, S("narrative")));
	js_set(cx, args, S("facts"), facts);
	js_set(cx, args, S("reporter"), reporter);
	put(cx, args, form, S("channel"));
	put(cx, args, form, S("line_manager"));
	if (!typed_empty(&told) && typed_moment(cx, S("told"), &told, cx->now, cx->now, &at))
		js_set_when(cx, args, S("reported_at"), at.at);
	if (cx->faults)
		return show(v, 422);
	return visit_send(v, S("report"), S(""), args, logged, NULL);
}
