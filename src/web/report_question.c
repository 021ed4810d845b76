/* Ask a question instead: the same command, for what is no report yet. */
#include "web/page/report.h"
#include "web/report_send.h"
#include "web/report_who.h"
#include "web/site.h"

enum { QUESTION_MOST = 20000, FIELDS = 4 };

static struct view_field
field(struct visit *v, enum field_kind kind, const char *name, const char *label, const char *complete)
{
	return (struct view_field){ .kind = kind, .name = str_of(name), .label = str_of(label),
		.value = form_get(&v->turn->form, str_of(name)),
		.error = visit_fault_of(v, str_of(name)), .autocomplete = str_of(complete), .is_optional = true,
		.width = kind == FIELD_PHONE ? 20 : 30 };
}

static enum err
page(struct visit *v, int status)
{
	struct cx *cx = v->turn->cx;
	const struct role *help = v->policy ? v->policy->help : NULL;
	struct view_field *f = NEW(cx, struct view_field, FIELDS);
	struct str *text = NEW(cx, struct str, 1);
	struct page_question p = { .form = visit_form(v, S("/ask")), .fields = f, .button = S("Send question") };

	if (!help)
		return fail(cx, ERR_NOT_FOUND, "there is no such page");
	p.heading = str_fmt(cx, "Ask %.*s a question", F(help->title));
	text[0] = S("If something has happened, report it instead: that is quicker, and you need not be sure.");
	p.text = text;
	p.n_text = 1;
	f[p.n_fields++] = (struct view_field){ .kind = FIELD_AREA, .name = S("question"), .label = S("Your question"),
		.rows = 6,
		.hint = S("Do not write the names or details of people, and no passwords."),
		.value = form_get(&v->turn->form, S("question")),
		.error = visit_fault_of(v, S("question")), .limit = QUESTION_MOST };
	if (report_who_signed_in(v)) {
		p.inset = str_fmt(cx, "You are signed in as %.*s: the answer comes to you.", F(v->who.name));
	} else {
		f[p.n_fields++] = field(v, FIELD_TEXT, "name", "Your name", "name");
		f[p.n_fields++] = field(v, FIELD_EMAIL, "email", "Your email address", "email");
		f[p.n_fields - 1].hint = S("Without one you can read the answer here, with a reference and a code.");
		f[p.n_fields++] = field(v, FIELD_PHONE, "phone", "Your phone number", "tel");
	}
	p.frame = visit_frame(v, p.heading, false);
	p.frame.ask_href = S("");
	p.frame.back_href = S("/");
	page_question(visit_page(v, status), &p);
	return OK;
}

enum err
report_question(struct visit *v)
{
	return page(v, 200);
}

/* The desk names fields as its own arguments are named. */
static enum err
refused(struct sending *s)
{
	static const struct { struct str theirs, ours; } names[] = {
		{ S("narrative"), S("question") }, { S("reporter.name"), S("name") }, { S("reporter.email"), S("email") },
		{ S("reporter.phone"), S("phone") },
	};

	for (struct fault *f = s->v->turn->cx->faults; f; f = f->next)
		for (ptrdiff_t i = 0; i < COUNT(names); i++)
			if (str_eq(f->field, names[i].theirs))
				f->field = names[i].ours;
	return page(s->v, 422);
}

static struct js *
args(struct visit *v, struct str question)
{
	static const struct str fields[] = { S("name"), S("email"), S("phone") };
	struct cx *cx = v->turn->cx;
	struct js *a = js_object(cx), *facts = js_object(cx), *who = js_object(cx);

	js_set_str(cx, facts, S("kind"), S("enquiry"));
	for (ptrdiff_t i = 0; i < COUNT(fields) && !report_who_signed_in(v); i++) {
		struct str typed = str_trim(form_one(cx, &v->turn->form, fields[i]));

		if (typed.n)
			js_set_str(cx, who, fields[i], typed);
	}
	js_set_str(cx, a, S("narrative"), question);
	js_set(cx, a, S("facts"), facts);
	if (who->n)
		js_set(cx, a, S("reporter"), who);
	js_set_str(cx, a, S("channel"), S("portal"));
	return a;
}

enum err
report_question_sent(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct sending *s = NEW(cx, struct sending, 1);
	struct draft *d = NEW(cx, struct draft, 1);
	struct str typed = str_trim(form_one(cx, &v->turn->form, S("question")));
	struct id cid = visit_command(v);

	if (!typed.n)
		fault_add(cx, S("question"), 0, 0, S("missing"), "Write your question");
	if (utf8_count(typed) > QUESTION_MOST)
		fault_add(cx, S("question"), 0, 0, S("too-long"), "This is too long: at most %d characters, not %td",
		    QUESTION_MOST, utf8_count(typed));
	if (cx->n_faults)
		return page(v, 422);
	TRY(report_draft_load(v, d));
	*s = (struct sending){ .v = v, .d = d, .cid = cid, .args = args(v, typed), .kind = S("enquiry"),
		.keep = true, .refused = refused };
	return report_send(s);
}
