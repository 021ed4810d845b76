#include "store/db_engine.h"

#include "base/buf.h"
#include "base/code.h"
#include "store/db_schema.h"
#include <limits.h>
#include <poll.h>

static const struct db_engine *
engine_of(struct str place)
{
	return str_starts(place, S("postgresql://")) || str_starts(place, S("postgres://")) ? &db_pg : &db_sqlite;
}

enum err
db_create(struct cx *cx, struct str place)
{
	struct mark m = cx_mark(cx);
	struct db *db;
	enum err e = engine_of(place)->open(cx, place, true, true, &db);

	if (e == OK)
		e = db_schema_make(cx, db);
	cx_back(cx, m);
	return e;
}

void
db_unmake(struct cx *cx, struct str place)
{
	const struct db_engine *engine = engine_of(place);
	struct mark m = cx_mark(cx);
	char why[sizeof cx->why];
	struct db *db;

	memcpy(why, cx->why, sizeof why); /* what is undone has a better reason than what goes wrong here */
	if (engine->shared && engine->open(cx, place, true, false, &db) == OK && db_schema_unmake(cx, db) != OK)
		db_rollback(db);
	memcpy(cx->why, why, sizeof why);
	cx_back(cx, m);
}

enum err
db_open_writer(struct cx *cx, struct str place, struct db **out)
{
	TRY(engine_of(place)->open(cx, place, true, false, out));
	TRY(db_schema_move(cx, *out, INT_MAX));
	return (*out)->engine->settle(cx, *out);
}

enum err
db_open_reader(struct cx *cx, struct str place, struct db **out)
{
	enum { STEP_MS = 50, MOST_MS = 2000 };
	enum err e;

	TRY(engine_of(place)->open(cx, place, false, false, out));
	/* the writer may be just about to bring it up to date */
	for (int waited = 0; (e = db_schema_fits(cx, *out)) == ERR_BUSY && waited < MOST_MS; waited += STEP_MS)
		(void)poll(NULL, 0, STEP_MS);
	TRY(e);
	return (*out)->engine->settle(cx, *out);
}

bool db_shared(const struct db *db) { return db->engine->shared; }
enum err db_begin(struct cx *cx, struct db *db) { return db->engine->begin(cx, db); }
enum err db_commit(struct cx *cx, struct db *db) { return db->engine->commit(cx, db); }
void db_rollback(struct db *db) { db->engine->rollback(db); }
bool db_in_batch(struct db *db) { return db->engine->in_batch(db); }
enum err db_snapshot(struct cx *cx, struct db *db) { return db->engine->snapshot(cx, db); }
void db_snapshot_end(struct db *db) { db->engine->snapshot_end(db); }
enum err db_forget_views(struct cx *cx, struct db *db) { return db->engine->forget_views(cx, db); }
enum err db_dump_views(struct cx *cx, struct db *db, struct buf *out) { return db->engine->dump_views(cx, db, out); }
enum err db_tidy(struct cx *cx, struct db *db, bool whole) { return db->engine->tidy(cx, db, whole); }
enum err db_grown(struct cx *cx, struct db *db) { return db->engine->grown ? db->engine->grown(cx, db) : OK; }
int64_t db_log_size(struct db *db) { return db->engine->log_size(db); }
int64_t db_version(struct db *db) { return db->engine->version(db); }
int64_t db_rows_written(struct db *db) { return db->engine->rows_written(db); }
struct str db_caution(struct cx *cx, struct db *db) { return db->engine->caution(cx, db); }
enum err db_check(struct cx *cx, struct db *db) { return db->engine->check(cx, db); }

enum err
db_run(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n_in, struct db_rows *rows)
{
	return db->engine->run(cx, db, id, in, n_in, rows);
}

enum err
db_put(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n_in, ptrdiff_t n)
{
	if (db->engine->put)
		return db->engine->put(cx, db, id, in, n_in, n);
	for (ptrdiff_t i = 0; i < n; i++)
		TRY(db_run(cx, db, id, in + i * n_in, n_in, NULL));
	return OK;
}

void
db_dump_value(struct cx *cx, struct buf *out, const char *column, struct db_val v, bool bytes)
{
	buf_fmt(out, "|%s=", column);
	if (v.type == DB_INT_)
		buf_int(out, v.i);
	else
		buf_put(out, bytes ? hex_of(cx, v.s.p, v.s.n) : v.s);
}
