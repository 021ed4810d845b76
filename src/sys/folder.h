/* folder: a folder that is made whole or not at all: a backup, a restored data directory. What is made lies in a part of
 * its own until all of it is there and on the disk; then its names move up, one of them last, and where that one stands
 * the folder is whole. Works on a mounted volume too. Called by the desk for verbs of the command line. */
#ifndef SYS_FOLDER_H
#define SYS_FOLDER_H
#include "sys/files.h"

struct folder {
	struct str path, work;   /* of the folder, and of the part in which it is made */
	int dir, at;             /* both open until the end of the turn */
	bool made;               /* by us */
};

/* ERR_CONFLICT if there is anything in it already. */
MUST_CHECK enum err folder_begin(struct cx *, struct str path, struct folder *out);
/* All names move up, `last` after the others; durable. */
MUST_CHECK enum err folder_end(struct cx *, struct folder *, struct str last);
/* Nothing of it was made. What cannot be taken away stays in its part, never in the folder itself. */
void folder_undo(struct cx *, struct folder *);

/* Wait until every file and name below is on the disk. */
MUST_CHECK enum err folder_sync(struct cx *, int dir);
#endif
