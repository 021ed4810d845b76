/* join: one more node on a database. Each node has a data directory of its own: the same keys, the database's address, a
 * number, a spool. Called by the command line. */
#ifndef DESK_JOIN_H
#define DESK_JOIN_H
#include "desk/desk.h"

/* Make the data directory `path` for the database at `database`, with the keys from the folder `keys` (the key folder's own
 * backup); *node gets the number that nobody had yet. ERR_DENIED: these are not the keys of that journal; ERR_NOT_FOUND:
 * there is no journal. After an error nothing is left. */
MUST_CHECK enum err join_node(struct cx *, struct str path, struct str database, struct str keys, uint16_t *node);
#endif
