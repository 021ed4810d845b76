/* copy: the body that lives in one data directory into a new one, on the same kind of database or another: the same entries,
 * leaf hashes, checkpoints and keys, all state (whoever is signed in stays so), every stored file. Views are made again on
 * the other side and must come out as they stand here; every row of every table is then compared. Called by the command
 * line, which owns both.
 *
 * The old directory is held by its lock and only read. What is made of the new one lies in a part of its own until all is
 * verified, and the new database, which may serve other bodies meanwhile, is written in one transaction (arrive.h): a copy that
 * is cut short leaves nothing that anybody would take for a body, and the next one may use the same database. Last of all a note is left in the old directory, so that
 * no server starts there by mistake and goes on with the same journal in another way. */
#ifndef DESK_COPY_H
#define DESK_COPY_H
#include "base/watch.h"
#include "desk/desk.h"

struct copy_ask {
	struct str from, data;      /* the directory that is, the one to be made */
	struct str to;              /* the address of a PostgreSQL database; empty: a file in the new directory */
	struct watch watch;
};
struct copy_done {
	int64_t records, rows, files;
	struct str origin, checkpoint;   /* the last; empty: nothing is signed yet */
	bool was_there;             /* a copy before had come to its end but for the directory */
};

/* ERR_BUSY: a server runs on the old directory, or another node wrote meanwhile; ERR_CONFLICT: there is something in the new
 * directory, or the database holds this body already, as it was or went on; ERR_TAMPERED: what was copied is not what was there. After an error the old
 * directory is as it was. */
MUST_CHECK enum err copy_run(struct cx *, const struct copy_ask *, struct copy_done *out);
#endif
