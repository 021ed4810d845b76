#include "store/db_engine.h"

#include "base/buf.h"
#include "base/code.h"
#include "store/db_memory.h"
#include "sys/files.h"
#include <sqlite3.h>
#include <stdio.h>

enum { MOST_PARAMETERS = 40, BUSY_MS = 2000, WHOLE_MS = 300, PAGE = 4096 };

/* What begins and ends is prepared once, when the handle is opened: undoing must not need memory. */
enum step { BEGIN_READ, BEGIN, COMMIT, ROLLBACK, STEPS };
static const char *const steps[STEPS] = { "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK" };

struct lite {
	struct db db;
	sqlite3 *s;
	sqlite3_stmt *stmt[SQL_COUNT], *step[STEPS], *version;
	short in[SQL_COUNT][MOST_PARAMETERS]; /* where $1, $2 … stand: SQLite takes them for names */
	int64_t log_used;
};

static struct lite *lite_of(struct db *db) { return (struct lite *)(void *)db; }

static enum err
lite_error(struct cx *cx, struct lite *db, const char *doing)
{
	switch (sqlite3_extended_errcode(db->s)) {
	case SQLITE_IOERR_FSYNC: case SQLITE_IOERR_DIR_FSYNC:
		return fail(cx, ERR_SYNC, "%s: what was written may not have reached the disk", doing);
	}
	switch (sqlite3_errcode(db->s)) {
	case SQLITE_FULL:
		return fail(cx, ERR_NO_ROOM, "the service has no room left on its disk and could not keep this (%s)", doing);
	case SQLITE_BUSY: case SQLITE_LOCKED: case SQLITE_PROTOCOL:
		return fail(cx, ERR_BUSY, "the service is busy and could not do this just now (%s)", doing);
	case SQLITE_READONLY: case SQLITE_CANTOPEN: case SQLITE_IOERR: case SQLITE_NOMEM:
		return fail(cx, ERR_BUSY, "the service cannot reach what it keeps just now (%s: %s)", doing, sqlite3_errmsg(db->s));
	case SQLITE_CONSTRAINT:
		return fail(cx, ERR_CONFLICT, "%s: %s", doing, sqlite3_errmsg(db->s));
	default:
		return fail(cx, ERR_BROKEN, "%s: %s", doing, sqlite3_errmsg(db->s));
	}
}

static struct db_val lite_column(struct cx *, sqlite3_stmt *, int at);
static void finalize(void *st) { sqlite3_finalize(st); }

static void
lite_close(void *p)
{
	struct lite *db = p;

	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(db->stmt[i]);
	for (int i = 0; i < STEPS; i++)
		sqlite3_finalize(db->step[i]);
	sqlite3_finalize(db->version);
	sqlite3_close_v2(db->s); /* a statement that a turn still holds closes it in the end */
}

int
db_sqlite_guard(void *arg, int act, const char *what, const char *column, const char *schema, const char *trigger)
{
	static const char *const kept[] = { "entry", "payload", "checkpoint" };

	(void)arg, (void)column, (void)schema, (void)trigger;
	switch (act) {
	case SQLITE_UPDATE: case SQLITE_DELETE: case SQLITE_DROP_TABLE:
		for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
			if (what && !strcmp(what, kept[i]))
				return SQLITE_DENY;
		return SQLITE_OK;
	case SQLITE_PRAGMA:
		return what && !strcmp(what, "data_version") ? SQLITE_OK : SQLITE_DENY; /* the index of words asks it */
	case SQLITE_DROP_TRIGGER: case SQLITE_DROP_INDEX: case SQLITE_ATTACH: case SQLITE_DETACH: case SQLITE_ALTER_TABLE:
		return SQLITE_DENY;
	default:
		return SQLITE_OK;
	}
}

