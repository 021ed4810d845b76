/* Set-up: one page of sections. Each saves by itself and can wait; what is missing is said where it stands. */
#include "web/admin.h"
#include "web/page/admin.h"
#include "web/site.h"

enum { MOST_FIELDS = 8, MOST_SECTIONS = 12, MOST_CATEGORIES = 120, EVERYDAY = 8 };

/* A setting as a field of its section. */
static const struct entry {
	struct str part, name;
	enum field_kind kind;
	struct str label, hint;
	int width;
} entries[] = {
#define FIELD(part, name, kind, label, hint, width) { { part, sizeof part - 1 }, { name, sizeof name - 1 }, kind, \
	{ label, sizeof label - 1 }, { hint, sizeof hint - 1 }, width },
	FIELD("desk", "org_name", FIELD_TEXT, "Name of the organisation", "It stands at the top of every page", 30)
	FIELD("desk", "desk", FIELD_TEXT, "Who answers the telephone", "For example: IT Service Desk", 30)
	FIELD("desk", "phone", FIELD_PHONE, "Telephone number", "It stands on every page, for whoever would rather speak", 20)
	FIELD("desk", "hours", FIELD_TEXT, "When it is answered, in words", "For example: 8am to 5:30pm, Monday to Friday", 30)
	FIELD("desk", "on_call", FIELD_TEXT, "Who is alerted out of hours, in words", "Leave it empty if nobody is: reporters are told the truth", 30)
	FIELD("desk", "contact", FIELD_EMAIL, "Address for questions about this service", "It stands at the foot of every page", 30)
	FIELD("address", "public_url", FIELD_TEXT, "Address of this service", "As people type it, for example https://report.example.gov.uk", 30)
	FIELD("address", "old_path", FIELD_TEXT, "A path of an older portal that shall lead here", "For example /incident", 20)
	FIELD("mail", "mail_server", FIELD_TEXT, "Mail server", "For example smtp://mail.example.gov.uk:25 or smtps://mail.example.gov.uk", 30)
	FIELD("mail", "mail_from", FIELD_EMAIL, "Address that mail comes from", "", 30)
	FIELD("mail", "mail_user", FIELD_TEXT, "Account on the mail server", "Leave it empty if the server asks for none", 30)
	FIELD("mail", "mail_off", FIELD_CHECKS, "Without mail", "", 0)
	FIELD("look", "colour", FIELD_TEXT, "Brand colour", "# and six digits, such as #0b5a55. White text must be readable on it", 10)
	FIELD("categories", "everyday", FIELD_CHECKS, "What people see first when they report", "Up to 8; everything else is one step further", 0)
#undef FIELD
};

static const struct part { struct str id, title, intro; } parts[] = {
	{ { "desk", 4 }, { "Name and telephone", 18 }, { "", 0 } },
	{ { "address", 7 }, { "Address", 7 },
	    S("Links, the poster and the desktop shortcut carry it. What a browser says in its request is not trusted for that.") },
	{ { "people", 6 }, { "Departments and people", 22 },
	    S("With people and their line managers in the directory, a report finds the right manager by itself.") },
	{ { "posts", 5 }, { "Posts of the policy", 19 },
	    S("The policy gives duties to these posts. A duty of a post that nobody holds waits for somebody.") },
	{ { "systems", 7 }, { "Systems and their owners", 24 }, S("The owner of an affected system is told.") },
	{ { "mail", 4 }, { "Mail", 4 }, S("Notices go out by mail. Without it they stand under “Notices” only.") },
	{ { "look", 4 }, { "Colour", 6 }, { "", 0 } },
	{ { "categories", 10 }, { "Categories", 10 }, { "", 0 } },
	{ { "share", 5 }, { "Put it where people look", 24 }, { "", 0 } },
	{ { "done", 4 }, { "Done", 4 }, S("When you have seen every part, say so. You can come back at any time.") },
};

static bool
is_typed(struct visit *v, struct str part)
{
	return v->turn->method == METHOD_POST && str_eq(v->args[0], part);
}

static struct str
value_of(struct visit *v, struct str part, struct str name)
{
	struct str otherwise = str_eq(name, S("org_name")) ? desk_setting(v->desk, S("body"), S("")) : S("");

	return is_typed(v, part) ? form_get(&v->turn->form, name) : desk_setting(v->desk, name, otherwise);
}

