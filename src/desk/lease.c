#include "desk/lease.h"

#define WHOLE (30 * SECOND)
#define RENEW (20 * SECOND) /* when only so much of it is left */

static const struct str names[LEASES] = { { "signer", 6 }, { "clerk", 5 } };

static enum err
left_of(struct cx *cx, struct desk *d, enum lease which, bool *ours, int64_t *left)
{
	struct row_lease_get *row;

	TRY(sql_lease_get(cx, d->db, names[which], &row));
	*left = row ? row->left : 0;
	*ours = row && row->node == d->journal.node && *left > 0;
	return OK;
}

enum err
lease_look(struct cx *cx, struct desk *d, enum lease which, bool *wanted)
{
	int64_t left;
	bool ours;

	*wanted = false;
	if (!db_shared(d->db))
		return OK;
	TRY(left_of(cx, d, which, &ours, &left));
	*wanted = left <= 0 || (ours && left < RENEW);
	return OK;
}

enum err
lease_hold(struct cx *cx, struct desk *d, enum lease which, bool *ours)
{
	int64_t left;

	*ours = true;
	if (!db_shared(d->db))
		return OK;
	TRY(left_of(cx, d, which, ours, &left));
	if (left > 0 && (!*ours || left >= RENEW))
		return OK;
	TRY(sql_lease_take(cx, d->db, names[which], d->journal.node, WHOLE));
	return left_of(cx, d, which, ours, &left);
}

enum err
lease_seize(struct cx *cx, struct desk *d, enum lease which)
{
	if (!db_shared(d->db))
		return OK;
	TRY(sql_lease_end(cx, d->db, names[which]));
	return sql_lease_take(cx, d->db, names[which], d->journal.node, WHOLE);
}

enum err
lease_leave(struct cx *cx, struct desk *d)
{
	enum err e;

	if (!db_shared(d->db))
		return OK;
	TRY(desk_begin(cx, d));
	e = sql_lease_leave(cx, d->db, d->journal.node);
	if (e == OK)
		return desk_end(cx, d);
	desk_undo(d);
	return e;
}
