/* jail: what a process gives up, first thing after the fork: new privileges, capabilities, core dumps and being
 * traced; then all files but those of its row in proc.def (Landlock) and all system calls but those it needs
 * (seccomp). Called once by each child. What a row does not allow fails with EPERM or EACCES; nothing is killed, so
 * that a forgotten need is an error with a name and not a riddle. Works as root and as anybody else. */
#ifndef SYS_JAIL_H
#define SYS_JAIL_H
#include "base/cx.h"

enum jail_place {
#define PLACE(id, name, holds) JAIL_##id,
#include "sys/proc.def"
#undef PLACE
	JAIL_PLACES
};
/* The names below the data directory: jail_places[JAIL_DB] is "db". */
extern const struct str jail_places[JAIL_PLACES];

enum { JAIL_ACCEPT = 1, JAIL_CONNECT = 2, JAIL_THREADS = 4, JAIL_FORK = 8, JAIL_DATABASE = 16 };

/* One row of proc.def. reads and writes have bit 1 << JAIL_DB and so on; bit JAIL_PLACES means the system's resolver
 * and certificate files. */
struct jail { struct str name; unsigned reads, writes, acts; struct str says; };
enum {
#define PROC(name, reads, writes, acts, says) JAIL_ROW_##name,
#include "sys/proc.def"
#undef PROC
	JAIL_ROWS
};
extern const struct jail jail_rows[];
extern const int jail_count;
/* NULL if there is no such process. */
const struct jail *jail_of(struct str name);

/* Give it all up. `data` is the path of the data directory; places that are not there are simply out of reach. Errors
 * (ERR_BROKEN) mean that the process must not go on; protection that this kernel does not know is not an error. */
MUST_CHECK enum err jail_enter(struct cx *, const struct jail *, struct str data);

/* What forbids a thing that a row does not allow. */
enum jail_wall {
	JAIL_CALLS,   /* seccomp: the call is not there */
	JAIL_READING, /* seccomp if the row reads nothing at all, Landlock otherwise */
	JAIL_WRITING, /* seccomp if the row writes nothing at all, Landlock otherwise */
	JAIL_SIGNALS, /* seccomp if the row starts no processes, Landlock otherwise */
};
/* The version of Landlock without which the wall does not stand for this row; 0: seccomp alone is enough. */
int jail_needs(const struct jail *, enum jail_wall);
/* The first kernel with that version; 0: the first with seccomp as it is used here. "5.13" */
struct str jail_kernel(int version);

/* What this kernel can enforce, for `doctor`: in words, one line a protection. */
struct jail_hold { struct str what; bool holds; struct str words; };
void jail_holds(struct cx *, struct jail_hold **out, int *n);
/* The same as of a kernel with that version of Landlock. */
void jail_holds_as(struct cx *, int version, struct jail_hold **out, int *n);
#endif
