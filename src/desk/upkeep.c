#include "desk/upkeep.h"

#include "store/effect.h"

static enum err
roles_text(struct cx *cx, struct desk *d, struct id actor, struct upkeep_person *p)
{
	struct row_roles_of *rows;
	struct str *roles;
	ptrdiff_t n;

	TRY(sql_roles_of(cx, d->db, actor, &rows, &n));
	roles = NEW(cx, struct str, n);
	for (ptrdiff_t i = 0; i < n; i++)
		roles[i] = rows[i].department.n ? str_fmt(cx, "%.*s@%.*s", F(rows[i].role), F(rows[i].department)) : rows[i].role;
	p->roles = roles;
	p->n_roles = n;
	return OK;
}

enum err
upkeep_people(struct cx *cx, struct desk *d, struct str after, ptrdiff_t most, struct upkeep_person **out,
    ptrdiff_t *n)
{
	struct row_people_page *rows;

	TRY(sql_people_page(cx, d->db, after, most, &rows, n));
	*out = NEW(cx, struct upkeep_person, *n);
	for (ptrdiff_t i = 0; i < *n; i++) {
		(*out)[i] = (struct upkeep_person){ .person = rows[i].person, .name = rows[i].name, .email = rows[i].email,
			.department = rows[i].department, .manager = rows[i].manager, .active = rows[i].active };
		TRY(roles_text(cx, d, rows[i].actor_id, &(*out)[i]));
	}
	return OK;
}

enum err
upkeep_has_person(struct cx *cx, struct desk *d, struct str person, bool *out)
{
	struct row_person_of *row;

	TRY(sql_person_of(cx, d->db, person, &row));
	*out = row != NULL;
	return OK;
}

enum err
upkeep_open_cases(struct cx *cx, struct desk *d, struct id after, ptrdiff_t most, struct upkeep_case **out,
    ptrdiff_t *n)
{
	struct row_cases_open *rows;

	TRY(sql_cases_open(cx, d->db, after, most, &rows, n));
	*out = NEW(cx, struct upkeep_case, *n);
	for (ptrdiff_t i = 0; i < *n; i++)
		(*out)[i] = (struct upkeep_case){ rows[i].case_id, rows[i].ref };
	return OK;
}

enum err
upkeep_open_duties(struct cx *cx, struct desk *d, struct str ref, struct id **out, ptrdiff_t *n)
{
	struct row_duties_of_case *rows = NULL;
	struct row_case_id_of_ref *k;
	ptrdiff_t all = 0;

	*n = 0;
	TRY(sql_case_id_of_ref(cx, d->db, ref, &k));
	if (k)
		TRY(sql_duties_of_case(cx, d->db, k->case_id, &rows, &all));
	*out = NEW(cx, struct id, all);
	for (ptrdiff_t i = 0; i < all; i++)
		if (str_eq(rows[i].state, S("open")))
			(*out)[(*n)++] = rows[i].duty_id;
	return OK;
}

enum err
upkeep_origin(struct cx *cx, struct desk *d, struct str *out)
{
	struct row_head_get *head;

	TRY(sql_head_get(cx, d->db, &head));
	if (!head)
		return fail(cx, ERR_NOT_FOUND, "this directory holds no journal");
	*out = head->origin;
	return OK;
}

enum err
upkeep_log(struct cx *cx, struct desk *d, int64_t log, struct row_heads *out)
{
	struct row_heads *all;
	ptrdiff_t n;

	TRY(sql_heads(cx, d->db, &all, &n));
	for (ptrdiff_t i = n; i-- > 0;)
		if (!log || all[i].log == log) {
			*out = all[i];
			return OK;
		}
	return fail(cx, ERR_NOT_FOUND, "there is no log %lld here: the last is %td", (long long)log, n);
}

enum err
upkeep_vkey(struct cx *cx, struct desk *d, int64_t log, struct str *out)
{
	struct row_heads head;
	struct keys keys;

	TRY(upkeep_log(cx, d, log, &head));
	TRY(keys_load(cx, d->dir, head.origin, &keys));
	*out = note_vkey_text(cx, &keys.sign.v);
	return OK;
}

enum err
upkeep_verify(struct cx *cx, struct desk *d, struct upkeep_verified *out)
{
	struct row_checkpoint_last *last;
	struct row_head_get *head;
	struct str origin;
	struct keys keys;
	enum err e;

	*out = (struct upkeep_verified){ .signed_at = NEVER };
	TRY(upkeep_origin(cx, d, &origin));
	out->keys = keys_load(cx, d->dir, origin, &keys) == OK;
	out->why_no_keys = out->keys ? S("") : str_copy(cx, str_of(cx->why));
	TRY(db_snapshot(cx, d->db));
	e = journal_verify(cx, d->db, out->keys ? &keys : NULL, &out->records);
	if (e == OK)
		e = sql_head_get(cx, d->db, &head);
	if (e == OK)
		e = sql_checkpoint_last(cx, d->db, head->log, &last);
	db_snapshot_end(d->db);
	if (e != OK)
		return e;
	out->logs = head->log;
	if (last) {
		out->signed_size = (uint64_t)(head->first + last->size);
		out->signed_at = last->at;
	}
	return OK;
}

enum err
upkeep_rebuild(struct cx *cx, struct desk *d, uint64_t *entries)
{
	enum err e;

	TRY(desk_begin(cx, d));
	e = effect_rebuild(cx, d->db, &d->keys, entries);
	if (e != OK) {
		desk_undo(d);
		return e;
	}
	TRY(desk_end(cx, d));
	return desk_tidy(cx, d, FOLD_SOME);
}
