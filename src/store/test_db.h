/* test_db: where a test keeps its database. Tests only. */
#ifndef STORE_TEST_DB_H
#define STORE_TEST_DB_H
#include "base/cx.h"

/* The address of a new, empty database on the PostgreSQL server that TOCSIN_PG names, dropped at the end of the turn; empty
 * when there is no such server: then tests keep theirs in an SQLite file. */
struct str test_db(struct cx *);
/* Cut every connection to that server. */
void test_db_cut(void);
#endif
