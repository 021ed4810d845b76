/* table: the tables of a body taken whole, row by row in the order of their keys: out of one database into another, or only to
 * see whether both hold the same. Whatever stands behind them makes no difference: a row has the same sum in both. Called
 * by copies of a body. */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H
#include "base/hash.h"
#include "base/watch.h"
#include "store/db.h"

struct table_sum { int64_t rows; struct hash hash; };

/* Whom to tell what is being done to the table, and how many rows it has; 0: nobody knows. */
struct table_watch { const struct watch *watch; const char *doing; int64_t rows; };

/* Every row of sql_wholes[table], as the handle's body has it, put into `to` as well unless that is NULL; the caller holds
 * its batch. */
MUST_CHECK enum err table_read(struct cx *, struct db *, int table, struct db *to, const struct table_watch *,
    struct table_sum *out);
bool table_same(const struct table_sum *, const struct table_sum *);
#endif