static enum err
lite_exec(struct cx *cx, struct lite *db, const char *sql)
{
	return sqlite3_exec(db->s, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : lite_error(cx, db, sql);
}

static enum err
lite_step(struct cx *cx, struct lite *db, enum step step)
{
	int r = sqlite3_step(db->step[step]);
	enum err e = r == SQLITE_DONE ? OK : lite_error(cx, db, steps[step]);

	sqlite3_reset(db->step[step]);
	return e;
}

static enum err
lite_open(struct cx *cx, struct str path, bool writer, int more, struct lite **out)
{
	struct lite *db = NEW(cx, struct lite, 1);
	int flags = (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | more, on = 1;

	db->db = (struct db){ &db_sqlite, 1, writer };
	db_memory_begin();
	if (sqlite3_open_v2(str_z(cx, path), &db->s, flags, NULL) != SQLITE_OK) {
		enum err e = fail(cx, ERR_NOT_FOUND, "%.*s: %s", F(path), sqlite3_errmsg(db->s));

		sqlite3_close_v2(db->s); /* a statement that a turn still holds closes it in the end */
		return e;
	}
	cx_defer(cx, lite_close, db);
	sqlite3_extended_result_codes(db->s, 0);
	sqlite3_busy_timeout(db->s, BUSY_MS);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (writer) {
		TRY(lite_exec(cx, db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
		    "PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY"));
		sqlite3_file_control(db->s, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	} else {
		TRY(lite_exec(cx, db, "PRAGMA query_only=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"));
	}
	for (int i = 0; i < STEPS; i++)
		if (sqlite3_prepare_v3(db->s, steps[i], -1, SQLITE_PREPARE_PERSISTENT, &db->step[i], NULL) != SQLITE_OK)
			return lite_error(cx, db, steps[i]);
	*out = db;
	return OK;
}

/* Every key begins with the body, of which there is one. SQLite, left to guess, takes the first column of any index for a choosy
 * one and prefers a scan of the whole table by its primary key to an index that fits; measured: 7 ms instead of 0.03 ms a
 * command at 90,000 duties. So it is told once what the columns are like; the figures are orders of magnitude. */
static const char likeness[] =
	"ANALYZE sqlite_schema;"
	"DELETE FROM sqlite_stat1;"
	"INSERT INTO sqlite_stat1 (tbl, idx, stat)"
	" SELECT t.name, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END, '1000000' ||"
	"  (SELECT group_concat(CASE WHEN c.seqno = 0 THEN ' 1000000'"
	"    WHEN i.\"unique\" AND c.seqno + 1 = (SELECT count(*) FROM pragma_index_info(i.name)) THEN ' 1'"
	"    WHEN c.seqno = 1 THEN ' 100' ELSE ' 10' END, '') FROM pragma_index_info(i.name) AS c)"
	" FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS i"
	" WHERE t.type = 'table' AND t.sql LIKE 'CREATE TABLE % (body INTEGER %';"
	"ANALYZE sqlite_schema";

static enum err lite_finish(struct cx *cx, struct db *db) { return lite_exec(cx, lite_of(db), likeness); }

/* A writer that ended because of a sync that failed has left in the log what the system holds and the disk perhaps does
 * not; no later sync would say so, and what is committed behind it would be lost with it. */
static enum err
lite_open_either(struct cx *cx, struct str path, bool writer, bool fresh, struct db **out)
{
	struct lite *db = NULL;
	FILE *there = fresh ? fopen(str_z(cx, path), "rb") : NULL;

	if (there) {
		fclose(there);
		return fail(cx, ERR_CONFLICT, "%.*s is there already", F(path));
	}
	if (writer && !fresh)
		TRY(files_renew(cx, FILES_HERE, str_fmt(cx, "%.*s-wal", F(path))));
	TRY(lite_open(cx, path, writer, fresh ? SQLITE_OPEN_CREATE : 0, &db));
	assert(db);
	*out = &db->db;
	return OK;
}

static enum err
lite_settle(struct cx *cx, struct db *h)
{
	(void)cx;
	if (h->writer)
		sqlite3_set_authorizer(lite_of(h)->s, db_sqlite_guard, NULL);
	return OK;
}

static enum err lite_exec_any(struct cx *cx, struct db *h, const char *sql) { return lite_exec(cx, lite_of(h), sql); }
static enum err lite_begin(struct cx *cx, struct db *h) { return lite_step(cx, lite_of(h), BEGIN); }
static enum err lite_commit(struct cx *cx, struct db *h) { return lite_step(cx, lite_of(h), COMMIT); }
static enum err lite_snapshot(struct cx *cx, struct db *h) { return lite_step(cx, lite_of(h), BEGIN_READ); }

/* It cannot fail: what was read is thrown away, and what was written was never committed. */
static void
lite_rollback(struct db *h)
{
	struct lite *db = lite_of(h);
	if (sqlite3_get_autocommit(db->s))
		return;
	sqlite3_step(db->step[ROLLBACK]);
	sqlite3_reset(db->step[ROLLBACK]);
}

static bool
lite_in_batch(struct db *h)
{
	struct lite *db = lite_of(h);
	return !sqlite3_get_autocommit(db->s);
}

static void
dump_row(struct cx *cx, struct buf *out, const char *view, sqlite3_stmt *st)
{
	buf_put(out, str_of(view));
	for (int c = 0; c < sqlite3_column_count(st); c++) {
		struct db_val v = lite_column(cx, st, c);

		db_dump_value(cx, out, sqlite3_column_name(st, c), v, sqlite3_column_type(st, c) == SQLITE_BLOB);
	}
	buf_char(out, '\n');
}

/* One statement about a view, for the body that is served; its rows go to `out`. */
static enum err
view(struct cx *cx, struct db *h, const char *name, const char *sql, struct buf *out)
{
	struct lite *db = lite_of(h);
	sqlite3_stmt *st;
	int r;

	if (sqlite3_prepare_v2(db->s, sql, -1, &st, NULL) != SQLITE_OK)
		return lite_error(cx, db, name);
	cx_defer(cx, finalize, st);
	sqlite3_bind_int64(st, 1, h->body);
	while ((r = sqlite3_step(st)) == SQLITE_ROW)
		dump_row(cx, out, name, st);
	return r == SQLITE_DONE ? OK : lite_error(cx, db, name);
}

/* What is of one body alone, as files are, goes as a whole: row by row, a table that is many times the cache was not forgotten within
 * ten minutes. */
static enum err
lite_forget_views(struct cx *cx, struct db *h)
{
	for (int i = 0; i < sql_views_count; i++) {
		const char *name = sql_views[i].name;
		int64_t others;

		TRY(h->engine->number(cx, h, str_fmt(cx, "SELECT coalesce((SELECT min(body) FROM %s) < %lld OR (SELECT max(body) FROM %s) > %lld, 0)",
		    name, (long long)h->body, name, (long long)h->body).p, &others));
		TRY(view(cx, h, name, others ? sql_views[i].forget : str_fmt(cx, "DELETE FROM %s", name).p, NULL));
	}
	return OK;
}

static enum err
lite_dump_views(struct cx *cx, struct db *h, struct buf *out)
{
	for (int i = 0; i < sql_views_count; i++)
		TRY(view(cx, h, sql_views[i].name, sql_views[i].read, out));
	return OK;
}

static int64_t
lite_log_size(struct db *h)
{
	struct lite *db = lite_of(h);
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;

	if (sqlite3_file_control(db->s, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f) == SQLITE_OK && f && f->pMethods)
		f->pMethods->xFileSize(f, &size);
	return size;
}

static int64_t lite_log_used(struct db *h) { return lite_of(h)->log_used; }

static enum err
lite_tidy(struct cx *cx, struct db *h, enum db_fold how)
{
	static const int modes[] = { [FOLD_SOME] = SQLITE_CHECKPOINT_PASSIVE, [FOLD_ALL] = SQLITE_CHECKPOINT_RESTART,
		[FOLD_EMPTY] = SQLITE_CHECKPOINT_TRUNCATE };
	struct lite *db = lite_of(h);
	int r, pages = 0;

	if (how != FOLD_SOME)
		sqlite3_busy_timeout(db->s, WHOLE_MS);
	r = sqlite3_wal_checkpoint_v2(db->s, NULL, modes[how], &pages, NULL);
	if (how != FOLD_SOME)
		sqlite3_busy_timeout(db->s, BUSY_MS);
	if (r == SQLITE_OK)
		db->log_used = (int64_t)pages * PAGE;
	return r == SQLITE_OK || (how == FOLD_SOME && r == SQLITE_BUSY) ? OK : lite_error(cx, db, "fold the log back");
}

static int64_t
lite_version(struct db *h)
{
	struct lite *db = lite_of(h);
	int64_t v = -1;

	if (!db->version && sqlite3_prepare_v3(db->s, "PRAGMA data_version", -1, SQLITE_PREPARE_PERSISTENT, &db->version, NULL))
		return -1;
	if (sqlite3_step(db->version) == SQLITE_ROW)
		v = sqlite3_column_int64(db->version, 0);
	sqlite3_reset(db->version);
	return v;
}

static int64_t
lite_rows_written(struct db *h)
{
	struct lite *db = lite_of(h);
	return sqlite3_total_changes64(db->s);
}

/* A reader finds the log's index in nobody's care while the writer is being started again: it waits for it, two seconds at
 * the most, and what it reads then is all that was committed. */
static bool
lite_waits_for_writer(struct lite *db, sqlite3_stmt *st, int r, int *waited)
{
	enum { STEP_MS = 10, MOST_MS = 2000 };

	if (db->db.writer || (r & 0xff) != SQLITE_READONLY || *waited >= MOST_MS)
		return false;
	sqlite3_reset(st);
	*waited += STEP_MS;
	sqlite3_sleep(STEP_MS);
	return true;
}

static enum err
lite_number(struct cx *cx, struct db *h, const char *sql, int64_t *out)
{
	struct lite *db = lite_of(h);
	sqlite3_stmt *st = NULL;
	int r, waited = 0;
	enum err e;

	do {
		sqlite3_finalize(st);
		st = NULL;
		r = sqlite3_prepare_v2(db->s, sql, -1, &st, NULL);
		r = r == SQLITE_OK ? sqlite3_step(st) : r;
	} while (lite_waits_for_writer(db, NULL, r, &waited));
	*out = r == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
	e = r == SQLITE_ROW || r == SQLITE_DONE ? OK : lite_error(cx, db, sql);
	sqlite3_finalize(st);
	return e;
}

static enum err
lite_prepare(struct cx *cx, struct lite *db, enum sql id)
{
	const struct sql_text *t = &sql_texts[id];
	int r, waited = 0;
	char name[8];

	if (db->stmt[id])
		return OK;
	do
		r = sqlite3_prepare_v3(db->s, t->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &db->stmt[id], NULL);
	while (lite_waits_for_writer(db, NULL, r, &waited));
	if (r != SQLITE_OK)
		return lite_error(cx, db, t->name);
	if (sqlite3_column_count(db->stmt[id]) != t->n_out)
		return fail(cx, ERR_BROKEN, "%s gives %d columns, not the %d it declares", t->name,
		    sqlite3_column_count(db->stmt[id]), t->n_out);
	for (int i = 0; i < t->n_in; i++) {
		snprintf(name, sizeof name, "$%d", i + 1);
		db->in[id][i] = (short)sqlite3_bind_parameter_index(db->stmt[id], name);
		if (!db->in[id][i])
			return fail(cx, ERR_BROKEN, "%s does not use $%d, which it declares", t->name, i + 1);
	}
	if (sqlite3_bind_parameter_count(db->stmt[id]) != t->n_in)
		return fail(cx, ERR_BROKEN, "%s uses more than the %d parameters it declares", t->name, t->n_in);
	return OK;
}

static enum err
lite_check(struct cx *cx, struct db *h)
{
	struct lite *db = lite_of(h);
	for (int i = 0; i < SQL_COUNT; i++)
		TRY(lite_prepare(cx, db, (enum sql)i));
	return OK;
}

static void
lite_bind(sqlite3_stmt *st, int at, const struct db_val *v)
{
	switch (v->type) {
	case DB_NULL_:  sqlite3_bind_null(st, at); break;
	case DB_INT_:   sqlite3_bind_int64(st, at, v->i); break;
	case DB_TEXT_:  sqlite3_bind_text64(st, at, v->s.p ? v->s.p : "", (sqlite3_uint64)v->s.n, SQLITE_STATIC, SQLITE_UTF8); break;
	case DB_BYTES_: sqlite3_bind_blob64(st, at, v->s.p ? v->s.p : "", (sqlite3_uint64)v->s.n, SQLITE_STATIC); break;
	}
}

static struct db_val
lite_column(struct cx *cx, sqlite3_stmt *st, int at)
{
	struct str s;

	if (sqlite3_column_type(st, at) == SQLITE_NULL)
		return (struct db_val){ DB_NULL_, 0, { NULL, 0 } };
	if (sqlite3_column_type(st, at) == SQLITE_INTEGER)
		return (struct db_val){ DB_INT_, sqlite3_column_int64(st, at), { NULL, 0 } };
	s.p = sqlite3_column_blob(st, at); /* for text too: asked for as text it wants memory for a NUL */
	s.n = sqlite3_column_bytes(st, at);
	return (struct db_val){ DB_BYTES_, 0, str_copy(cx, s) };
}

static void lite_reset(void *st) { sqlite3_reset(st), sqlite3_clear_bindings(st); }

/* Room for one more row behind the others, doubling. */
static struct db_val *
lite_row(struct cx *cx, struct db_rows *rows, ptrdiff_t *cap, int width)
{
	assert(rows); /* whoever asks for rows has room for them */
	if (rows->n == *cap) {
		struct db_val *v = NEW(cx, struct db_val, (*cap ? *cap * 2 : 1) * width);

		if (rows->n)
			memcpy(v, rows->v, (size_t)(rows->n * width) * sizeof *v);
		rows->v = v;
		*cap = *cap ? *cap * 2 : 1;
	}
	return rows->v + rows->n++ * width;
}

static enum err
lite_run(struct cx *cx, struct db *h, enum sql id, const struct db_val *in, int n_in, struct db_rows *rows)
{
	struct lite *db = lite_of(h);
	ptrdiff_t cap = 0;
	int waited = 0;
	sqlite3_stmt *st;
	int r, width = sql_texts[id].n_out;

	TRY(lite_prepare(cx, db, id));
	st = db->stmt[id];
	/* a full arena jumps out of here: the statement must be reset even then */
	struct defer reset = { lite_reset, st, cx->defers };
	cx->defers = &reset;
	sqlite3_bind_int64(st, db->in[id][0], db->db.body);
	for (int i = 0; i < n_in; i++)
		lite_bind(st, db->in[id][i + 1], &in[i]);
	do {
		if (rows)
			*rows = (struct db_rows){ NULL, 0 };
		cap = 0;
		while ((r = sqlite3_step(st)) == SQLITE_ROW) {
			struct db_val *v = lite_row(cx, rows, &cap, width);

			for (int i = 0; i < width; i++)
				v[i] = lite_column(cx, st, i);
		}
	} while (lite_waits_for_writer(db, st, r, &waited));
	enum err e = r == SQLITE_DONE ? OK : lite_error(cx, db, sql_texts[id].name);
	cx->defers = reset.below;
	lite_reset(st);
	return e;
}

static struct str lite_caution(struct cx *cx, struct db *db) { (void)cx, (void)db; return S(""); }

const struct db_engine db_sqlite = {
	.words_in_order = true,
	.open = lite_open_either, .settle = lite_settle, .exec = lite_exec_any, .number = lite_number, .lock = "BEGIN IMMEDIATE",
	.is_ours = "SELECT count(*) = 3 FROM sqlite_schema WHERE type = 'table' AND name IN ('entry', 'head', 'meta')",
	.finish = lite_finish, .begin = lite_begin, .commit = lite_commit, .rollback = lite_rollback,
	.in_batch = lite_in_batch,
	.snapshot = lite_snapshot, .snapshot_end = lite_rollback, .forget_views = lite_forget_views,
	.dump_views = lite_dump_views, .tidy = lite_tidy, .log_size = lite_log_size, .log_used = lite_log_used, .version = lite_version, .rows_written = lite_rows_written, .caution = lite_caution,
	.check = lite_check, .run = lite_run,
};
