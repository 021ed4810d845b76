/* db_fresh: where a test keeps its database. Tests only. */
#ifndef STORE_DB_FRESH_H
#define STORE_DB_FRESH_H
#include "base/cx.h"

/* The address of a new, empty database on the PostgreSQL server that TOCSIN_PG names, dropped at the end of the turn; empty
 * when there is no such server: then tests keep theirs in an SQLite file. */
struct str db_fresh(struct cx *);
#endif
