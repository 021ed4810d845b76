/* db_schema: which schema a database has, and the way to the one that this version knows: made at once for a new database,
 * step by step from an older one (sql/migrate.sql). Called by db.c when a handle is opened; the engines do what they are told.
 *
 * The database says it by two notes of no body: `schema`, without which it has the first, and `step`, how many steps of the next
 * one are done. Each step is one transaction with its note, so that whoever is killed on the way is followed by another
 * that goes on where it was; and each begins by a lock, so that two who come at once do each step once. */
#ifndef STORE_DB_SCHEMA_H
#define STORE_DB_SCHEMA_H
#include "store/db.h"

/* The first schema that was released is 1. ERR_NOT_FOUND: there is no journal of ours in this database. */
MUST_CHECK enum err db_schema(struct cx *, struct db *, int64_t *version);
/* Everything of an empty database, in one transaction. */
MUST_CHECK enum err db_schema_make(struct cx *, struct db *);
/* A number for one more body, which nobody else is given. */
MUST_CHECK enum err db_schema_body(struct cx *, struct db *, int64_t *body);
/* From whatever schema it has to this version's, with a handle that was not settled. At most `most` statements, then ERR_BUSY as if
 * it had been killed: tests say less than INT_MAX. ERR_VERSION: the schema is a newer one. */
MUST_CHECK enum err db_schema_move(struct cx *, struct db *, int most);
/* May this version read what is there? ERR_BUSY: the writer must bring it up to date first; ERR_VERSION: it is newer. */
MUST_CHECK enum err db_schema_fits(struct cx *, struct db *);
#endif
