#include "web/report_who.h"

#include "desk/ask_report.h"
#include "web/typed.h"
#include "web/word.h"

enum { SHORT = 200, PHONE_MOST = 40 };

bool
report_who_signed_in(const struct visit *v)
{
	return !id_zero(v->who.id) && id_zero(v->who.only_case);
}

/* What was typed, or what is kept. */
static struct str
now_or_kept(struct visit *v, const struct js *kept, struct str key)
{
	return v->turn->method == METHOD_POST ? str_trim(form_get(&v->turn->form, key)) : js_str(kept, key);
}

static struct view_field
radios(struct visit *v, struct str name, struct str label, const struct view_option *from, int n, struct str value)
{
	struct view_option *o = NEW(v->turn->cx, struct view_option, n);

	for (int i = 0; i < n; i++) {
		o[i] = from[i];
		o[i].checked = value.n && str_eq(value, o[i].value);
	}
	return (struct view_field){ .kind = FIELD_RADIOS, .name = name, .label = label, .options = o, .n_options = n,
		.error = visit_fault_of(v, name) };
}

static struct view_field
date_time(struct visit *v, const struct js *kept, struct str name, struct str label)
{
	struct cx *cx = v->turn->cx;
	struct view_field f = { .kind = FIELD_DATE_TIME, .name = name, .label = label, .error = visit_fault_of(v, name) };

	f.day = now_or_kept(v, kept, str_fmt(cx, "%.*s-day", F(name)));
	f.month = now_or_kept(v, kept, str_fmt(cx, "%.*s-month", F(name)));
	f.year = now_or_kept(v, kept, str_fmt(cx, "%.*s-year", F(name)));
	f.value = now_or_kept(v, kept, str_fmt(cx, "%.*s-time", F(name)));
	return f;
}

enum err
report_who_show_times(struct visit *v, struct draft *d, struct page_question *p)
{
	static const struct view_option noticed[] = {
		{ .value = S("now"), .label = S("Just now") }, { .value = S("at"), .label = S("Earlier: I will say when") },
		{ .value = S("unknown"), .label = S("I don’t know") },
	};
	static const struct view_option happened[] = {
		{ .value = S("same"), .label = S("At the time when I noticed") },
		{ .value = S("at"), .label = S("Earlier: I will say when") },
		{ .value = S("unknown"), .label = S("I don’t know") },
	};
	struct cx *cx = v->turn->cx;
	struct view_field *f = NEW(cx, struct view_field, 5);
	struct view_option *rough = NEW(cx, struct view_option, 1);
	const struct js *kept = report_draft_get(d, S("times"));
	struct civil today = london_of(cx->now);

	f[0] = radios(v, S("noticed"), word_of(WORD_when_noticed), noticed, 3, now_or_kept(v, kept, S("noticed")));
	f[1] = date_time(v, kept, S("noticed_at"), S("If earlier: when did you notice?"));
	f[1].hint = str_fmt(cx, "For example %d %d %d and 9:30am. Leave empty what you do not know.", today.day,
	    today.month, today.year);
	f[2] = radios(v, S("happened"), word_of(WORD_when_title), happened, 3, now_or_kept(v, kept, S("happened")));
	f[3] = date_time(v, kept, S("happened_at"), S("If earlier: when did it happen?"));
	rough[0] = (struct view_option){ .value = S("yes"), .label = S("These times are rough"),
		.hint = S("Then only the days are recorded."),
		.checked = str_eq(now_or_kept(v, kept, S("rough")), S("yes")) };
	f[4] = (struct view_field){ .kind = FIELD_CHECKS, .name = S("rough"), .label = S("How sure are you?"),
		.options = rough, .n_options = 1 };
	p->heading = S("When was it?");
	p->fields = f;
	p->n_fields = 5;
	return OK;
}

