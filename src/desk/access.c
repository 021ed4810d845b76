#include "desk/access.h"

#include "sys/token.h"

static const struct str need_words[] = {
#define NEED(name, words) { words, sizeof words - 1 },
#include "desk/need.def"
#undef NEED
};

struct str
access_need_words(enum need n)
{
	return need_words[n];
}

struct str
access_token_person(struct cx *cx, struct id actor)
{
	return str_fmt(cx, "p:%.*s", F(id_hex(cx, actor)));
}

struct str
access_token_role(struct cx *cx, struct str role, struct str department)
{
	return department.n ? str_fmt(cx, "r:%.*s@%.*s", F(role), F(department)) : str_fmt(cx, "r:%.*s", F(role));
}

bool
access_has_token(const struct actor *a, struct str token)
{
	for (ptrdiff_t i = 0; i < a->n_tokens; i++)
		if (str_eq(a->tokens[i], token))
			return true;
	return false;
}

bool
access_has_role(const struct actor *a, struct str role)
{
	for (ptrdiff_t i = 0; i < a->n_roles; i++)
		if (str_eq(a->roles[i], role))
			return true;
	return false;
}

/* Who a session or an API token belongs to; actor id zero when nobody. */
static enum err
credential_owner(struct cx *cx, struct db *db, const struct credential *c, struct actor *a)
{
	struct row_api_token_get *token;
	struct row_session_get *s;
	struct hash stored;

	if (c->session.n) {
		if (!token_read(cx, c->session, &stored))
			return OK;
		TRY(sql_session_get(cx, db, hash_str(&stored), &s));
		if (!s || s->ends <= cx->now)
			return OK;
		a->id = s->actor_id;
		a->only_case = s->case_id;
		a->method = (enum auth_method)s->method;
		a->level = (int)s->level;
		a->session = stored;
		a->csrf = s->csrf;
		a->seen = s->seen;
	} else if (c->token.n && token_read(cx, c->token, &stored)) {
		TRY(sql_api_token_get(cx, db, hash_str(&stored), &token));
		if (token) {
			a->id = token->actor_id;
			a->method = AUTH_PASSWORD;
			a->level = 1;
		}
	}
	return OK;
}

static enum err
fill_roles(struct cx *cx, struct db *db, const struct policy *policy, struct actor *a)
{
	struct row_roles_of *rows;
	struct str *tokens, *roles;
	ptrdiff_t n;

	TRY(sql_roles_of(cx, db, a->id, &rows, &n));
	tokens = NEW(cx, struct str, n + 1);
	roles = NEW(cx, struct str, n);
	tokens[a->n_tokens++] = access_token_person(cx, a->id);
	a->tokens = tokens;
	a->roles = roles;
	for (ptrdiff_t i = 0; i < n; i++) {
		const struct role *role = policy ? policy_role(policy, rows[i].role) : NULL;

		tokens[a->n_tokens++] = access_token_role(cx, rows[i].role, rows[i].department);
		if (!access_has_role(a, rows[i].role))
			roles[a->n_roles++] = rows[i].role;
		a->admin |= str_eq(rows[i].role, S("admin"));
		if (role && role->sees == SEES_ALL)
			a->all = SEES_IT_ALL;
		if (role && role->sees == SEES_STUB && a->all < SEES_A_STUB)
			a->all = SEES_A_STUB;
	}
	return OK;
}

enum err
access_who(struct cx *cx, struct db *db, const struct policy *policy, const struct credential *c, struct actor *a)
{
	struct row_person_get *p;

	*a = (struct actor){ .local = c->local, .clerk = c->clerk, .seen = NEVER };
	if (c->local || c->clerk) {
		a->method = c->local ? AUTH_LOCAL : AUTH_SYSTEM;
		a->level = 1;
		a->all = c->local ? SEES_IT_ALL : SEES_NOTHING;
		a->admin = c->local;
		return OK;
	}
	TRY(credential_owner(cx, db, c, a));
	if (id_zero(a->id) || !id_zero(a->only_case))
		return OK;
	TRY(sql_person_get(cx, db, a->id, &p));
	if (!p || !p->active) {
		*a = (struct actor){ .seen = NEVER };
		return OK;
	}
	a->name = p->name;
	a->person = p->person;
	a->department = p->department;
	return fill_roles(cx, db, policy, a);
}

struct str
access_tokens(struct cx *cx, const struct actor *a)
{
	struct js *all = js_array(cx);

	for (ptrdiff_t i = 0; i < a->n_tokens && a->all < SEES_IT_ALL; i++)
		js_add_str(cx, all, a->tokens[i]);
	return js_text(cx, all);
}

enum sight_level
access_sight_by(const struct actor *a, int64_t level)
{
	return level > (int64_t)a->all ? (enum sight_level)level : a->all;
}

enum err
access_sight(struct cx *cx, struct db *db, const struct actor *a, struct id case_id, enum sight_level *out)
{
	struct row_sights_of_case *rows;
	ptrdiff_t n = 0;

	*out = a->all;
	if (a->all < SEES_IT_ALL && a->n_tokens)
		TRY(sql_sights_of_case(cx, db, case_id, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (rows[i].level > (int64_t)*out && access_has_token(a, rows[i].token))
			*out = (enum sight_level)rows[i].level;
	return OK;
}

bool
access_may(enum need need, const struct actor *a, enum sight_level sight, bool reporter)
{
	bool person = !id_zero(a->id) && id_zero(a->only_case);

	switch (need) {
	case NEED_ANYONE:   return true;
	case NEED_PERSON:   return person;
	case NEED_HANDLER:  return person && (a->n_roles > 0 || a->admin);
	case NEED_REPORTER: return reporter || ((person || a->local) && sight == SEES_IT_ALL);
	case NEED_STUB:     return (person || a->local) && sight >= SEES_A_STUB;
	case NEED_CASE:     return (person || a->local) && sight == SEES_IT_ALL;
	case NEED_ADMIN:    return a->local || (person && a->admin);
	case NEED_LOCAL:    return a->local;
	case NEED_CLERK:    return a->clerk || a->local;
	case NEEDS:         break;
	}
	return false;
}
