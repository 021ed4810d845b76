#include "desk/ask_part.h"

static bool
wanted(const struct ask_filter *f, const struct row_case_get *r, const struct facts *facts, const struct actor *a, when now)
{
	if (f->category.n && !str_eq(r->category, f->category))
		return false;
	if (f->department.n && !str_eq(r->department, f->department))
		return false;
	if (f->level.n && !str_eq(r->level, f->level))
		return false;
	if (f->state.n && !str_eq(r->state, f->state))
		return false;
	if (!f->either && str_eq(r->state, S("closed")) != f->closed)
		return false;
	if (f->mine && !id_eq(r->owner_id, a->id))
		return false;
	if (f->overdue && r->soonest > now)
		return false;
	if (f->personal_data && !fact_is(facts, FACT_personal_data, S("yes")) && !fact_is(facts, FACT_personal_data, S("unsure")))
		return false;
	return true;
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
	struct facts facts = { 0 };

	*take = false;
	out->sight = sight;
	TRY(sql_case_get(cx, d->db, case_id, &out->row));
	if (!out->row)
		return OK;
	if (out->sight < SEES_IT_ALL) {
		/* what may not be read may not be searched or filtered by either */
		if (ask_part_narrows(f))
			return OK;
		ask_stub(out->row);
	} else if (f->personal_data) {
		TRY(kase_facts(cx, out->row->facts, &facts));
		if (d->policy)
			policy_derive(d->policy, &facts, &facts);
	}
	*take = wanted(f, out->row, &facts, a, cx->now);
	return *take ? ask_person(cx, d, out->row->owner_id, &out->owner) : OK;
}
