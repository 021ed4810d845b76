/* db: the one seam to a database. SQLite and PostgreSQL stand behind it. Statements come from sql/ by
 * name only, through the functions that sqlgen makes; whoever calls those sees typed rows and never SQL.
 *
 * A handle belongs to one process. The writer is the registrar (or a verb that holds the directory's lock); everybody
 * else opens for reading. Every row read is copied into the turn's arena, so nothing stays open behind a caller's back. */
#ifndef STORE_DB_H
#define STORE_DB_H
#include "base/cx.h"
#include "base/err.h"
#include "core/id.h"
#include <string.h>

struct db;

struct db_val {
	enum { DB_NULL_, DB_INT_, DB_TEXT_, DB_BYTES_ } type;
	int64_t i;
	struct str s;
};
struct db_rows { struct db_val *v; ptrdiff_t n; };

#define DB_INT(x)   { DB_INT_, (x), { NULL, 0 } }
#define DB_BOOL(x)  { DB_INT_, (x) ? 1 : 0, { NULL, 0 } }
#define DB_WHEN(x)  { (x) == NEVER ? DB_NULL_ : DB_INT_, (x), { NULL, 0 } }
#define DB_TEXT(x)  { DB_TEXT_, 0, (x) }
#define DB_BYTES(x) { DB_BYTES_, 0, (x) }
#define DB_ID(x)    { DB_BYTES_, 0, { (const char *)(x).b, 16 } }

static inline int64_t db_int(struct db_val v) { return v.i; }
static inline bool db_bool(struct db_val v) { return v.i != 0; }
static inline when db_when(struct db_val v) { return v.type == DB_NULL_ ? NEVER : v.i; }
static inline struct str db_text(struct db_val v) { return v.s; }
static inline struct str db_bytes(struct db_val v) { return v.s; }
static inline struct id
db_id(struct db_val v)
{
	struct id i = { { 0 } };

	if (v.s.n == 16)
		memcpy(i.b, v.s.p, 16);
	return i;
}

#include "tool/sql_gen.h"

/* Where a database is: the path of SQLite's file, or an address of a PostgreSQL server. What is wrong with an address is said in one
 * line that never repeats a password. */

bool db_is_address(struct str place);
/* A place for one more body: in a new file (ERR_CONFLICT if there is one), or on a server beside those that are in that database
 * already. *body gets its number, from 1, which nobody else is given; NULL: whoever needs none. */
MUST_CHECK enum err db_create(struct cx *, struct str path, int64_t *body);
/* What will keep a reader from the database, asked once: ERR_BUSY may pass by itself. */
MUST_CHECK enum err db_foresee(struct cx *, struct str path, int64_t body);
/* `cx` is the process's own long-lived turn: the handle lives in its arena and is closed by its defers. The journal's
 * tables may only be added to through a handle; views and state may be changed. */
MUST_CHECK enum err db_open_writer(struct cx *, struct str path, struct db **out);
MUST_CHECK enum err db_open_reader(struct cx *, struct str path, struct db **out);
/* Either, for another body than the first. */
MUST_CHECK enum err db_open_body(struct cx *, struct str path, int64_t body, bool writer, struct db **out);
/* The body after that number that has a journal here, 0 if there is none; and make it the one that the handle serves. */
MUST_CHECK enum err db_body_after(struct cx *, struct db *, int64_t body, int64_t *out);
void db_serve(struct db *, int64_t body);
/* Until the end of the batch nobody else is here: whoever brings a body asks, before its rows count, whether it has come meanwhile. */
MUST_CHECK enum err db_bodies_lock(struct cx *, struct db *);
int64_t db_body(const struct db *);

/* May other nodes be on it? Then what is stored must be in it (vault.h). */
bool db_shared(const struct db *);

/* One transaction a batch. After an error in it the caller asks db_in_batch (a full disk rolls the whole batch back by
 * itself) and db_rows_written (what has changed rows can be undone with the whole batch only). ERR_SYNC, from anything that writes: the process must end. What it committed before is safe,
 * and the next writer to open the database makes sure of the rest. */
MUST_CHECK enum err db_begin(struct cx *, struct db *);
MUST_CHECK enum err db_commit(struct cx *, struct db *);
void db_rollback(struct db *);
bool db_in_batch(struct db *);
/* A reader's snapshot: until its end everything that is read is of one moment. */
MUST_CHECK enum err db_snapshot(struct cx *, struct db *);
void db_snapshot_end(struct db *);

/* Forget every row of one view; for rebuild only. The names come from the schema, never from outside. */
MUST_CHECK enum err db_forget_views(struct cx *, struct db *);
/* A line a row of every view, in order, for comparing two rebuilds. */
struct buf;
MUST_CHECK enum err db_dump_views(struct cx *, struct db *, struct buf *out);
/* Fold the write-ahead log back into the database (the writer only, outside a batch): as much as readers allow; all of it, so that
 * the log is written from its start again; or all, and its file is emptied: nothing stands in it any more, but the next to write
 * must ask for its room again. ERR_BUSY from the last two: somebody reads. */
enum db_fold { FOLD_SOME, FOLD_ALL, FOLD_EMPTY };
MUST_CHECK enum err db_tidy(struct cx *, struct db *, enum db_fold);
/* Tables have grown a lot within one batch: plans that were made when they were small are made anew. */
MUST_CHECK enum err db_grown(struct cx *, struct db *);
/* What a rebuild asks for takes longer than anybody is waited for otherwise: meanwhile a statement has hours. */
void db_slow(struct db *, bool);
/* The size of the log's file in bytes, and how far the log reached in it when this writer last folded it back. */
int64_t db_log_size(struct db *);
int64_t db_log_used(struct db *);
/* Another number after any other handle has committed. */
int64_t db_version(struct db *);
/* Rows written through this handle since it was opened; a statement that is still on its way counts as one row. */
int64_t db_rows_written(struct db *);
/* What whoever keeps the service should change about the way to the database; empty: nothing. */
struct str db_caution(struct cx *, struct db *);
/* Does the index of words give what stands at the newest place first by itself? */
bool db_words_in_order(struct db *);
/* Prepare every statement; the detail names the first that fails. For tests and doctor. */
MUST_CHECK enum err db_check(struct cx *, struct db *);

/* What the generated functions call. rows may be NULL for statements that change: such a one may still be on its way to a server
 * when this returns, and what becomes of it is then said by one of the next calls, db_commit at the latest. */
MUST_CHECK enum err db_run(struct cx *, struct db *, enum sql, const struct db_val *in, int n_in, struct db_rows *rows);
#endif