/* One of the two times: as a fact, or nothing when it is not known. `how` is the radio, `at` the date's field. */
static void
take_time(struct visit *v, struct js *times, struct str how, struct str at, struct str fact, bool rough,
    struct moment *out)
{
	struct cx *cx = v->turn->cx;
	struct typed t = typed_of(cx, &v->turn->form, at);
	struct str chosen = form_one(cx, &v->turn->form, how);
	char text[WHEN_TEXT];

	if (str_eq(chosen, S("now")))
		*out = (struct moment){ cx->now - cx->now % MINUTE, TO_MINUTE };
	else if (str_eq(chosen, S("at")) && typed_empty(&t))
		fault_add(cx, at, 0, 0, S("missing"), "Say when it was, or choose ‘%.*s’", F(word_of(WORD_dont_know)));
	else if (str_eq(chosen, S("at")) || (!chosen.n && !typed_empty(&t)))
		typed_moment(cx, at, &t, cx->now, cx->now, out);
	if (str_eq(chosen, S("unknown")))
		out->at = NEVER;
	if (out->at == NEVER)
		return;
	if (rough && out->to < TO_DAY && !str_eq(chosen, S("now")))
		out->to = TO_DAY;
	moment_text(*out, text);
	js_set_str(cx, times, fact, str_copy(cx, str_of(text)));
}

enum err
report_who_take_times(struct visit *v, struct draft *d)
{
	static const struct str typed[] = {
		S("noticed"), S("noticed_at-day"), S("noticed_at-month"), S("noticed_at-year"), S("noticed_at-time"),
		S("happened"), S("happened_at-day"), S("happened_at-month"), S("happened_at-year"), S("happened_at-time"),
		S("rough"),
	};
	struct cx *cx = v->turn->cx;
	struct moment noticed = { .at = NEVER }, happened = { .at = NEVER };
	bool rough = str_eq(form_get(&v->turn->form, S("rough")), S("yes"));
	struct js *times = js_object(cx);

	for (ptrdiff_t i = 0; i < COUNT(typed); i++)
		if (form_get(&v->turn->form, typed[i]).n)
			js_set_str(cx, times, typed[i], utf8_cut(form_get(&v->turn->form, typed[i]), 40));
	take_time(v, times, S("noticed"), S("noticed_at"), S("discovered_at"), rough, &noticed);
	if (str_eq(form_get(&v->turn->form, S("happened")), S("same")))
		happened = noticed;
	take_time(v, times, S("happened"), S("happened_at"), S("occurred_at"), rough, &happened);
	if (happened.at != NEVER && noticed.at != NEVER && happened.at > noticed.at && happened.to == noticed.to)
		fault_add(cx, S("happened_at"), 0, 0, S("order"), "It cannot have happened after you noticed it");
	report_draft_put(cx, d->all, S("times"), times);
	return OK;
}

struct str
report_who_time_words(struct visit *v, const struct draft *d, struct str fact)
{
	struct cx *cx = v->turn->cx;
	struct str text = js_str(report_draft_get(d, S("times")), fact);
	struct moment m;

	return moment_read(text, &m) ? typed_words(cx, m) : S("");
}

enum err
report_who_manager(struct visit *v, struct draft *d, struct view_field *fields, int *n)
{
	struct cx *cx = v->turn->cx;
	const struct js *kept = report_draft_get(d, S("manager"));
	struct str typed = now_or_kept(v, kept, S("line_manager"));
	struct ask_report_person *people;
	struct ask_report_self self;
	struct view_option *o;
	ptrdiff_t m;

	TRY(ask_report_self(cx, v->desk, &v->who, &self));
	if (!kept && v->turn->method != METHOD_POST && !str_eq(report_who_mode(v, d), S("anonymous")))
		typed = self.manager;
	fields[(*n)++] = (struct view_field){ .kind = FIELD_TEXT, .name = S("line_manager"),
		.label = S("Name or email address"),
		.hint = S("You may leave this empty."), .is_optional = true, .value = typed,
		.error = visit_fault_of(v, S("line_manager")), .width = 30 };
	TRY(ask_report_named(cx, v->desk, typed, &people, &m));
	if (m < 2)
		return OK;
	o = NEW(cx, struct view_option, m);
	for (ptrdiff_t i = 0; i < m; i++)
		o[i] = (struct view_option){ .value = people[i].person, .label = people[i].name, .hint = people[i].department,
			.checked = str_eq(people[i].person, now_or_kept(v, kept, S("line_manager_is"))) };
	fields[(*n)++] = (struct view_field){ .kind = FIELD_RADIOS, .name = S("line_manager_is"),
		.label = S("There are several. Which one?"),
		.options = o, .n_options = (int)m, .error = visit_fault_of(v, S("line_manager_is")) };
	return OK;
}

