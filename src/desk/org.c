/* Commands on the organisation: people, roles, systems, settings, policy. */
#include "desk/command.h"

#include "base/code.h"
#include "desk/colour.h"
#include "pack/pack.h"

enum { MOST_PEOPLE = 500, SHORT = 200, LONG = 2000 };

static bool
listed(const struct js *list, struct str role)
{
	for (const struct js *r = list ? list->first : NULL; r; r = r->next)
		if (r->type == JS_STR && str_eq(r->str, role))
			return true;
	return false;
}

static void
give(struct cx *cx, struct deed *deed, struct str effect, struct str role, struct id actor, struct str department)
{
	struct js *e = deed_did(cx, deed, effect);

	js_set_str(cx, e, S("role"), role);
	js_set_str(cx, e, S("actor"), id_hex(cx, actor));
	js_set_str(cx, e, S("department"), department);
}

/* "role" or "role@department": a team of a department is, if nothing is said, that of the person's own. */
static enum err
give_listed(struct cx *cx, struct deed *deed, const struct js *list, struct id actor, struct str department)
{
	const struct policy *policy = deed->d->policy;

	for (const struct js *r = list ? list->first : NULL; r; r = r->next) {
		struct str id, at;
		const struct role *role;

		if (r->type != JS_STR || !r->str.n)
			continue;
		str_cut(r->str, '@', &id, &at);
		role = policy ? policy_role(policy, id) : NULL;
		if (!role && !str_eq(id, S("admin")) && !str_eq(id, S("manager"))) {
			struct str names[64], near;
			ptrdiff_t n = 0;

			for (; policy && n < policy->n_roles && n < 64; n++)
				names[n] = policy->roles[n].id;
			near = str_nearest(id, names, n);
			fault_add(cx, S("roles"), 0, 0, S("unknown-role"), "there is no role “%.*s”%s%.*s%s", F(id), near.n ? "; did you mean “" : "",
			    F(near), near.n ? "”?" : "");
			continue;
		}
		if (!at.n && (!role || role->is == ROLE_TEAM_OF_DEPARTMENT || role->is == ROLE_MANAGER_IN_DEPARTMENT) && !str_eq(id, S("admin")))
			at = department;
		give(cx, deed, S("role_given"), id, actor, at);
	}
	return OK;
}

