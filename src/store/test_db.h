/* test_db: where a test keeps its database. Tests only. */
#ifndef STORE_TEST_DB_H
#define STORE_TEST_DB_H
#include "base/cx.h"

/* The address of a new, empty database on the PostgreSQL server that TOCSIN_PG names, dropped at the end of the turn; empty
 * when there is no such server: then tests keep theirs in an SQLite file. */
struct str test_db(struct cx *);
/* The same for a test of that server alone: without one it says that it skips, and skips. */
struct str test_db_server(struct cx *);
/* Statements given straight to the database at `place` (an address, or an SQLite file, made if it is not there), as whoever owns it
 * might; and what one gives, a line a row. */
void test_db_tell(struct cx *, struct str place, const char *sql);
struct str test_db_read(struct cx *, struct str place, const char *sql);
/* An empty database with the schema that a release had (test/released/). */
void test_db_released(struct cx *, struct str place, int version);
/* The rows of another database into the tables that this one has, without what that one says of its schema. */
void test_db_copy(struct cx *, struct str from, struct str to);
/* Cut every connection to that server. */
void test_db_cut(void);
#endif