static bool
is_everyday(struct visit *v, const struct category *c)
{
	struct str list = desk_setting(v->desk, S("everyday"), S("")), id;

	if (is_typed(v, S("categories"))) {
		const struct form *form = &v->turn->form;

		for (const struct form_field *f = form_next(form, S("everyday"), NULL); f;
		    f = form_next(form, S("everyday"), f))
			if (str_eq(f->value, c->id))
				return true;
		return false;
	}
	if (!list.n)
		return c->everyday;
	while (str_next(&list, ',', &id))
		if (str_eq(str_trim(id), c->id))
			return true;
	return false;
}

static void
checks(struct visit *v, struct view_field *f)
{
	struct view_option *o = NEW(v->turn->cx, struct view_option, MOST_CATEGORIES);

	f->options = o;
	f->small = true;
	if (str_eq(f->name, S("mail_off"))) {
		o[f->n_options++] = (struct view_option){ .value = S("yes"),
		    .label = S("We do without mail: everybody looks at their notices here"),
		    .checked = str_eq(value_of(v, S("mail"), S("mail_off")), S("yes")) };
		return;
	}
	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_categories && f->n_options < MOST_CATEGORIES; i++) {
		const struct category *c = &v->policy->categories[i];

		o[f->n_options++] = (struct view_option){ .value = c->id, .label = c->label, .checked = is_everyday(v, c) };
	}
}

static void
add_fields(struct visit *v, struct view_setup *s)
{
	struct view_field *f = NEW(v->turn->cx, struct view_field, MOST_FIELDS);

	s->fields = f;
	for (ptrdiff_t i = 0; i < COUNT(entries); i++) {
		const struct entry *e = &entries[i];

		if (!str_eq(e->part, s->id))
			continue;
		f[s->n_fields] = (struct view_field){ .kind = e->kind, .name = e->name, .label = e->label, .hint = e->hint,
		    .width = e->width, .value = value_of(v, s->id, e->name), .error = visit_fault_of(v, e->name) };
		if (e->kind == FIELD_CHECKS)
			checks(v, &f[s->n_fields]);
		s->n_fields++;
	}
}

static struct view_field
line(struct visit *v, struct str part, struct str name, struct str label, struct str hint)
{
	return (struct view_field){ .kind = FIELD_TEXT, .name = name, .label = label, .hint = hint, .width = 30,
	    .value = is_typed(v, part) ? form_get(&v->turn->form, name) : S(""), .error = visit_fault_of(v, name) };
}

static enum err
posts(struct visit *v, struct view_setup *s, bool *all)
{
	struct cx *cx = v->turn->cx;
	struct view_option *o;
	struct view_field *f = NEW(cx, struct view_field, 2);
	struct view_row *rows;
	struct ask_post *p;
	ptrdiff_t n;

	TRY(ask_posts(cx, v->desk, &v->who, &p, &n));
	rows = NEW(cx, struct view_row, n);
	o = NEW(cx, struct view_option, n + 1);
	o[0] = (struct view_option){ .value = S(""), .label = S("Choose a post") };
	*all = true;
	for (ptrdiff_t i = 0; i < n; i++) {
		struct str *who = NEW(cx, struct str, p[i].n + 1);

		for (ptrdiff_t k = 0; k < p[i].n; k++)
			who[k] = p[i].holders[k].department.n ? str_fmt(cx, "%.*s (%.*s)", F(p[i].holders[k].name),
			    F(p[i].holders[k].department)) :
			    p[i].holders[k].name;
		*all = *all && p[i].n;
		rows[i] = (struct view_row){ .key = p[i].role->title, .value = p[i].n ? str_join(cx, who, p[i].n, S("\n")) :
		    S("Nobody yet"), .change = p[i].n == 1 ? admin_person_href(v, p[i].holders[0].person) : S("") };
		o[i + 1] = (struct view_option){ .value = p[i].role->id, .label = p[i].role->title,
		    .checked = is_typed(v, S("posts")) && str_eq(form_get(&v->turn->form, S("role")), p[i].role->id) };
	}
	f[0] = (struct view_field){ .kind = FIELD_SELECT, .name = S("role"), .label = S("Post"), .options = o,
	    .n_options = (int)n + 1, .error = visit_fault_of(v, S("role")) };
	f[1] = line(v, S("posts"), S("holder"), S("Who holds it"),
	    S("Staff id or email address of somebody in the directory"));
	s->rows = rows;
	s->n_rows = (int)n;
	s->fields = f;
	s->n_fields = 2;
	s->button = S("Give the post");
	return OK;
}