/* Somebody who is not in the directory is kept as typed; of several the right one must be said once. */
enum err
report_who_take_manager(struct visit *v, struct draft *d)
{
	struct cx *cx = v->turn->cx;
	struct str typed = str_trim(form_one(cx, &v->turn->form, S("line_manager"))),
	    is = form_one(cx, &v->turn->form, S("line_manager_is"));
	struct js *manager = js_object(cx);
	struct ask_report_person *people;
	ptrdiff_t m;

	if (utf8_count(typed) > SHORT) {
		fault_add(cx, S("line_manager"), 0, 0, S("too-long"), "This is too long for a name: at most %d characters",
		    SHORT);
		return OK;
	}
	if (!str_is_line(typed)) {
		fault_add(cx, S("line_manager"), 0, 0, S("line"), "Write it on one line, without control characters");
		return OK;
	}
	TRY(ask_report_named(cx, v->desk, typed, &people, &m));
	js_set_str(cx, manager, S("line_manager"), typed);
	for (ptrdiff_t i = 0; i < m; i++)
		if (m == 1 || str_eq(people[i].person, is)) {
			js_set_str(cx, manager, S("line_manager_is"), people[i].person);
			js_set_str(cx, manager, S("name"), people[i].name);
			break;
		}
	if (m > 1 && !js_get(manager, S("line_manager_is")))
		fault_add(cx, S("line_manager_is"), 0, 0, S("several"),
		    "Several people have this name: say which one you mean");
	report_draft_put(cx, d->all, S("manager"), manager);
	return OK;
}

struct str
report_who_mode(struct visit *v, const struct draft *d)
{
	const struct js *r = report_draft_get(d, S("reporter"));
	struct str mode = js_str(r, S("mode"));

	if (mode.n)
		return mode;
	return report_who_signed_in(v) || js_str(r, S("name")).n || js_str(r, S("email")).n || js_str(r, S("phone")).n ?
	    S("named") :
	    S("anonymous");
}

static struct view_field
text_field(struct visit *v, const struct js *kept, enum field_kind kind, struct str name, const char *label,
    const char *complete)
{
	return (struct view_field){ .kind = kind, .name = name, .label = str_of(label), .autocomplete = str_of(complete),
		.value = now_or_kept(v, kept, name), .error = visit_fault_of(v, name), .width = kind == FIELD_PHONE ? 20 : 30,
		.is_optional = true };
}

static enum err
department_field(struct visit *v, const struct js *kept, struct view_field *f)
{
	struct cx *cx = v->turn->cx;
	struct view_option *o;
	struct str *names;
	ptrdiff_t n;

	*f = text_field(v, kept, FIELD_TEXT, S("department"), "Where you work", "organization");
	TRY(ask_report_departments(cx, v->desk, &names, &n));
	if (!n)
		return OK;
	o = NEW(cx, struct view_option, n + 1);
	o[0] = (struct view_option){ .label = S("Choose, or leave it") };
	for (ptrdiff_t i = 0; i < n; i++)
		o[i + 1] = (struct view_option){ .value = names[i], .label = names[i],
			.checked = str_eq(names[i], f->value) };
	f->kind = FIELD_SELECT;
	f->options = o;
	f->n_options = (int)n + 1;
	return OK;
}

