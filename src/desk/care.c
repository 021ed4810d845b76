#include "desk/care.h"

#include "base/log.h"
#include "desk/halt.h"
#include "desk/lease.h"
#include "store/recall.h"

enum { LOG_MOST = 64 << 20 };  /* bytes of log at which doors must pause, so that it can be folded back, or its file is emptied */
#define SIGN_AFTER (10 * SECOND)
#define PAUSE_AGAIN (10 * SECOND)
#define SAY_AGAIN MINUTE

struct care
care_of(struct cx *cx, struct desk *d, _Atomic uint32_t *pause)
{
	return (struct care){ .desk = d, .pause = pause, .tidied = cx->boot,
		.dirty = cx->boot }; /* the term that begins here at least */
}

void
care_wrote(struct cx *cx, struct care *c)
{
	if (c->dirty == NEVER)
		c->dirty = cx->boot;
}

static enum err
sign(struct cx *cx, struct care *c)
{
	struct str note;
	enum err e = desk_sign(cx, c->desk, &note);

	c->dirty = e == OK ? NEVER : cx->boot; /* what could not be signed is tried again */
	if (e != OK && e != ERR_HALTED)
		log_line("the checkpoint could not be signed: %s", cx->why);
	return e == ERR_SYNC ? e : OK;
}

/* The log is folded back once a second. Where readers never leave a gap after which it would be written from its start, it reaches
 * further and further: then doors are asked to pause between turns, and a second later there is one; but only then, for everybody
 * waits meanwhile. Its file is emptied when nobody writes: to ask for its room again was a fifth of a report. */
static enum err
fold(struct cx *cx, struct care *c)
{
	struct db *db = c->desk->db;
	int64_t written = db_rows_written(db);
	bool paused = atomic_load(c->pause) != 0, quiet = written == c->written, whole;
	enum err e = db_tidy(cx, db, FOLD_SOME);

	c->written = written;
	whole = paused || (cx->boot >= c->pause_next && (quiet ? db_log_size(db) : db_log_used(db)) > LOG_MOST);
	if (e == OK && whole)
		e = db_tidy(cx, db, quiet ? FOLD_EMPTY : FOLD_ALL);
	atomic_store(c->pause, 0);
	if (paused)
		c->pause_next = cx->boot + PAUSE_AGAIN;
	else if (whole && e == ERR_BUSY) {
		atomic_store(c->pause, 1);
		return OK;
	}
	if (e == OK || e == ERR_SYNC || cx->boot < c->said)
		return e == ERR_SYNC ? e : OK;
	log_line("the database's log could not be folded back: %s", cx->why);
	c->said = cx->boot + SAY_AGAIN;
	return OK;
}

/* Each node has a spool of its own, which no command knows of. */
static void
tidy_spool(struct cx *cx, struct care *c)
{
	struct vault vault = desk_vault(c->desk);

	if (cx->boot - c->tidied < HOUR)
		return;
	c->tidied = cx->boot;
	if (vault_tidy(cx, &vault) != OK)
		log_line("the spool could not be tidied: %s", cx->why);
}

/* Following and leases want the head locked, and a lock is a write to the server's log: it is taken only when something calls for
 * it. */
static enum err
wanted(struct cx *cx, struct care *c, bool clerk, bool *out)
{
	const struct journal *j = &c->desk->journal;
	struct row_head_get *head;
	bool signer, other = false;

	TRY(sql_head_get(cx, c->desk->db, &head));
	TRY(lease_look(cx, c->desk, LEASE_SIGNER, &signer));
	if (clerk)
		TRY(lease_look(cx, c->desk, LEASE_CLERK, &other));
	*out = signer || other || !head || head->log != j->log || head->size != (int64_t)j->tree.size ||
	    !str_eq(head->last_leaf, hash_str(&j->last_leaf));
	return OK;
}

static enum err
keep_leases(struct cx *cx, struct care *c, bool clerk)
{
	bool ours;
	enum err e;

	TRY(desk_begin(cx, c->desk));
	e = lease_hold(cx, c->desk, LEASE_SIGNER, &ours);
	if (e == OK && clerk)
		e = lease_hold(cx, c->desk, LEASE_CLERK, &ours);
	if (e == OK)
		return desk_end(cx, c->desk);
	desk_undo(c->desk);
	return e;
}

/* What other nodes have written is to be signed too, if we are the signer, and what they have signed is to be remembered. */
static enum err
follow(struct cx *cx, struct care *c, bool clerk)
{
	struct row_checkpoint_last *last;
	bool want;

	TRY(wanted(cx, c, clerk, &want));
	if (want)
		TRY(keep_leases(cx, c, clerk));
	TRY(sql_checkpoint_last(cx, c->desk->db, c->desk->journal.log, &last));
	if (c->desk->halt.is)
		return halt_tell(cx, c->desk);
	if (last && last->size > c->recalled)
		TRY(recall_adopt(cx, &c->desk->journal, &c->recalled));
	if (!last || last->size < (int64_t)c->desk->journal.tree.size)
		care_wrote(cx, c);
	return OK;
}

enum err
care_tick(struct cx *cx, struct care *c, bool clerk)
{
	if (db_shared(c->desk->db)) {
		enum err e = follow(cx, c, clerk);

		if (e == ERR_TAMPERED)
			e = halt_declare(cx, c->desk, str_copy(cx, str_of(cx->why)));
		if (e == ERR_SYNC)
			return e;
		if (e != OK && e != ERR_HALTED && cx->boot >= c->said) {
			log_line("what other nodes did could not be followed: %s", cx->why);
			c->said = cx->boot + SAY_AGAIN;
		}
	}
	if (c->dirty != NEVER && cx->boot - c->dirty > SIGN_AFTER)
		TRY(sign(cx, c));
	TRY(fold(cx, c));
	tidy_spool(cx, c);
	return OK;
}

void
care_fall(struct cx *cx, struct care *c)
{
	if (db_shared(c->desk->db))
		recall_committed(cx, &c->desk->journal, c->desk->dir);
}

enum err
care_end(struct cx *cx, struct care *c)
{
	enum err e;

	TRY(sign(cx, c));
	TRY(lease_leave(cx, c->desk));
	e = desk_tidy(cx, c->desk, FOLD_EMPTY);
	return e == ERR_BUSY ? OK : e;
}
