#include "store/db_pg.h"

#include "base/buf.h"
#include "base/code.h"
#include <libpq-fe.h>
#include <stdlib.h>

static const char is_ours[] = "SELECT (count(*) = 3)::int FROM pg_class WHERE oid IN "
	"(to_regclass('entry'), to_regclass('head'), to_regclass('meta'))";

static enum err pg_exec_any(struct cx *cx, struct db *db, const char *sql) { return pg_exec(cx, pg_of(db), sql); }

enum err
pg_number(struct cx *cx, struct db *db, const char *sql, int64_t *out)
{
	struct pg_held *h = pg_hold(cx);
	enum err e = pg_tell(cx, pg_of(db), sql, h);

	*out = e == OK && PQntuples(h->r) ? strtoll(PQgetvalue(h->r, 0, 0), NULL, 10) : -1;
	pg_let_go(h);
	return e;
}

static enum err
pg_open(struct cx *cx, struct str url, bool writer, bool fresh, struct db **out)
{
	struct pg *pg;
	int64_t ours;

	TRY(pg_connect(cx, url, writer, &pg));
	*out = &pg->db;
	if (!fresh)
		return OK;
	TRY(pg_number(cx, *out, is_ours, &ours));
	return ours == 1 ? OK : pg_rights_to_make(cx, pg);
}

static enum err
pg_settle(struct cx *cx, struct db *db)
{
	pg_of(db)->slow = false;
	return pg_rights_take_off(cx, pg_of(db));
}

static enum err pg_finish(struct cx *cx, struct db *db) { return pg_rights_give(cx, pg_of(db)); }

static enum err pg_begin(struct cx *cx, struct db *db) { return pg_exec(cx, pg_of(db), "BEGIN"); }

/* The server calls it well done, too, when it rolls a transaction back that had failed before. */
static enum err
pg_commit(struct cx *cx, struct db *db)
{
	struct pg_held *h = pg_hold(cx);
	enum err e = pg_tell(cx, pg_of(db), "COMMIT", h);

	if (e == OK && strcmp(PQcmdStatus(h->r), "COMMIT") != 0)
		e = fail(cx, ERR_BROKEN, "COMMIT: a statement had failed before");
	pg_let_go(h);
	return e;
}

static enum err
pg_snapshot(struct cx *cx, struct db *db)
{
	static const char begin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	enum err e = pg_exec(cx, pg_of(db), begin);

	if (e == OK || !pg_lost(pg_of(db)))
		return e;
	TRY(pg_connect_again(cx, pg_of(db)));
	return pg_exec(cx, pg_of(db), begin);
}

static enum err
pg_check(struct cx *cx, struct db *db)
{
	for (int i = 0; i < SQL_COUNT; i++)
		TRY(pg_check_one(cx, pg_of(db), (enum sql)i));
	return OK;
}

static void pg_slow(struct db *db, bool slow) { pg_of(db)->slow = slow; }

static enum err
pg_forget_views(struct cx *cx, struct db *db)
{
	for (int i = 0; i < sql_views_count; i++) {
		struct pg_held *h = pg_hold(cx);

		TRY(pg_view(cx, db, sql_views[i].forget, h));
		pg_let_go(h);
	}
	return OK;
}

static enum err
pg_dump_views(struct cx *cx, struct db *db, struct buf *out)
{
	for (int i = 0; i < sql_views_count; i++) {
		struct pg_held *h = pg_hold(cx);

		TRY(pg_view(cx, db, sql_views[i].read, h));
		for (int row = 0; row < PQntuples(h->r); row++) {
			buf_put(out, str_of(sql_views[i].name));
			pg_dump_row(cx, out, h, row);
		}
		pg_let_go(h);
	}
	return OK;
}

/* The server folds its log by itself. */
static enum err pg_tidy(struct cx *cx, struct db *db, enum db_fold how) { (void)cx, (void)db, (void)how; return OK; }
static enum err pg_grown(struct cx *cx, struct db *db) { return pg_exec(cx, pg_of(db), "DISCARD PLANS"); }
static int64_t pg_log_size(struct db *db) { (void)db; return 0; }
/* The server does not say who else has committed: whoever asks must look. */
static int64_t pg_version(struct db *db) { (void)db; return -1; }
static int64_t pg_rows_written(struct db *db) { return pg_of(db)->written; }

const struct db_engine db_pg = {
	.shared = true,
	.open = pg_open, .settle = pg_settle, .exec = pg_exec_any, .number = pg_number,
	.lock = "BEGIN; LOCK TABLE meta IN EXCLUSIVE MODE", .is_ours = is_ours, .finish = pg_finish, .begin = pg_begin, .commit = pg_commit, .rollback = pg_rollback, 
	.in_batch = pg_in_batch, .snapshot = pg_snapshot,
	.snapshot_end = pg_rollback, .forget_views = pg_forget_views, .dump_views = pg_dump_views, .tidy = pg_tidy,
	.log_size = pg_log_size, .log_used = pg_log_size, .version = pg_version, .rows_written = pg_rows_written, .caution = pg_connect_caution, .check = pg_check, .run = pg_run,
	.grown = pg_grown, .slow = pg_slow,
};