static enum err
systems(struct visit *v, struct view_setup *s, bool *some)
{
	struct cx *cx = v->turn->cx;
	struct view_field *f = NEW(cx, struct view_field, 3);
	struct ask_system *all;
	struct view_row *rows;
	ptrdiff_t n;

	TRY(ask_systems(cx, v->desk, &v->who, &all, &n));
	rows = NEW(cx, struct view_row, n);
	for (ptrdiff_t i = 0; i < n; i++)
		rows[i] = (struct view_row){ .key = all[i].title, .value = all[i].owner.name.n ? all[i].owner.name :
		    S("Nobody owns it yet") };
	f[0] = line(v, S("systems"), S("system"), S("Short id"),
	    S("Letters, digits, dots and dashes, such as payroll. An id that is there already is changed"));
	f[1] = line(v, S("systems"), S("title"), S("Name of the system"), S(""));
	f[2] = line(v, S("systems"), S("owner"), S("Owner"), S("Staff id or email address of somebody in the directory"));
	s->rows = rows;
	s->n_rows = (int)n;
	s->fields = f;
	s->n_fields = 3;
	s->button = S("Add or change the system");
	*some = n > 0;
	return OK;
}

static enum err
people(struct visit *v, struct view_setup *s, bool *some)
{
	struct row_departments *departments;
	struct view_row *rows = NEW(v->turn->cx, struct view_row, 1);
	struct ask_member *m;
	struct str next;
	ptrdiff_t n, d;

	TRY(ask_members(v->turn->cx, v->desk, &v->who, S(""), S(""), 2, &m, &n, &next));
	TRY(ask_departments(v->turn->cx, v->desk, &departments, &d));
	rows[0] = (struct view_row){ .key = S("Departments"), .value = str_fmt(v->turn->cx, "%td", d),
	    .change = S("/people"), .what = S("people") };
	s->rows = rows;
	s->n_rows = 1;
	s->link = (struct view_link){ S("Import a list of people with their departments, managers and roles"),
	    S("/people/import") };
	*some = n > 1;
	return OK;
}

static bool
is_set(struct visit *v, struct str part)
{
	if (str_eq(part, S("desk")))
		return desk_setting(v->desk, S("phone"), S("")).n;
	if (str_eq(part, S("address")) || str_eq(part, S("share")))
		return desk_setting(v->desk, S("public_url"), S("")).n;
	if (str_eq(part, S("mail")))
		return desk_setting(v->desk, S("mail_server"), S("")).n ||
		    str_eq(desk_setting(v->desk, S("mail_off"), S("")), S("yes"));
	if (str_eq(part, S("done")))
		return str_eq(desk_setting(v->desk, S("set_up"), S("")), S("yes"));
	return true; /* the rest has an answer from the start: our colour, the policy's categories */
}

static enum err
section(struct visit *v, const struct part *p, struct view_setup *s, bool *done)
{
	struct cx *cx = v->turn->cx;

	*s = (struct view_setup){ .id = p->id, .title = p->title, .intro = p->intro };
	*done = is_set(v, p->id);
	if (str_eq(p->id, S("posts")))
		TRY(posts(v, s, done));
	else if (str_eq(p->id, S("systems")))
		TRY(systems(v, s, done));
	else if (str_eq(p->id, S("people")))
		TRY(people(v, s, done));
	else if (str_eq(p->id, S("share")))
		s->link = (struct view_link){ S("Shortcut, intranet, gateway, poster"), S("/share") };
	else if (str_eq(p->id, S("done"))) {
		s->button = S("The set-up is done");
		s->link = (struct view_link){ S("How Tocsin is doing"), S("/status") };
	} else {
		add_fields(v, s);
	}
	if (s->n_fields || s->button.n)
		s->form = visit_form(v, str_fmt(cx, "/setup/%.*s", F(p->id)));
	s->state = *done ? (struct view_tag){ S("Done"), S("green") } : (struct view_tag){ S("Not yet"), S("yellow") };
	return OK;
}

static void
label_faults(struct visit *v)
{
	for (ptrdiff_t i = 0; i < COUNT(entries); i++)
		admin_label_fault(v, entries[i].name, entries[i].label);
	admin_label_fault(v, S("owner"), S("Owner"));
	admin_label_fault(v, S("system"), S("Short id"));
}

