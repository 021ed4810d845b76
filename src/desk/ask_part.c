#include "desk/ask_part.h"

bool
ask_part_wanted(const struct ask_filter *f, const struct actor *a, const struct ask_marks *m, when now)
{
	if (f->category.n && !str_eq(m->category, f->category))
		return false;
	if (f->department.n && !str_eq(m->department, f->department))
		return false;
	if (f->level.n && !str_eq(m->level, f->level))
		return false;
	if (f->state.n && !str_eq(m->state, f->state))
		return false;
	if (!f->either && str_eq(m->state, S("closed")) != f->closed)
		return false;
	if (f->mine && !id_eq(m->owner, a->id))
		return false;
	return !f->overdue || m->soonest <= now;
}

static enum err
has_personal_data(struct cx *cx, const struct desk *d, struct str stated, bool *has)
{
	struct facts facts = { 0 };

	TRY(kase_facts(cx, stated, &facts));
	if (d->policy)
		policy_derive(d->policy, &facts, &facts);
	*has = fact_is(&facts, FACT_personal_data, S("yes")) || fact_is(&facts, FACT_personal_data, S("unsure"));
	return OK;
}

bool
ask_part_narrows(const struct ask_filter *f)
{
	return f->category.n || f->department.n || f->level.n || f->personal_data || f->mine;
}

enum err
ask_part_row(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct id case_id,
    enum sight_level sight, struct ask_row *out, bool *take)
{
	struct row_case_get *r;

	*take = false;
	TRY(sql_case_get(cx, d->db, case_id, &r));
	out->row = r;
	out->sight = sight;
	/* what may not be read may not be searched or filtered by either */
	if (!r || (sight < SEES_IT_ALL && ask_part_narrows(f)))
		return OK;
	if (sight < SEES_IT_ALL)
		ask_stub(r);
	*take = ask_part_wanted(f, a, &(struct ask_marks){ r->state, r->category, r->department, r->level, r->owner_id, r->soonest }, cx->now);
	if (*take && f->personal_data)
		TRY(has_personal_data(cx, d, r->facts, take));
	return *take ? ask_person(cx, d, r->owner_id, &out->owner) : OK;
}
