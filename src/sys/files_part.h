/* files_part: what the two halves of files share: how a name is found, and how a descriptor is not lost. */
#ifndef SYS_FILES_PART_H
#define SYS_FILES_PART_H
#include "sys/files.h"

/* A descriptor that the turn closes unless it has been closed or taken before. It is made before the descriptor is,
 * for making it may end the turn. */
struct files_held { int fd; };
struct files_held *files_hold(struct cx *);
/* Close it if it is open. Takes a struct files_held. */
void files_let_go(void *held);

/* The directory that a name's last piece stands in: `parent` unless it is the one that was given. */
struct files_place { struct files_held *parent; int dir; const char *last; bool beneath; };

/* `sync`: the directory will be synced, for which it must be open for reading; otherwise finding it is enough. */
MUST_CHECK enum err files_find(struct cx *, int dir, struct str name, bool sync, struct files_place *out);
/* ERR_SYNC, for the errno of an fsync; `what` stands before the name. */
MUST_CHECK enum err files_unsynced(struct cx *, int number, const char *what, struct str name);
/* Open the last piece. A descriptor, or -1 and errno. */
int files_open_last(const struct files_place *, int flags, mode_t mode);
#endif
