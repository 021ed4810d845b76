/* cage_acts: what a caged process tries. Used by cage_test.c only. */
#ifndef SYS_CAGE_ACTS_H
#define SYS_CAGE_ACTS_H
#include "sys/jail.h"
#include <errno.h>
#include <netinet/in.h>
#include <sys/types.h>

struct cage {
	const char *data;    /* the data directory; beside it lies "outside" */
	int dir;             /* the same, opened before the cage as the real processes have it */
	int held;            /* db/kept, opened for reading */
	int listener, loose; /* inherited: one listens on TCP, a connection waiting; one is not connected */
	int registrar;       /* listens at run/registrar.sock */
	int channel[2];      /* as processes have it to the registrar */
	int waiting;         /* the far end of that connection */
	in_port_t port;      /* of the listener */
	pid_t sibling;       /* a process in the jail of the gate */
	pid_t stranger;      /* a process of the same user in no jail */
};

/* Each is true if it worked. The directory is one of the data directory's places and holds a file "kept". */
bool cage_read(struct cage *, const char *dir);
bool cage_write(struct cage *, const char *dir);
bool cage_make(struct cage *, const char *dir);
bool cage_make_unnamed(struct cage *, const char *dir);
bool cage_rename(struct cage *, const char *dir);
bool cage_cut(struct cage *, const char *dir);
bool cage_remove(struct cage *, const char *dir);

/* One row of act.def: true if it worked, or if at least the jail had let it pass. */
#define ACT(id, wall, may, words) bool cage_act_##id(struct cage *);
#include "sys/act.def"
#undef ACT

struct cage_act {
	const char *words;
	enum jail_wall wall;
	bool (*may)(const struct jail *);
	bool (*try)(struct cage *);
};
extern const struct cage_act cage_acts[];
extern const int cage_n_acts;

/* Many of them are asked in a way that the kernel would refuse anyway, but with another word: EPERM is the
 * filter's. */
static inline bool
cage_passed(long result)
{
	return result >= 0 || errno != EPERM;
}
#endif