static enum err
show(struct visit *v, int status)
{
	struct cx *cx = v->turn->cx;
	struct view_setup *s = NEW(cx, struct view_setup, MOST_SECTIONS);
	struct str saved = form_get(&v->turn->query, S("saved"));
	struct page_setup page = { .sections = s, .n_sections = (int)COUNT(parts) };
	int all = 0;

	label_faults(v);
	page.frame = visit_frame(v, S("Set up"), true);
	for (ptrdiff_t i = 0; i < COUNT(parts); i++) {
		bool done = false;

		TRY(section(v, &parts[i], &s[i], &done));
		all += done;
		if (str_eq(saved, parts[i].id))
			page.frame.banner = str_fmt(cx, "Saved: %.*s.", F(parts[i].title));
	}
	page.note = str_fmt(cx, "%d of %td done.", all, COUNT(parts));
	page_setup(visit_page(v, status), &page);
	return OK;
}

enum err
setup_show(struct visit *v)
{
	return show(v, 200);
}

static enum err
saved(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);

	(void)arg, (void)ok;
	if (e == ERR_BAD_INPUT)
		return show(v, 422);
	TRY(e);
	return visit_see(v, str_fmt(t->cx, "/setup?saved=%.*s#%.*s", F(v->args[0]), F(v->args[0])));
}

static enum err
give_post(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str role = form_one(cx, &v->turn->form, S("role")),
	    holder = str_trim(form_one(cx, &v->turn->form, S("holder")));
	struct js *args = js_object(cx), *list = js_set(cx, args, S("people"), js_array(cx));
	struct ask_member m;
	enum err e = OK;

	if (!v->policy || !policy_role(v->policy, role))
		fault_add(cx, S("role"), 0, 0, S("missing"), "Choose a post");
	if (!holder.n)
		fault_add(cx, S("holder"), 0, 0, S("missing"), "Enter who holds the post");
	else
		e = ask_member(cx, v->desk, &v->who, holder, &m);
	if (e == ERR_NOT_FOUND)
		fault_add(cx, S("holder"), 0, 0, S("unknown"),
		    "Nobody called “%.*s” is in the directory: add them first, under People", F(utf8_cut_whole(holder, 200)));
	else
		TRY(e);
	if (cx->n_faults)
		return show(v, 422);
	js_add(cx, list, admin_member_js(cx, &m, role));
	return visit_send(v, S("people"), S(""), args, saved, NULL);
}

static enum err
add_system(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	const struct form *form = &v->turn->form;
	struct str owner = str_trim(form_one(cx, form, S("owner")));
	struct js *args = js_object(cx), *one = js_add(cx, js_set(cx, args, S("systems"), js_array(cx)), js_object(cx));
	struct ask_member m;

	if (owner.n && ask_member(cx, v->desk, &v->who, owner, &m) == OK)
		owner = m.person;
	js_set_str(cx, one, S("system"), str_trim(form_one(cx, form, S("system"))));
	js_set_str(cx, one, S("title"), str_trim(form_one(cx, form, S("title"))));
	js_set_str(cx, one, S("owner"), owner);
	return visit_send(v, S("systems"), S(""), args, saved, NULL);
}

/* The ticked categories as the setting keeps them. */
static struct str
ticked(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str *ids = NEW(cx, struct str, MOST_CATEGORIES);
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_categories && n < MOST_CATEGORIES; i++)
		if (is_everyday(v, &v->policy->categories[i]))
			ids[n++] = v->policy->categories[i].id;
	if (n > EVERYDAY)
		fault_add(cx, S("everyday"), 0, 0, S("many"), "Choose at most %d: the first page has room for no more",
		    EVERYDAY);
	return str_join(cx, ids, n, S(","));
}

enum err
setup_save(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx), *set = js_set(cx, args, S("set"), js_object(cx));
	struct str part = v->args[0];

	if (str_eq(part, S("posts")))
		return give_post(v);
	if (str_eq(part, S("systems")))
		return add_system(v);
	if (str_eq(part, S("done")))
		js_set_str(cx, set, S("set_up"), S("yes"));
	for (ptrdiff_t i = 0; i < COUNT(entries); i++) {
		const struct entry *e = &entries[i];

		if (!str_eq(e->part, part))
			continue;
		if (str_eq(e->name, S("everyday")))
			js_set_str(cx, set, e->name, ticked(v));
		else if (e->kind == FIELD_CHECKS)
			js_set_str(cx, set, e->name, form_has(&v->turn->form, e->name) ? S("yes") : S("no"));
		else
			js_set_str(cx, set, e->name, str_trim(form_one(cx, &v->turn->form, e->name)));
	}
	if (!set->n)
		return fail(cx, ERR_NOT_FOUND, "the set-up has no such part");
	if (cx->n_faults)
		return show(v, 422);
	return visit_send(v, S("settings"), S(""), args, saved, NULL);
}