static enum err
take_unlisted(struct cx *cx, struct deed *deed, const struct js *list, struct id actor)
{
	struct row_roles_of *rows;
	ptrdiff_t n;

	TRY(sql_roles_of(cx, deed->d->db, actor, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (!str_eq(rows[i].role, S("manager")) && !listed(list, rows[i].role) &&
		    !listed(list, str_fmt(cx, "%.*s@%.*s", F(rows[i].role), F(rows[i].department))))
			give(cx, deed, S("role_taken"), rows[i].role, actor, rows[i].department);
	return OK;
}

/* A short text of one line. */
static struct str
line(struct cx *cx, const struct js *in, struct str field)
{
	struct str s = str_trim(js_str(in, field));

	if (utf8_count(s) > SHORT)
		fault_add(cx, field, 0, 0, S("too-long"), "is longer than %d characters", SHORT);
	else if (!str_is_line(s))
		fault_add(cx, field, 0, 0, S("line"), "must be one line, without control characters");
	return s;
}

static enum err
take_in(struct cx *cx, struct deed *deed, const struct js *p)
{
	static const struct str fields[] = { { "person", 6 }, { "name", 4 }, { "email", 5 }, { "department", 10 }, { "manager", 7 },
		{ "phone", 5 }, { "roles", 5 }, { "active", 6 } };
	struct str person, name, email, department, manager, phone;
	const struct js *active = js_get(p, S("active")), *roles = js_get(p, S("roles"));
	struct row_person_of *had;
	struct id actor = { { 0 } };

	if (p->type != JS_OBJECT)
		return fail(cx, ERR_BAD_INPUT, "people: each must be an object");
	js_only(cx, p, fields, COUNT(fields));
	person = line(cx, p, S("person"));
	name = line(cx, p, S("name"));
	email = str_lower(cx, line(cx, p, S("email")));
	department = line(cx, p, S("department"));
	manager = line(cx, p, S("manager"));
	phone = line(cx, p, S("phone"));
	if (!person.n || !name.n)
		fault_add(cx, S("person"), 0, 0, S("missing"), "a person needs an id (“person”) and a name");
	if (email.n && (str_index(email, '@') < 1 || str_index(email, ' ') >= 0 || str_ends(email, S("@"))))
		fault_add(cx, S("email"), 0, 0, S("email"), "“%.*s” is not an email address", F(email));
	if (cx->n_faults)
		return OK;
	TRY(sql_person_of(cx, deed->d->db, person, &had));
	if (had)
		actor = had->actor_id;
	actor = deed_person(cx, deed, actor, person, name, email, department, manager, phone,
	    !active || active->type != JS_FALSE);
	if (had && roles)
		TRY(take_unlisted(cx, deed, roles, actor));
	return give_listed(cx, deed, roles, actor, department);
}

/* Who is somebody's manager holds the role “manager” in that person's department. People named later in the same list
 * count too. */
static enum err
find_managers(struct cx *cx, struct deed *deed)
{
	for (const struct js *i = deed->identities->first; i; i = i->next) {
		struct str manager = js_str(i, S("manager"));
		struct row_person_of *row = NULL;
		struct id actor = { { 0 } };

		if (!manager.n)
			continue;
		for (const struct js *m = deed->identities->first; m; m = m->next)
			if (str_eq(js_str(m, S("person")), manager) && !id_read(js_str(m, S("actor")), &actor))
				return fail(cx, ERR_BROKEN, "an identity without an actor");
		if (id_zero(actor)) {
			TRY(sql_person_of(cx, deed->d->db, manager, &row));
			if (row)
				actor = row->actor_id;
		}
		if (!id_zero(actor))
			give(cx, deed, S("role_given"), S("manager"), actor, js_str(i, S("department")));
	}
	return OK;
}

enum err
command_people(struct cx *cx, struct deed *deed)
{
	const struct js *people = js_get(deed->args, S("people"));

	DEED_ONLY(cx, deed, S("people"));
	if (!people || people->type != JS_ARRAY || !people->n || people->n > MOST_PEOPLE)
		return fail(cx, ERR_BAD_INPUT, "people: must be a list of 1 to %d", MOST_PEOPLE);
	for (const struct js *p = people->first; p; p = p->next)
		TRY(take_in(cx, deed, p));
	TRY(fault_end(cx));
	TRY(find_managers(cx, deed));
	deed->asked = js_object(cx); /* names belong into the identities' own entries alone */
	js_set_int(cx, deed->asked, S("people"), people->n);
	js_set_int(cx, deed->answer, S("people"), people->n);
	if (!deed->did->n) /* an entry says that it happened, even where no role changed */
		js_set_int(cx, deed_did(cx, deed, S("exported")), S("people"), people->n);
	return OK;
}

enum err
command_systems(struct cx *cx, struct deed *deed)
{
	const struct js *systems = js_get(deed->args, S("systems"));

	DEED_ONLY(cx, deed, S("systems"));
	if (!systems || systems->type != JS_ARRAY || !systems->n || systems->n > MOST_PEOPLE)
		return fail(cx, ERR_BAD_INPUT, "systems: must be a list of 1 to %d", MOST_PEOPLE);
	for (const struct js *s = systems->first; s; s = s->next) {
		struct str id = js_str(s, S("system")), owner = js_str(s, S("owner")), title = line(cx, s, S("title"));
		struct row_person_of *row = NULL;
		struct js *e;

		if (!fact_id_ok(id)) {
			fault_add(cx, S("system"), 0, 0, S("id"), "“%.*s” is not an id: letters, digits, “.”, “-” and “_”", F(id));
			continue;
		}
		if (owner.n)
			TRY(sql_person_of(cx, deed->d->db, owner, &row));
		if (owner.n && !row)
			fault_add(cx, S("owner"), 0, 0, S("unknown"), "nobody called “%.*s” is in the directory", F(owner));
		e = deed_did(cx, deed, S("system"));
		js_set_str(cx, e, S("system"), id);
		js_set_str(cx, e, S("title"), title.n ? title : id);
		js_set_str(cx, e, S("owner"), row ? id_hex(cx, row->actor_id) : S(""));
	}
	deed->asked = js_object(cx); /* owners by their actor's id alone: this is never erased */
	js_set_int(cx, deed->asked, S("systems"), systems->n);
	return OK;
}

enum setting_kind { SET_TEXT, SET_PHONE, SET_EMAIL, SET_COLOUR, SET_SMTP, SET_FLAG, SET_LIST, SET_PATH, SET_URL, SET_MEGABYTES,
	SET_DAYS };
static const struct { struct str name; enum setting_kind kind; struct str words; } known[] = {
#define SETTING(name, kind, words) { { #name, sizeof #name - 1 }, SET_##kind, { words, sizeof words - 1 } },
#include "desk/setting.def"
#undef SETTING
};

/* It goes into links, files and a code that a camera reads: nothing in it may end one of those early. */
static const char *
url_wrong(struct str v)
{
	for (ptrdiff_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] > '~' || strchr("\"'<>\\^`{|}#?", v.p[i]))
			return "holds a character that an address cannot have";
	return str_starts(v, S("https://")) || str_starts(v, S("http://")) ? NULL : "must begin with https://";
}

static const char *
setting_wrong(enum setting_kind kind, struct str v)
{
	struct colour colour;
	int64_t n;

	if (!v.n)
		return NULL;
	if (!str_is_line(v) || str_index(v, '\t') >= 0) /* letters carry it in their heads, where no tab may stand */
		return "must be one line, without control characters";
	switch (kind) {
	case SET_EMAIL:  return str_index(v, '@') > 0 && str_index(v, ' ') < 0 ? NULL : "is not an email address";
	case SET_COLOUR:
		if (!colour_read(v, &colour))
			return "must be written like #0b5a55";
		return colour_contrast(colour) >= COLOUR_LEAST ? NULL :
		    "is too light: white text on it could not be read (contrast below 4.5:1)";
	case SET_SMTP:   return str_starts(v, S("smtp://")) || str_starts(v, S("smtps://")) ? NULL : "must begin with smtp:// or smtps://";
	case SET_FLAG:   return str_eq(v, S("yes")) || str_eq(v, S("no")) ? NULL : "must be yes or no";
	case SET_PATH:   return v.p[0] == '/' ? NULL : "must begin with /";
	case SET_URL:    return url_wrong(v);
	case SET_MEGABYTES:
		return str_int(v, &n) && n >= 1 && n <= 100000 ? NULL : "must be a whole number of megabytes, from 1 to 100000";
	case SET_DAYS:
		return str_int(v, &n) && n >= 0 && n <= 366 ? NULL : "must be a whole number of days, from 0 to 366";
	case SET_PHONE:
		for (ptrdiff_t i = 0; i < v.n; i++)
			if (!strchr("0123456789 +()-", v.p[i]) || !v.p[i])
				return "is not a telephone number";
		return NULL;
	case SET_TEXT: case SET_LIST: break;
	}
	return NULL;
}

enum err
command_settings(struct cx *cx, struct deed *deed)
{
	const struct js *set = js_get(deed->args, S("set"));
	struct str names[COUNT(known)];

	DEED_ONLY(cx, deed, S("set"));
	if (!set || set->type != JS_OBJECT)
		return fail(cx, ERR_BAD_INPUT, "set: say which settings");
	for (ptrdiff_t i = 0; i < COUNT(known); i++)
		names[i] = known[i].name;
	js_only(cx, set, names, COUNT(known));
	for (const struct js *s = set->first; s; s = s->next)
		for (ptrdiff_t i = 0; i < COUNT(known); i++) {
			struct str v = str_trim(s->str);
			const char *wrong;
			struct js *e;

			if (!str_eq(known[i].name, s->key))
				continue;
			wrong = s->type != JS_STR ? "must be text" : utf8_count(v) > (known[i].kind == SET_LIST ? LONG : SHORT) ? "is too long" : setting_wrong(known[i].kind, v);
			if (wrong) {
				fault_add(cx, known[i].name, 0, 0, S("setting"), "%s", wrong);
				continue;
			}
			e = deed_did(cx, deed, S("setting"));
			js_set_str(cx, e, S("name"), known[i].name);
			js_set_str(cx, e, S("value"), v);
		}
	return OK;
}

/* {"yaml"}: the pack in force from now on. Open cases are evaluated again one by one, by their own commands. */
enum err
command_set_policy(struct cx *cx, struct deed *deed)
{
	struct str yaml = js_str(deed->args, S("yaml"));
	const struct policy *p;
	struct js *e;

	DEED_ONLY(cx, deed, S("yaml"));
	TRY(fault_end(cx));
	TRY(pack_read(cx, yaml, &p));
	deed->d->journal.policy = p->hash;
	e = deed_did(cx, deed, S("policy"));
	js_set_str(cx, e, S("hash"), hex_of(cx, p->hash.b, 32));
	js_set_str(cx, e, S("pack"), p->id);
	js_set_str(cx, e, S("version"), p->version);
	js_set_str(cx, deed->answer, S("policy"), p->id);
	js_set_str(cx, deed->answer, S("hash"), hex_of(cx, p->hash.b, 32));
	return OK;
}

enum err
command_notice_seen(struct cx *cx, struct deed *deed)
{
	int64_t upto = js_int(deed->args, S("upto"), -1);

	DEED_ONLY(cx, deed, S("upto"));
	for (ptrdiff_t i = 0; i < deed->who->n_tokens; i++) {
		struct js *e = deed_did(cx, deed, S("notice_seen"));

		js_set_str(cx, e, S("token"), deed->who->tokens[i]);
		js_set_int(cx, e, S("upto"), upto);
	}
	return OK;
}
