#include "web/admin.h"

#include "web/url.h"

struct js *
admin_member_js(struct cx *cx, const struct ask_member *m, struct str role)
{
	struct js *p = js_object(cx), *roles = js_array(cx);

	js_set_str(cx, p, S("person"), m->person);
	js_set_str(cx, p, S("name"), m->name);
	js_set_str(cx, p, S("email"), m->email);
	js_set_str(cx, p, S("department"), m->department);
	js_set_str(cx, p, S("manager"), m->manager);
	js_set_str(cx, p, S("phone"), m->phone);
	js_set_bool(cx, p, S("active"), m->active);
	for (ptrdiff_t i = 0; i < m->n_roles; i++)
		if (!str_eq(m->roles[i], role))
			js_add_str(cx, roles, m->roles[i]);
	if (role.n)
		js_add_str(cx, roles, role);
	js_set(cx, p, S("roles"), roles);
	return p;
}

struct str
admin_role_words(struct visit *v, struct str role)
{
	const struct role *r;
	struct str id, at, words;

	str_cut(role, '@', &id, &at);
	r = v->policy ? policy_role(v->policy, id) : NULL;
	words = r ? r->title : str_eq(id, S("admin")) ? S("Administrator") : str_eq(id, S("manager")) ? S("Line manager") :
	    id;
	return at.n ? str_fmt(v->turn->cx, "%.*s (%.*s)", F(words), F(at)) : words;
}

struct str
admin_person_href(struct visit *v, struct str person)
{
	return str_fmt(v->turn->cx, "/person?id=%.*s", F(url_encode(v->turn->cx, person)));
}

void
admin_label_fault(struct visit *v, struct str field, struct str label)
{
	for (struct fault *f = v->turn->cx->faults; f; f = f->next)
		if (str_eq(f->field, field) && f->words.n && f->words.p[0] >= 'a' && f->words.p[0] <= 'z')
			f->words = str_fmt(v->turn->cx, "%.*s: %.*s", F(label), F(f->words));
}

struct str
admin_public_url(struct visit *v)
{
	struct str url = desk_setting(v->desk, S("public_url"), S(""));

	if (str_ends(url, S("/")))
		url.n--;
	return url;
}
