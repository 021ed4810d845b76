/* arrive: a body that comes from elsewhere, by a copy or a restore, into a directory that is being made and a database that may
 * serve other bodies. It gets a number that is nobody else's, and whoever brings it writes all its rows under that number in
 * one batch: before arrive_end nobody sees any of them, and whoever is killed leaves a number that nobody has. The others are
 * never kept waiting. */
#ifndef DESK_ARRIVE_H
#define DESK_ARRIVE_H
#include "desk/desk.h"
#include "sys/folder.h"

struct arrival {
	struct str origin;      /* of its first log: what a body is known by */
	int64_t there;          /* the body of that origin which is in the database already; 0: none */
	struct db *db;          /* the writer, serving the new number */
	int dir;                /* of the folder that is being made */
	bool counts;
};

/* The folders, the keys out of `keys`, the database (its address; empty: a file) and the number. */
MUST_CHECK enum err arrive_begin(struct cx *, const struct folder *, int keys, struct str database, struct str origin,
    struct arrival *out);
/* It is there already, as the caller has found out, and only its directory is to be made: the number is given back. */
MUST_CHECK enum err arrive_again(struct cx *, struct arrival *);
/* ERR_CONFLICT, with what can be done, for who cannot use what is there. */
MUST_CHECK enum err arrive_refused(struct cx *, const struct arrival *);
/* The batch is committed, unless somebody has brought the same body meanwhile (ERR_CONFLICT). */
MUST_CHECK enum err arrive_end(struct cx *, struct arrival *);
/* After an error: nothing was written, and the number is free again. The error's own words stay. */
void arrive_undo(struct cx *, struct arrival *);
#endif
