/* Who is in the directory: the list, one person, a one-time link for them. */
#include "web/admin.h"
#include "web/page/admin.h"
#include "web/page/staff.h"
#include "web/site.h"
#include "web/url.h"

enum { PAGE = 50, MOST_ROLES = 64, LINK_MINUTES = 24 * 60 };

/* Whom the address names. */
static struct str
called(struct visit *v)
{
	return form_get(&v->turn->query, S("id"));
}

static struct str
link_href(struct visit *v, struct str person)
{
	return str_fmt(v->turn->cx, "/person/link?id=%.*s", F(url_encode(v->turn->cx, person)));
}

static enum err
manager_words(struct visit *v, struct str person, struct str *out)
{
	struct cx *cx = v->turn->cx;
	struct ask_member m;
	enum err e;

	*out = person;
	if (!person.n)
		return OK;
	e = ask_member_alone(cx, v->desk, &v->who, person, &m);
	if (e == OK)
		*out = m.name;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err
people_show(struct visit *v)
{
	static const struct str names[] = { { "q", 1 }, { "after", 5 } };
	struct cx *cx = v->turn->cx;
	const struct form *q = &v->turn->query;
	struct page_people page = { .words = form_get(q, S("q")), .action = S("/people"), .add_href = S("/people/add"),
	    .import_href = S("/people/import") };
	struct ask_member *m;
	struct view_member *rows;
	struct str next;
	ptrdiff_t n;

	form_only(cx, q, names, COUNT(names));
	TRY(fault_end(cx));
	TRY(ask_members(cx, v->desk, &v->who, page.words, form_get(q, S("after")), PAGE, &m, &n, &next));
	rows = NEW(cx, struct view_member, n);
	for (ptrdiff_t i = 0; i < n; i++) {
		struct str *roles = NEW(cx, struct str, m[i].n_roles);

		for (ptrdiff_t k = 0; k < m[i].n_roles; k++)
			roles[k] = admin_role_words(v, m[i].roles[k]);
		rows[i] = (struct view_member){ .name = m[i].name, .email = m[i].email.n ? m[i].email : m[i].person,
		    .department = m[i].department, .href = admin_person_href(v, m[i].person), .roles = roles,
		    .n_roles = (int)m[i].n_roles,
		    .tag = m[i].active ? (struct view_tag){ S("Active"), S("green") } :
		    (struct view_tag){ S("Left"), S("grey") } };
		TRY(manager_words(v, m[i].manager, &rows[i].manager));
	}
	page.frame = visit_frame(v, S("People"), true);
	page.rows = rows;
	page.n_rows = (int)n;
	if (page.words.n)
		page.count = S("People who fit these words");
	if (next.n)
		page.pages.next = str_fmt(cx, "/people?q=%.*s&after=%.*s", F(url_encode(cx, page.words)),
		    F(url_encode(cx, next)));
	page_people(visit_page(v, 200), &page);
	return OK;
}

static bool
holds(const struct ask_member *m, struct str role)
{
	for (ptrdiff_t i = 0; i < m->n_roles; i++)
		if (str_eq(m->roles[i], role))
			return true;
	return false;
}

/* The roles one can be given, then those of other departments that this person holds. A role of a department,
 * without one, is that of the person's own. Who is a line manager follows from the others. */
static struct view_field
roles_field(struct visit *v, const struct ask_member *m)
{
	struct cx *cx = v->turn->cx;
	struct view_option *o = NEW(cx, struct view_option, MOST_ROLES);
	struct str shown[MOST_ROLES] = { { NULL, 0 } };
	int n = 0;

	o[n++] = (struct view_option){ .value = S("admin"), .label = S("Administrator"),
	    .hint = S("Sets Tocsin up; sees no case by that alone"), .checked = holds(m, S("admin")) };
	for (ptrdiff_t i = 0; v->policy && i < v->policy->n_roles && n < MOST_ROLES; i++) {
		const struct role *r = &v->policy->roles[i];
		bool team = r->is == ROLE_TEAM_OF_DEPARTMENT;

		if (r->is != ROLE_POST && r->is != ROLE_MAILBOX && !team)
			continue;
		shown[n] = team ? str_fmt(cx, "%.*s@%.*s", F(r->id), F(m->department)) : r->id;
		o[n] = (struct view_option){ .value = r->id, .label = r->title,
		    .hint = team ? S("Of this person’s own department") : S(""),
		    .checked = holds(m, r->id) || (team && holds(m, shown[n])) };
		n++;
	}
	for (ptrdiff_t i = 0; i < m->n_roles && n < MOST_ROLES; i++) {
		bool there = str_starts(m->roles[i], S("manager@")) || str_eq(m->roles[i], S("manager"));

		for (int k = 0; k < n; k++)
			there |= str_eq(m->roles[i], shown[k]) || str_eq(m->roles[i], o[k].value);
		if (!there)
			o[n++] = (struct view_option){ .value = m->roles[i], .label = admin_role_words(v, m->roles[i]),
			    .checked = true };
	}
	return (struct view_field){ .kind = FIELD_CHECKS, .name = S("roles"), .label = S("Roles"), .options = o,
	    .n_options = n, .small = true, .error = visit_fault_of(v, S("roles")) };
}

static struct view_field
text_field(struct visit *v, enum field_kind kind, struct str name, struct str label, struct str hint,
    struct str value, bool optional)
{
	return (struct view_field){ .kind = kind, .name = name, .label = label, .hint = hint, .value = value, .width = 30,
	    .error = visit_fault_of(v, name), .is_optional = optional };
}

static enum err
person_page(struct visit *v, int status, const struct ask_member *m, bool fresh, struct str banner)
{
	struct cx *cx = v->turn->cx;
	struct view_field *f = NEW(cx, struct view_field, 8);
	struct view_option *active = NEW(cx, struct view_option, 2);
	struct view_link *link = NEW(cx, struct view_link, 1);
	struct page_form page = { .heading = fresh ? S("Add somebody") : m->name,
	    .cancel = { S("Back to people"), S("/people") } };
	int n = 0;

	if (fresh)
		f[n++] = text_field(v, FIELD_TEXT, S("person"), S("Staff id"),
		    S("A name that never changes, such as a payroll number or a login"), m->person, false);
	f[n++] = text_field(v, FIELD_TEXT, S("name"), S("Name"), S(""), m->name, false);
	f[n++] = text_field(v, FIELD_EMAIL, S("email"), S("Email address"), S("Notices go there"), m->email, true);
	f[n++] = text_field(v, FIELD_TEXT, S("department"), S("Department"), S(""), m->department, true);
	f[n++] = text_field(v, FIELD_TEXT, S("manager"), S("Line manager"),
	    S("Staff id or email address of the line manager"), m->manager, true);
	f[n++] = text_field(v, FIELD_PHONE, S("phone"), S("Telephone number"), S(""), m->phone, true);
	f[n++] = roles_field(v, m);
	if (!fresh) {
		active[0] = (struct view_option){ .value = S("yes"), .label = S("Works here"), .checked = m->active };
		active[1] = (struct view_option){ .value = S("no"), .label = S("Has left"),
		    .hint = S("Can no longer sign in; what they did stays on record"), .checked = !m->active };
		f[n++] = (struct view_field){ .kind = FIELD_RADIOS, .name = S("active"), .label = S("State"),
		    .options = active, .n_options = 2, .small = true, .error = visit_fault_of(v, S("active")) };
		page.above = m->person;
		link[0] = (struct view_link){ S("Make a one-time link for this person"), link_href(v, m->person) };
		page.links = m->active ? link : NULL;
		page.n_links = m->active;
	}
	page.frame = visit_frame(v, page.heading, true);
	page.frame.banner = banner;
	page.form = visit_form(v, fresh ? S("/people/add") : admin_person_href(v, m->person));
	page.fields = f;
	page.n_fields = n;
	page_form(visit_page(v, status), &page);
	return OK;
}

enum err
person_add_show(struct visit *v)
{
	struct ask_member m = { .active = true };

	return person_page(v, 200, &m, true, S(""));
}

enum err
person_show(struct visit *v)
{
	struct ask_member m;

	TRY(ask_member(v->turn->cx, v->desk, &v->who, called(v), &m));
	return person_page(v, 200, &m, false, form_has(&v->turn->query, S("saved")) ? S("Saved.") : S(""));
}

static enum err
person_saved(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	const struct ask_member *m = arg;

	(void)ok;
	if (e == ERR_BAD_INPUT)
		return person_page(v, 422, m, !called(v).n, S(""));
	TRY(e);
	return visit_see(v, str_fmt(t->cx, "%.*s&saved=yes", F(admin_person_href(v, m->person))));
}

/* What was typed, in place of what stood there. */
static enum err
read_person(struct visit *v, struct ask_member *m, bool fresh)
{
	struct cx *cx = v->turn->cx;
	const struct form *form = &v->turn->form;
	struct str *roles = NEW(cx, struct str, MOST_ROLES);
	struct ask_member manager;
	ptrdiff_t n = 0;

	m->name = str_trim(form_one(cx, form, S("name")));
	m->email = str_trim(form_one(cx, form, S("email")));
	m->department = str_trim(form_one(cx, form, S("department")));
	m->manager = str_trim(form_one(cx, form, S("manager")));
	m->phone = str_trim(form_one(cx, form, S("phone")));
	m->active = fresh || !str_eq(form_one(cx, form, S("active")), S("no"));
	for (const struct form_field *f = form_next(form, S("roles"), NULL); f && n < MOST_ROLES;
	    f = form_next(form, S("roles"), f))
		roles[n++] = f->value;
	m->roles = roles;
	m->n_roles = n;
	if (!m->name.n)
		fault_add(cx, S("name"), 0, 0, S("missing"), "Enter the name");
	if (!m->manager.n)
		return OK;
	enum err e = ask_member(cx, v->desk, &v->who, m->manager, &manager);
	if (e == OK)
		m->manager = manager.person;
	else if (e == ERR_NOT_FOUND)
		fault_add(cx, S("manager"), 0, 0, S("unknown"),
		    "Nobody called “%.*s” is in the directory: add the line manager first", F(utf8_cut_whole(m->manager, 200)));
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Whoever is here now must be able to come back. */
static void
not_oneself(struct visit *v, const struct ask_member *m)
{
	if (!id_eq(m->id, v->who.id))
		return;
	if (!holds(m, S("admin")))
		fault_add(v->turn->cx, S("roles"), 0, 0, S("self"),
		    "You cannot take the role of administrator from yourself: ask another administrator");
	if (!m->active)
		fault_add(v->turn->cx, S("active"), 0, 0, S("self"), "You cannot say of yourself that you have left");
}

static enum err
person_send_as(struct visit *v, struct ask_member *m, bool fresh)
{
	struct cx *cx = v->turn->cx;
	struct js *args = js_object(cx), *people = js_set(cx, args, S("people"), js_array(cx));

	if (cx->n_faults)
		return person_page(v, 422, m, fresh, S(""));
	js_add(cx, people, admin_member_js(cx, m, S("")));
	return visit_send(v, S("people"), S(""), args, person_saved, m);
}

enum err
person_add_send(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct ask_member *m = NEW(cx, struct ask_member, 1), had;
	enum err e;

	m->person = str_trim(form_one(cx, &v->turn->form, S("person")));
	TRY(read_person(v, m, true));
	if (!m->person.n) {
		fault_add(cx, S("person"), 0, 0, S("missing"), "Enter a staff id");
		return person_send_as(v, m, true);
	}
	e = ask_member(cx, v->desk, &v->who, m->person, &had);
	if (e == OK)
		fault_add(cx, S("person"), 0, 0, S("taken"), "Somebody with this id is in the directory already: %.*s",
		    F(had.name));
	else if (e != ERR_NOT_FOUND)
		return e;
	return person_send_as(v, m, true);
}

enum err
person_send(struct visit *v)
{
	struct ask_member *m = NEW(v->turn->cx, struct ask_member, 1);

	TRY(ask_member(v->turn->cx, v->desk, &v->who, called(v), m));
	TRY(read_person(v, m, false));
	not_oneself(v, m);
	return person_send_as(v, m, false);
}

enum err
person_link_show(struct visit *v)
{
	struct cx *cx = v->turn->cx;
	struct str *text = NEW(cx, struct str, 2);
	struct view_link *back = NEW(cx, struct view_link, 1);
	struct page_message page = { .heading = S("Make a one-time link"), .text = text, .n_text = 2,
	    .button = S("Make the link"), .links = back, .n_links = 1 };
	struct ask_member m;

	TRY(ask_member(cx, v->desk, &v->who, called(v), &m));
	text[0] = str_fmt(cx, "With it %.*s can sign in once, within 24 hours, and choose a password.", F(m.name));
	text[1] = S("Whoever holds the link can use it. Give it to that person and to nobody else.");
	back[0] = (struct view_link){ S("Back"), admin_person_href(v, m.person) };
	page.frame = visit_frame(v, page.heading, true);
	page.form = visit_form(v, link_href(v, m.person));
	page_message(visit_page(v, 200), &page);
	return OK;
}

static enum err
link_made(struct turn *t, void *arg, enum err e, struct js *ok)
{
	struct visit *v = visit_of(t);
	struct cx *cx = t->cx;
	const struct ask_member *m = arg;
	struct str *text = NEW(cx, struct str, 3), url = admin_public_url(v);
	struct view_link *back = NEW(cx, struct view_link, 1);
	struct page_message page = { .heading = str_fmt(cx, "A link for %.*s", F(m->name)), .text = text, .n_text = 3,
	    .links = back, .n_links = 1 };

	TRY(e);
	text[0] = str_fmt(cx, "%.*s/link/%.*s", F(url), F(js_str(ok, S("link"))));
	text[1] = url.n ? S("It is shown here once, and works once within 24 hours. Copy it now.") :
	    S("Put the address of this service in front of it. It is shown here once, and works once within 24 hours. Copy it now.");
	text[2] = S("Give it to that person and to nobody else: say it in person, or send it in a way that only they read.");
	back[0] = (struct view_link){ S("Back to people"), S("/people") };
	page.frame = visit_frame(v, page.heading, true);
	page_message(visit_page(v, 200), &page);
	return OK;
}

enum err
person_link_send(struct visit *v)
{
	struct ask_member *m = NEW(v->turn->cx, struct ask_member, 1);
	struct js *args = js_object(v->turn->cx);

	TRY(ask_member(v->turn->cx, v->desk, &v->who, called(v), m));
	js_set_str(v->turn->cx, args, S("person"), m->person);
	js_set_int(v->turn->cx, args, S("minutes"), LINK_MINUTES);
	/* without an id: what is answered must not be kept */
	return door_send(v->door, v->turn, (struct id){ { 0 } }, v->credential, S("make_link"), S(""), args,
	    link_made, m);
}
