/* Everything one can do on a case, by one table: a form to show, a command to send. */
#include "web/case.h"

#include "web/site.h"
#include "web/typed.h"

enum { MOST_FIELDS = 3, MOST_PEOPLE = 500 };

struct act_field {
	struct str name, label, hint;
	enum field_kind kind;
	bool needed;
};
struct act {
	struct str name, command, heading, button, text;
	bool duty;                         /* on one duty: ?duty= */
	struct act_field fields[MOST_FIELDS];
};

#define A(name, command, heading, button, text) { name, sizeof name - 1 }, { command, sizeof command - 1 }, \
	{ heading, sizeof heading - 1 }, { button, sizeof button - 1 }, { text, sizeof text - 1 }
#define FIELD(name, label, hint, kind, needed) { { name, sizeof name - 1 }, { label, sizeof label - 1 }, { hint, sizeof hint - 1 }, kind, needed }
static const struct act acts[] = {
	{ A("triage", "triage", "Decide what this is", "Record the decision", "The decision and its reasons stay on record; it can be changed later."),
	    false, { FIELD("assessed", "What is it?", "", FIELD_RADIOS, true), FIELD("reasons", "Why?", "", FIELD_AREA, true),
	    FIELD("next", "What happens next?", "Say so if nothing more needs to be done, and why.", FIELD_AREA, true) } },
	{ A("assign", "assign", "Assign this case", "Assign", "Whoever owns the case sees that it moves."),
	    false, { FIELD("person", "To whom?", "", FIELD_SELECT, true) } },
	{ A("close", "close", "Close this case", "Close the case", "Everything that is owed must be done or said to be not needed."),
	    false, { FIELD("reason", "Why can it be closed?", "What was found, what was done, what changes.", FIELD_AREA, true),
	    FIELD("to_reporter", "What shall the reporter read?", "Thank them; never blame.", FIELD_AREA, false) } },
	{ A("reopen", "reopen", "Open this case again", "Open it again", ""), false, { FIELD("reason", "Why?", "", FIELD_AREA, true) } },
	{ A("acknowledge", "acknowledge", "Confirm that you have read this", "I have read this", ""), true, { { { NULL, 0 } } } },
	{ A("done", "duty_done", "Say that this is done", "It is done", ""), true, { FIELD("how", "How was it done?", "", FIELD_AREA, false),
	    FIELD("without_agreement", "If nobody could agree in time: why is it done without?", "Leave this empty unless agreement is missing.",
	    FIELD_AREA, false) } },
	{ A("not-needed", "not_needed", "Say that this is not needed", "It is not needed", ""), true, { FIELD("why", "Why is it not needed?", "", FIELD_AREA, true) } },
	{ A("hand-over", "hand_over", "Hand this over", "Hand it over", ""), true, { FIELD("to", "To whom?", "", FIELD_SELECT, true),
	    FIELD("why", "Why?", "", FIELD_AREA, true) } },
	{ A("agree", "agree", "Agree or object", "Record it", ""), true, { FIELD("agreed", "Do you agree?", "", FIELD_RADIOS, true),
	    FIELD("why", "Reasons", "Needed if you object.", FIELD_AREA, false) } },
};

static const struct act *
act_named(struct str name)
{
	for (ptrdiff_t i = 0; i < COUNT(acts); i++)
		if (str_eq(acts[i].name, name))
			return &acts[i];
	return NULL;
}

static void
option(struct view_field *f, struct str value, struct str label)
{
	struct view_option *o = (struct view_option *)f->options;

	o[f->n_options++] = (struct view_option){ .value = value, .label = label, .checked = str_eq(value, f->value) };
}

static enum err
options(struct visit *v, const struct act_field *a, struct view_field *f)
{
	struct cx *cx = v->turn->cx;
	struct row_people_page *people;
	ptrdiff_t n;

	f->options = NEW(cx, struct view_option, MOST_PEOPLE + 1);
	if (str_eq(a->name, S("assessed"))) {
		option(f, S("incident"), S("An incident"));
		option(f, S("weakness"), S("A weakness: it could happen, but has not"));
		option(f, S("near_miss"), S("A near miss: it nearly happened"));
		option(f, S("not_security"), S("Not a security matter"));
		return OK;
	}
	if (str_eq(a->name, S("agreed"))) {
		option(f, S("yes"), S("I agree"));
		option(f, S("no"), S("I object"));
		return OK;
	}
	TRY(ask_people(cx, v->desk, S(""), MOST_PEOPLE, &people, &n));
	option(f, S(""), S("Choose somebody"));
	for (ptrdiff_t i = 0; i < n; i++)
		if (people[i].active)
			option(f, people[i].person, str_fmt(cx, "%.*s%s%.*s", F(people[i].name), people[i].department.n ? ", " : "",
			    F(people[i].department)));
	return OK;
}

