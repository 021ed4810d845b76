/* db_pg: what the parts of PostgreSQL's engine share: db_pg.c has the statements, db_pg_connect.c the way to a server and
 * what may be wrong with it, db_pg_rights.c who may do what there. Known to these alone. */
#ifndef STORE_DB_PG_H
#define STORE_DB_PG_H
#include "store/db_engine.h"

enum { PG_OLDEST = 150000 };
struct pg_conn; /* libpq's */

struct pg {
	struct db db;
	struct pg_conn *c;
	bool prepared[SQL_COUNT];
	int64_t written, asked;
	int patience; /* milliseconds for one statement; what changes the schema may take its time */
	when again;   /* boot time before which a lost connection is not made again */
};

static inline struct pg *pg_of(struct db *db) { return (struct pg *)(void *)db; }

/* Statements that give no rows, all or none of them done. */
MUST_CHECK enum err pg_exec(struct cx *, struct pg *, const char *sql);
MUST_CHECK enum err pg_number(struct cx *, struct db *, const char *sql, int64_t *out);
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
