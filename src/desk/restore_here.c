/* A database that has lost records, as it stands: its log is over, and the next one says so. */
#include "desk/restore.h"

#include "desk/halt.h"
#include "desk/lease.h"
#include "desk/next.h"
#include "store/recall.h"

#define ROOM ((ptrdiff_t)1 << 36)

struct here { const struct restore_ask *ask; struct restore_done *done; };

/* What this node has signed and committed, and what people bring. */
static enum err
know(struct cx *cx, const struct desk *d, const struct restore_ask *ask, struct next *n)
{
	enum err e = recall_last(cx, &d->keys, &n->known[0]);

	n->n_known = e == OK;
	if (e != ERR_NOT_FOUND)
		TRY(e);
	TRY(recall_seen(cx, &d->journal, d->dir, &n->seen));
	if (d->halt.seen > n->seen)
		n->seen = d->halt.seen;
	if (ask->n_known > NEXT_KNOWN)
		return fail(cx, ERR_TOO_BIG, "at most %d known checkpoints", NEXT_KNOWN);
	for (int i = 0; i < ask->n_known; i++)
		if (next_know(cx, n, &d->keys, ask->known[i]) != OK)
			return fail(cx, ERR_TAMPERED, "the known checkpoint was not signed by this journal's key");
	return next_compare(cx, n, d->db);
}

/* Exports and backups of a log that is over go out under a checkpoint of its end. It is not what the signer remembers, which may
 * be larger: that much is lost, and the next log begins by saying so. */
static enum err
sign_end(struct cx *cx, const struct desk *d)
{
	const struct journal *j = &d->journal;
	struct checkpoint end = { j->origin, j->tree.size, tree_root(&j->tree) };
	struct row_checkpoint_of *there;

	TRY(sql_checkpoint_of(cx, d->db, j->log, (int64_t)end.size, &there));
	return there ? OK : sql_checkpoint_add(cx, d->db, j->log, (int64_t)end.size,
	    note_sign(cx, &d->keys.sign, checkpoint_text(cx, &end)), cx->now);
}

static enum err
go_on(struct cx *cx, struct desk *d, struct next *n)
{
	struct str note;
	enum err e;

	TRY(desk_begin(cx, d));
	n->last = d->journal;
	e = sign_end(cx, d);
	if (e == OK)
		e = next_open(cx, n, d);
	if (e == OK)
		e = desk_end(cx, d);
	if (e != OK) {
		desk_undo(d);
		return e;
	}
	TRY(desk_sign(cx, d, &note));
	TRY(lease_leave(cx, d));
	TRY(files_remove(cx, d->dir, S("db/halted")));
	TRY(files_remove(cx, d->dir, S("db/committed")));
	return desk_tidy(cx, d, FOLD_EMPTY);
}

static enum err
here(struct cx *cx, void *arg)
{
	const struct here *h = arg;
	struct next *n = NEW(cx, struct next, 1);
	struct desk d;
	uint64_t records;
	int dir, lock;

	TRY(files_open_dir(cx, FILES_HERE, h->ask->data, &dir));
	files_close_later(cx, dir);
	TRY(files_lock(cx, dir, &lock));
	files_close_later(cx, lock);
	TRY(desk_open(cx, h->ask->data, true, &d));
	n->last = d.journal;
	TRY(know(cx, &d, h->ask, n));
	next_count(n);
	if (!d.halt.is && !n->lost)
		return fail(cx, ERR_CONFLICT, "no record is known to be lost here: there is nothing to restore");
	TRY(journal_verify(cx, d.db, &d.keys, &records));
	h->done->records = (int64_t)records;
	h->done->over = n->last.origin;
	h->done->known = n->n_known > 0;
	TRY(go_on(cx, &d, n));
	h->done->origin = n->origin;
	h->done->lost = n->lost;
	return OK;
}

enum err
restore_here(struct cx *cx, const struct restore_ask *ask, struct restore_done *out)
{
	struct cx life = { .now = cx->now, .boot = cx->boot, .chance = cx->chance };
	struct here h = { ask, out };
	enum err e;

	*out = (struct restore_done){ 0 };
	cx_begin(&life, cx_room(ROOM), ROOM);
	e = cx_run(&life, here, &h);
	out->over = str_copy(cx, out->over);
	out->origin = str_copy(cx, out->origin);
	if (e != OK)
		e = fail(cx, e, "%s", life.why);
	cx_end(&life);
	return e;
}
