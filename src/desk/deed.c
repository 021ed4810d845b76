#include "desk/deed.h"

#include "desk/held.h"
#include "store/effect.h"

struct js *
deed_did(struct cx *cx, struct deed *deed, struct str effect)
{
	struct js *e = js_add(cx, deed->did, js_object(cx));

	js_set_str(cx, e, S("e"), effect);
	return e;
}

struct js *
deed_timeline(struct cx *cx, struct deed *deed, struct str kind, struct str what, struct str words, struct str audience)
{
	struct js *e = deed_did(cx, deed, S("timeline"));

	js_set_str(cx, e, S("kind"), kind);
	js_set_str(cx, e, S("what"), what);
	js_set_str(cx, e, S("words"), words);
	js_set_str(cx, e, S("audience"), audience);
	return e;
}

/* Is there already such an effect for that token in this entry? */
static const struct js *
had(const struct deed *deed, struct str effect, struct str token)
{
	for (const struct js *e = deed->did->first; e; e = e->next)
		if (str_eq(js_str(e, S("e")), effect) && str_eq(js_str(e, S("token")), token))
			return e;
	return NULL;
}

void
deed_notice(struct cx *cx, struct deed *deed, struct str token, struct str about)
{
	struct js *e;

	if (!token.n || had(deed, S("notice"), token))
		return;
	e = deed_did(cx, deed, S("notice"));
	js_set_str(cx, e, S("id"), id_hex(cx, id_new(cx)));
	js_set_str(cx, e, S("token"), token);
	js_set_str(cx, e, S("about"), about);
	js_set_bool(cx, e, S("mail"), true);
}

void
deed_sight(struct cx *cx, struct deed *deed, struct str token, enum sight_level level)
{
	const struct js *there = had(deed, S("sight"), token);
	struct js *e;

	if (!token.n || (there && js_int(there, S("level"), 0) >= (int64_t)level))
		return;
	e = deed_did(cx, deed, S("sight"));
	js_set_str(cx, e, S("token"), token);
	js_set_int(cx, e, S("level"), level);
}

struct id
deed_person(struct cx *cx, struct deed *deed, struct id actor, struct str person, struct str name, struct str email,
    struct str department, struct str manager, struct str phone, bool active)
{
	struct js *e = js_add(cx, deed->identities, js_object(cx));

	if (id_zero(actor))
		actor = id_new(cx);
	js_set_str(cx, e, S("e"), S("person"));
	js_set_str(cx, e, S("actor"), id_hex(cx, actor));
	js_set_str(cx, e, S("person"), person);
	js_set_str(cx, e, S("name"), name);
	js_set_str(cx, e, S("email"), email);
	js_set_str(cx, e, S("department"), department);
	js_set_str(cx, e, S("manager"), manager);
	js_set_str(cx, e, S("phone"), phone);
	js_set_bool(cx, e, S("active"), active);
	return actor;
}

struct str
deed_text(struct cx *cx, const struct deed *deed, struct str field, bool needed, ptrdiff_t most)
{
	const struct js *j = js_get(deed->args, field);
	struct str s;

	if (j && j->type != JS_STR) {
		fault_add(cx, field, 0, 0, S("type"), "must be text");
		return S("");
	}
	s = j ? str_trim(j->str) : S("");
	if (needed && !s.n)
		fault_add(cx, field, 0, 0, S("missing"), "is missing: please write something here");
	if (utf8_count(s) > most)
		fault_add(cx, field, 0, 0, S("too-long"), "is too long: at most %td characters, not %td", most, utf8_count(s));
	return s;
}

/* Stored facts are {"name":{"v":value,…}}; what is inside is known to be good. */
enum err
kase_facts(struct cx *cx, struct str text, struct facts *out)
{
	struct js *stored, *plain = js_object(cx);
	struct fault *had = cx->faults; /* of a form that is shown again: not ours */
	int n_had = cx->n_faults;
	enum err e;

	TRY(js_read(cx, text.n ? text : S("{}"), &stored));
	for (const struct js *f = stored->first; f; f = f->next)
		if (js_get(f, S("v")))
			js_set(cx, plain, f->key, js_share(cx, js_get(f, S("v"))));
	*out = (struct facts){ 0 };
	cx->faults = NULL;
	facts_read(cx, plain, out);
	e = fault_end(cx);
	cx->faults = had;
	cx->n_faults = n_had;
	return e;
}

