/* db_pg: what the parts of PostgreSQL's engine share: db_pg.c has the engine, db_pg_send.c a statement's way to the server and back,
 * db_pg_connect.c the connection and what may be wrong with it, db_pg_rights.c who may do what there. Known to these alone.
 *
 * Within a batch a statement that changes is sent and not waited for, so that a batch does not cost the way to the server and back
 * for each row. What became of it is asked with the next statement that gives rows, and before a commit at the latest: whatever
 * failed meanwhile takes the batch with it, as it would have done at once. */
#ifndef STORE_DB_PG_H
#define STORE_DB_PG_H
#include "store/db_engine.h"

enum { PG_OLDEST = 150000, PG_ON_THE_WAY = 128 };
struct pg_conn; /* libpq's */
struct pg_result;

/* What every session is told once it is there. Every statement finds its rows by a key; a plan that was made while a table was
 * empty must not go through all of it when it has grown, within the same transaction too, where nothing counts the rows. A plan is
 * made of the text alone: of the values too, (state = 'closed') = false would become a condition that no index knows, and a
 * page of a list would cost a million rows. Nothing here is worth compiling, or a second process. */
#define PG_PLANS "SET client_encoding = 'UTF8'; SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off; " \
	"SET max_parallel_workers_per_gather = 0; "

struct pg {
	struct db db;
	struct pg_conn *c;
	bool prepared[SQL_COUNT];
	enum sql sent[PG_ON_THE_WAY]; /* and not waited for yet */
	int n_sent;
	int64_t written, asked;
	bool slow;    /* a statement may take its time: until the handle is settled, and whatever db.h says of db_slow */
	int patience; /* milliseconds for one, otherwise */
	when again;   /* boot time before which a lost connection is not made again */
};

static inline struct pg *pg_of(struct db *db) { return (struct pg *)(void *)db; }

/* A result lies outside the arena: whoever holds one is found by the turn's end. */
struct pg_held { struct pg_result *r; };
struct pg_held *pg_hold(struct cx *);
void pg_let_go(void *held);

/* Until here whatever was sent before has been done, or fails. */
MUST_CHECK enum err pg_arrived(struct cx *, struct pg *);
/* Words of SQL, after all that was sent before; then the same without any rows, and for one number. */
MUST_CHECK enum err pg_tell(struct cx *, struct pg *, const char *sql, struct pg_held *);
MUST_CHECK enum err pg_exec(struct cx *, struct pg *, const char *sql);
MUST_CHECK enum err pg_number(struct cx *, struct db *, const char *sql, int64_t *out);
/* One statement about a view, for the body that is served; and a row of what it gave, as dump_views writes it. */
MUST_CHECK enum err pg_view(struct cx *, struct db *, const char *sql, struct pg_held *);
void pg_dump_row(struct cx *, struct buf *out, const struct pg_held *, int row);
/* Prepared, and each column of the kind that the statement declares. */
MUST_CHECK enum err pg_check_one(struct cx *, struct pg *, enum sql);
/* A reader's connection is gone: it may be made again, for a writer must end. */
bool pg_lost(const struct pg *);
/* What db_engine.h says. */
MUST_CHECK enum err pg_run(struct cx *, struct db *, enum sql, const struct db_val *in, int n_in, struct db_rows *rows);
bool pg_in_batch(struct db *);
void pg_rollback(struct db *);
/* The first line of what the server said, which is all that a log line has room for. */
struct str pg_said(const char *text);

/* A session with the rights of whoever the address names. */
MUST_CHECK enum err pg_connect(struct cx *, struct str url, bool writer, struct pg **out);
/* A connection that was lost is made again, with the rights that it had. ERR_BUSY: it cannot be, which for the next second is said
 * at once. */
MUST_CHECK enum err pg_connect_again(struct cx *, struct pg *);
struct str pg_connect_caution(struct cx *, struct db *);
/* A number as PQserverVersion gives it: ERR_VERSION if it is older than `oldest`. */
MUST_CHECK enum err pg_connect_version(struct cx *, int version, int oldest);

/* May whoever the address names make tables here, and would they be the only ones of their names? */
MUST_CHECK enum err pg_rights_to_make(struct cx *, struct pg *);
/* The two roles and what they may do; after the schema has changed. */
MUST_CHECK enum err pg_rights_give(struct cx *, struct pg *);
/* From now on with the rights of a writer or a reader alone. */
MUST_CHECK enum err pg_rights_take_off(struct cx *, struct pg *);
#endif