static enum err
field_of(struct visit *v, const struct act_field *a, struct view_field *f)
{
	*f = (struct view_field){ .kind = a->kind, .name = a->name, .label = a->label, .hint = a->hint, .is_optional = !a->needed,
		.value = form_get(&v->turn->form, a->name), .error = visit_fault_of(v, a->name), .rows = 4, .small = true };
	return a->kind == FIELD_RADIOS || a->kind == FIELD_SELECT ? options(v, a, f) : OK;
}

/* The duty that the address or the form names, with its words. Missing and forbidden look the same. */
static enum err
duty_words(struct visit *v, const struct ask_case *c, struct str duty, struct str *out)
{
	struct id id;

	for (ptrdiff_t i = 0; id_read(duty, &id) && i < c->n_duties; i++)
		if (id_eq(c->duties[i].duty_id, id)) {
			*out = c->duties[i].words;
			return OK;
		}
	return fail(v->turn->cx, ERR_NOT_FOUND, "there is no such duty on this case");
}

static enum err
show(struct visit *v, const struct act *a, int status)
{
	struct cx *cx = v->turn->cx;
	struct page_form page = { .heading = a->heading, .button = a->button };
	struct view_field *fields = NEW(cx, struct view_field, MOST_FIELDS);
	struct view_pair *keep = NEW(cx, struct view_pair, 1);
	struct str *text = NEW(cx, struct str, 2), duty = form_get(&v->turn->form, S("duty"));
	struct ask_case c;

	TRY(ask_case(cx, v->desk, &v->who, v->args[0], INT64_MAX, &c));
	if (c.sight < (a->duty ? SEES_A_STUB : SEES_IT_ALL))
		return fail(cx, ERR_NOT_FOUND, "there is no such case");
	if (!duty.n)
		duty = form_get(&v->turn->query, S("duty"));
	if (a->duty)
		TRY(duty_words(v, &c, duty, &text[page.n_text++]));
	if (a->text.n)
		text[page.n_text++] = a->text;
	for (int i = 0; i < MOST_FIELDS && a->fields[i].name.n; i++)
		TRY(field_of(v, &a->fields[i], &fields[page.n_fields++]));
	page.frame = visit_frame(v, a->heading, true);
	page.form = visit_form(v, case_href(v, c.kase.ref, str_fmt(cx, "/do/%.*s", F(a->name))));
	if (a->duty) {
		keep[0] = (struct view_pair){ S("duty"), duty };
		page.form.keep = keep;
		page.form.n_keep = 1;
	}
	page.above = c.kase.ref;
	page.text = text;
	page.fields = fields;
	page.cancel = (struct view_link){ S("Cancel"), case_href(v, c.kase.ref, S("")) };
	page_form(visit_page(v, status), &page);
	return OK;
}

enum err
case_act_show(struct visit *v)
{
	const struct act *a = act_named(v->args[1]);

	if (str_eq(v->args[1], S("facts")))
		return case_facts_show(v);
	return a ? show(v, a, 200) : fail(v->turn->cx, ERR_NOT_FOUND, "there is no such page");
}

/* What could not be done is said on the form, with everything that was typed. */
static enum err
done(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	const struct act *a = arg;

	(void)ok;
	if ((e == ERR_BAD_INPUT || e == ERR_CONFLICT || e == ERR_DENIED) && a->fields[0].name.n) {
		if (!t->cx->faults)
			fault_add(t->cx, a->fields[0].name, 0, 0, S("refused"), "%s", str_z(t->cx, str_of(t->cx->why)));
		return show(v, a, 422);
	}
	TRY(e);
	return visit_see(v, case_href(v, v->args[0], a->duty ? S("#duties") : S("")));
}

enum err
case_act_send(struct visit *v)
{
	const struct act *a = act_named(v->args[1]);
	const struct form *form = &v->turn->form;
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx);

	if (str_eq(v->args[1], S("facts")))
		return case_facts_send(v);
	if (!a)
		return fail(cx, ERR_NOT_FOUND, "there is no such page");
	if (a->duty)
		js_set_str(cx, args, S("duty"), form_one(cx, form, S("duty")));
	for (int i = 0; i < MOST_FIELDS && a->fields[i].name.n; i++) {
		struct str value = str_trim(form_one(cx, form, a->fields[i].name));

		if (!value.n && a->fields[i].needed)
			fault_add(cx, a->fields[i].name, 0, 0, S("missing"), "%s Answer this first", a->fields[i].label.p);
		if (str_eq(a->fields[i].name, S("agreed")))
			js_set_bool(cx, args, S("agreed"), str_eq(value, S("yes")));
		else if (value.n)
			js_set_str(cx, args, a->fields[i].name, value);
	}
	if (cx->faults)
		return show(v, a, 422);
	return visit_send(v, a->command, v->args[0], args, done, (void *)a);
}