enum err
kase_load(struct cx *cx, struct desk *d, struct id id, struct kase *k)
{
	struct row_duties_of_case *duties;
	ptrdiff_t n;

	*k = (struct kase){ .id = id };
	TRY(sql_case_get(cx, d->db, id, &k->row));
	if (!k->row)
		return fail(cx, ERR_NOT_FOUND, "there is no such case");
	k->department = k->row->department;
	k->ref = k->row->ref;
	k->reporter = k->row->reporter_id;
	k->historical = k->row->historical;
	TRY(kase_facts(cx, k->row->facts, &k->facts));
	/* who the line manager was taken to be stands in the duties opened then */
	k->line_manager = S("");
	TRY(sql_duties_of_case(cx, d->db, id, &duties, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		const struct role *r = d->policy ? policy_role(d->policy, duties[i].role) : NULL;

		if (r && r->is == ROLE_MANAGER_OF_REPORTER && str_starts(duties[i].token, S("p:")))
			k->line_manager = duties[i].token;
	}
	return OK;
}

static enum err
owner_of_systems(struct cx *cx, struct desk *d, const struct kase *k, struct str *token)
{
	const struct value *systems = &k->facts.v[FACT_systems];

	for (ptrdiff_t i = 0; systems->known && i < systems->n && !token->n; i++) {
		struct row_system_get *row;

		TRY(sql_system_get(cx, d->db, systems->list[i], &row));
		if (row && !id_zero(row->owner_id))
			*token = access_token_person(cx, row->owner_id);
	}
	return OK;
}

enum err
holder_of(struct cx *cx, struct desk *d, const struct kase *k, const struct role *role, struct holder *h)
{
	struct str department = S(""), name = role->id;
	bool held = true;

	*h = (struct holder){ .token = S("") };
	switch (role->is) {
	case ROLE_REPORTER:
		h->token = id_zero(k->reporter) ? S("") : access_token_person(cx, k->reporter);
		break;
	case ROLE_MANAGER_OF_REPORTER:
		h->token = k->line_manager;
		break;
	case ROLE_OWNER_OF_SYSTEMS:
		TRY(owner_of_systems(cx, d, k, &h->token));
		break;
	case ROLE_MANAGER_IN_DEPARTMENT:
		name = S("manager");
		department = k->department;
		break;
	case ROLE_TEAM_OF_DEPARTMENT:
		department = k->department;
		break;
	case ROLE_POST: case ROLE_MAILBOX:
		break;
	}
	if (h->token.n)
		return OK;
	TRY(held_is(cx, d, name, department, &held));
	if (!held && department.n) { /* a post of all departments may stand in for one that this department lacks */
		TRY(held_is(cx, d, role->id, S(""), &held));
		if (held)
			name = role->id, department = S("");
	}
	h->token = access_token_role(cx, name, department);
	h->vacant = !held;
	if (!held && role->is == ROLE_MANAGER_OF_REPORTER && k->named_manager.n)
		h->words = str_fmt(cx, "The reporter named “%.*s”, who is not in the directory: hand it over", F(k->named_manager));
	else if (!held && role->is == ROLE_MANAGER_OF_REPORTER)
		h->words = S("It is not known who the reporter's line manager is: find out, then hand it over");
	else if (!held && role->is == ROLE_OWNER_OF_SYSTEMS)
		h->words = S("It is not known who owns the system: say which system it is, or hand it over");
	else if (!held)
		h->words = str_fmt(cx, "Nobody holds the post “%.*s”%s%.*s yet", F(role->title), department.n ? " in " : "",
		    F(department));
	return OK;
}
