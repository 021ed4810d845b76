/* cage_acts: what a caged process tries. Used by cage_test.c only. */
#ifndef SYS_CAGE_ACTS_H
#define SYS_CAGE_ACTS_H
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

struct cage {
	const char *data;    /* the data directory */
	int listener, loose; /* inherited: one listens on TCP, a connection waiting; one is not connected */
	int waiting;         /* the far end of that connection */
	in_port_t port;      /* of the listener */
	pid_t victim;        /* a process of the same user */
};

/* Each is true if it worked. The directory is one of the data directory's places and holds a file "kept". */
bool cage_read(struct cage *, const char *dir);
bool cage_write(struct cage *, const char *dir);
bool cage_make(struct cage *, const char *dir);
bool cage_rename(struct cage *, const char *dir);
bool cage_cut(struct cage *, const char *dir);
bool cage_remove(struct cage *, const char *dir);
bool cage_open(struct cage *, const char *path);
bool cage_link(struct cage *);

/* An act that does not depend on a place: allowed to rows that have one of `needs` among their acts; where `needs` is
 * 0, to all or to none. */
struct cage_act { const char *name; unsigned needs; bool all; bool (*try)(struct cage *); };
extern const struct cage_act cage_acts[];
extern const int cage_n_acts;
#endif
