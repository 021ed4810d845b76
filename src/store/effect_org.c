/* Effects on the organisation: people, roles, systems, settings, policy. */
#include "base/code.h"
#include "store/effect.h"

enum err
effect_person(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_person_set(cx, a->db, effect_id(e, S("actor")), js_str(e, S("person")), js_str(e, S("name")),
	    js_str(e, S("email")), js_str(e, S("department")), js_str(e, S("manager")), js_str(e, S("phone")), js_true(e, S("active")));
}

enum err
effect_role_given(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_role_give(cx, a->db, js_str(e, S("role")), effect_id(e, S("actor")), js_str(e, S("department")));
}

enum err
effect_role_taken(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_role_take(cx, a->db, js_str(e, S("role")), effect_id(e, S("actor")), js_str(e, S("department")));
}

enum err
effect_system(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_system_set(cx, a->db, js_str(e, S("system")), js_str(e, S("title")), effect_id(e, S("owner")));
}

enum err
effect_setting(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_setting_set(cx, a->db, js_str(e, S("name")), js_str(e, S("value")));
}

enum err
effect_policy(struct cx *cx, struct applied *a, const struct js *e)
{
	struct hash h;

	if (!hex_read(js_str(e, S("hash")), h.b, 32))
		return fail(cx, ERR_TAMPERED, "entry %lld sets a policy without its hash", (long long)a->seq);
	return sql_policy_add(cx, a->db, hash_str(&h), js_str(e, S("pack")), js_str(e, S("version")), js_str(a->asked, S("yaml")), a->seq);
}

/* That something was taken out is in the journal; no view shows it. */
enum err
effect_exported(struct cx *cx, struct applied *a, const struct js *e)
{
	(void)cx, (void)a, (void)e;
	return OK;
}