enum err
report_who_show_you(struct visit *v, struct draft *d, struct page_question *p)
{
	struct cx *cx = v->turn->cx;
	struct view_option modes[3] = {
		{ .value = S("named"), .label = word_of(WORD_you_named) },
		{ .value = S("confidential"), .label = word_of(WORD_you_confidential) },
		{ .value = S("anonymous"), .label = word_of(WORD_you_anonymous),
		    .hint = S("You get a reference and a code, with which you can read our questions and answer them.") },
	};
	struct view_field *f = NEW(cx, struct view_field, 5);
	const struct js *kept = report_draft_get(d, S("reporter"));
	struct str mode = now_or_kept(v, kept, S("mode"));
	struct ask_report_self self;

	TRY(ask_report_self(cx, v->desk, &v->who, &self));
	if (!mode.n && report_who_signed_in(v))
		mode = S("named");
	f[0] = radios(v, S("mode"), word_of(WORD_you_how), modes, 3, mode);
	p->heading = word_of(WORD_you_title);
	p->fields = f;
	p->n_fields = 1;
	if (report_who_signed_in(v)) {
		p->inset = str_fmt(cx,
		    "You are signed in as %.*s%s%.*s%s%.*s. That is how we reach you, unless you report without your name.",
		    F(self.name), self.email.n ? ", " : "", F(self.email), self.department.n ? ", " : "", F(self.department));
		return OK;
	}
	f[1] = text_field(v, kept, FIELD_TEXT, S("name"), "Your name", "name");
	f[2] = text_field(v, kept, FIELD_EMAIL, S("email"), "Your email address", "email");
	f[3] = text_field(v, kept, FIELD_PHONE, S("phone"), "Your phone number", "tel");
	TRY(department_field(v, kept, &f[4]));
	p->n_fields = 5;
	return OK;
}

static struct str
take_text(struct visit *v, struct js *into, struct str name, ptrdiff_t most)
{
	struct cx *cx = v->turn->cx;
	struct str typed = str_trim(form_one(cx, &v->turn->form, name));

	if (utf8_count(typed) > most)
		fault_add(cx, name, 0, 0, S("too-long"), "This is too long: at most %td characters", most);
	else if (!str_is_line(typed))
		fault_add(cx, name, 0, 0, S("line"), "Write it on one line, without control characters");
	if (typed.n)
		js_set_str(cx, into, name, typed);
	return typed;
}

/* What was typed before somebody chose to stay unknown is not kept. */
enum err
report_who_take_you(struct visit *v, struct draft *d)
{
	struct cx *cx = v->turn->cx;
	struct str mode = form_one(cx, &v->turn->form, S("mode")), name, email, phone;
	bool anonymous = str_eq(mode, S("anonymous"));
	struct js *r = js_object(cx);

	if (mode.n && !anonymous && !str_eq(mode, S("named")) && !str_eq(mode, S("confidential"))) {
		fault_add(cx, S("mode"), 0, 0, S("value"), "Choose one of these");
		return OK;
	}
	if (mode.n)
		js_set_str(cx, r, S("mode"), mode);
	if (!report_who_signed_in(v) && !anonymous) {
		name = take_text(v, r, S("name"), SHORT);
		email = take_text(v, r, S("email"), SHORT);
		phone = take_text(v, r, S("phone"), PHONE_MOST);
		if (email.n && (str_index(email, '@') < 1 || str_index(email, ' ') >= 0 || str_ends(email, S("@"))))
			fault_add(cx, S("email"), 0, 0, S("email"), "Write an email address like name@example.org");
		if (mode.n && !name.n && !email.n && !phone.n)
			fault_add(cx, S("name"), 0, 0, S("missing"), "Give your name, or choose ‘%.*s’",
			    F(word_of(WORD_you_anonymous)));
	}
	if (!report_who_signed_in(v))
		take_text(v, r, S("department"), SHORT);
	report_draft_put(cx, d->all, S("reporter"), r);
	return OK;
}
