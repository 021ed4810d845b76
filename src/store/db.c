#include "store/db_engine.h"

#include "base/buf.h"
#include "base/code.h"
#include "store/db_schema.h"
#include <limits.h>
#include <poll.h>

bool
db_is_address(struct str place)
{
	return str_starts(place, S("postgresql://")) || str_starts(place, S("postgres://"));
}

static const struct db_engine *engine_of(struct str place) { return db_is_address(place) ? &db_pg : &db_sqlite; }

static enum err
is_ours(struct cx *cx, struct db *db, bool *out)
{
	int64_t n;

	TRY(db->engine->number(cx, db, db->engine->is_ours, &n));
	*out = n == 1;
	return OK;
}

static enum err
make(struct cx *cx, struct str place, int64_t *body)
{
	struct db *db;
	bool ours;

	TRY(engine_of(place)->open(cx, place, true, true, &db));
	TRY(is_ours(cx, db, &ours));
	TRY(ours ? db_schema_move(cx, db, INT_MAX) : db_schema_make(cx, db));
	return db_schema_body(cx, db, body);
}

enum err
db_create(struct cx *cx, struct str place, int64_t *body)
{
	struct mark m = cx_mark(cx);
	int64_t number;
	enum err e = make(cx, place, body ? body : &number);

	cx_back(cx, m);
	return e;
}

enum err
db_foresee(struct cx *cx, struct str place, int64_t body)
{
	struct db *db;

	TRY(engine_of(place)->open(cx, place, false, false, &db));
	db_serve(db, body);
	TRY(db_schema_fits(cx, db));
	return db->engine->settle(cx, db);
}

enum err
db_open_body(struct cx *cx, struct str place, int64_t body, bool writer, struct db **out)
{
	enum { STEP_MS = 50, MOST_MS = 2000 };
	enum err e;

	TRY(engine_of(place)->open(cx, place, writer, false, out));
	db_serve(*out, body);
	if (writer)
		TRY(db_schema_move(cx, *out, INT_MAX));
	/* to a reader: the writer may be just about to bring it up to date */
	for (int waited = 0; !writer && (e = db_schema_fits(cx, *out)) != OK; waited += STEP_MS) {
		if (e != ERR_BUSY || waited >= MOST_MS)
			return e;
		(void)poll(NULL, 0, STEP_MS);
	}
	return (*out)->engine->settle(cx, *out);
}

enum err db_open_writer(struct cx *cx, struct str place, struct db **out) { return db_open_body(cx, place, 1, true, out); }
enum err db_open_reader(struct cx *cx, struct str place, struct db **out) { return db_open_body(cx, place, 1, false, out); }
void db_serve(struct db *db, int64_t body) { db->body = body; }
int64_t db_body(const struct db *db) { return db->body; }
bool db_shared(const struct db *db) { return db->engine->shared; }

enum err
db_body_after(struct cx *cx, struct db *db, int64_t body, int64_t *out)
{
	return db->engine->number(cx, db, str_fmt(cx, "SELECT coalesce(min(body), 0) FROM head WHERE body > %lld", (long long)body).p,
	    out);
}

/* The note of the schema is of no body, and nobody writes it but who changes the schema. */
enum err
db_bodies_lock(struct cx *cx, struct db *db)
{
	int64_t version;

	return !db_shared(db) ? OK : db->engine->number(cx, db, "SELECT CAST(value AS bigint) FROM meta WHERE body = 0 AND "
	    "name = 'schema' FOR UPDATE", &version);
}

enum err db_begin(struct cx *cx, struct db *db) { return db->engine->begin(cx, db); }
enum err db_commit(struct cx *cx, struct db *db) { return db->engine->commit(cx, db); }
void db_rollback(struct db *db) { db->engine->rollback(db); }
bool db_in_batch(struct db *db) { return db->engine->in_batch(db); }
enum err db_snapshot(struct cx *cx, struct db *db) { return db->engine->snapshot(cx, db); }
void db_snapshot_end(struct db *db) { db->engine->snapshot_end(db); }
enum err db_forget_views(struct cx *cx, struct db *db) { return db->engine->forget_views(cx, db); }
enum err db_dump_views(struct cx *cx, struct db *db, struct buf *out) { return db->engine->dump_views(cx, db, out); }
enum err db_tidy(struct cx *cx, struct db *db, enum db_fold how) { return db->engine->tidy(cx, db, how); }
enum err db_grown(struct cx *cx, struct db *db) { return db->engine->grown ? db->engine->grown(cx, db) : OK; }
void db_slow(struct db *db, bool slow) { if (db->engine->slow) db->engine->slow(db, slow); }
int64_t db_log_size(struct db *db) { return db->engine->log_size(db); }
int64_t db_log_used(struct db *db) { return db->engine->log_used(db); }
int64_t db_version(struct db *db) { return db->engine->version(db); }
int64_t db_rows_written(struct db *db) { return db->engine->rows_written(db); }
struct str db_caution(struct cx *cx, struct db *db) { return db->engine->caution(cx, db); }
bool db_words_in_order(struct db *db) { return db->engine->words_in_order; }
enum err db_check(struct cx *cx, struct db *db) { return db->engine->check(cx, db); }

enum err
db_run(struct cx *cx, struct db *db, enum sql id, const struct db_val *in, int n_in, struct db_rows *rows)
{
	return db->engine->run(cx, db, id, in, n_in, rows);
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
