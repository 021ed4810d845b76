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
	return f->category.n || f->department.n || f->level.n || f->words.n || f->personal_data || f->mine;
}

static void
keep_stub(struct row_case_lines *r)
{
	r->title = r->ref;
	r->facts = r->category = r->department = r->level = S("");
	r->owner_id = (struct id){ { 0 } };
	r->owner = r->owner_person = r->owner_email = r->owner_department = S("");
}

static enum err
wanted(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, const struct row_case_lines *r, bool *is)
{
	*is = ask_part_wanted(f, a, &(struct ask_marks){ r->state, r->category, r->department, r->level, r->owner_id, r->soonest }, cx->now);
	return *is && f->personal_data ? has_personal_data(cx, d, r->facts, is) : OK;
}

enum err
ask_part_rows(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, const struct ask_at *at,
    ptrdiff_t n, struct ask_row *out)
{
	/* what may not be read may not be searched or filtered by either */
	enum sight_level least = ask_part_narrows(f) ? SEES_IT_ALL : SEES_A_STUB;
	bool known = n && at[0].sight > SEES_NOTHING;
	ptrdiff_t *of = NEW(cx, ptrdiff_t, n), asked = 0, found = 0;
	struct row_case_lines *rows;
	struct buf ids = buf_new(cx);

	for (ptrdiff_t i = 0; i < n; i++) {
		out[i] = (struct ask_row){ .sight = at[i].sight };
		if (!known || at[i].sight >= least) {
			buf_put(&ids, id_str(&at[i].case_id));
			of[asked++] = i;
		}
	}
	if (asked)
		TRY(sql_case_lines(cx, d->db, buf_str(&ids), known ? S("[]") : access_tokens(cx, a), known || a->all >= least ? 0 : least,
		    &rows, &found));
	for (ptrdiff_t i = 0; i < found; i++) {
		struct row_case_lines *r = &rows[i];
		struct ask_row *row = &out[of[r->nth]];
		bool is;

		if (!known)
			row->sight = access_sight_by(a, r->sees);
		if (row->sight < SEES_IT_ALL)
			keep_stub(r);
		TRY(wanted(cx, d, a, f, r, &is));
		if (is)
			row->row = r;
		row->owner = (struct ask_person){ r->owner_id, r->owner, r->owner_person, r->owner_email, r->owner_department };
	}
	return OK;
}
