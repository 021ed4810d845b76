/* restore: a data directory from a backup and a key folder. Every file, chain, payload and signature is checked, the views
 * are made again, and the log of the backup is over: it stays as it is, and the next one begins with the last checkpoint
 * that is known of it and how many records are lost (docs/JOURNAL.md, "Restore"). Called by the command line; the caller
 * owns both folders. */
#ifndef DESK_RESTORE_H
#define DESK_RESTORE_H
#include "desk/backup.h"

struct restore_ask {
	struct str from, keys, data;            /* paths; `data` is made, or empty */
	struct str database;                    /* the address of a PostgreSQL database, beside what it serves; empty: a file in `data` */
	const struct str *known; int n_known;   /* checkpoints (signed notes) that were published */
	struct str vkey;                        /* the key that they are known by; empty: the key folder's own */
	struct watch watch;
};
struct restore_done {
	int64_t records, files;                 /* that are there again */
	int64_t lost;                           /* records that are known to be missing */
	struct str over, origin;                /* the log that ended, the one that began */
	bool known;                             /* something beside the backup itself says how long it was */
};

/* ERR_TAMPERED: a file is damaged (it is named), or a checkpoint is not of this log; ERR_DENIED: these are the keys of
 * something else; ERR_CONFLICT: the directory is not empty, or the database holds this body already. After an error, and
 * whenever it is killed, nothing of it counts (arrive.h). */
MUST_CHECK enum err restore_run(struct cx *, const struct restore_ask *, struct restore_done *out);
/* The same for the data directory ask->data and its database as they stand, after a failover that lost records (halt.h): nothing is
 * put back, and the next log begins. No server may run on that directory; other nodes go on by themselves. ERR_CONFLICT: nothing is
 * known to be lost. */
MUST_CHECK enum err restore_here(struct cx *, const struct restore_ask *, struct restore_done *out);
#endif
