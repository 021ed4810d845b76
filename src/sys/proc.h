/* proc: the parent. Forks the children of a plan without exec, gives each its descriptors and no others, starts again
 * what dies (after 1, 2, 4 … 30 s; at once if it had lived for a minute; a registrar that fell by a command, after 1 s),
 * and stops all in order. Called once, by
 * `serve`, before anything opens SQLite or starts a thread.
 *
 * The first row of a plan is the registrar. Each other process has a channel to it (ipc), made before the first fork;
 * the parent keeps both ends, so that whoever is started again takes up the same channel. When the registrar dies,
 * the command that was about to run is put on the poison list and the generation rises: peers see from it that
 * answers which they wait for may never come, and send again. When the parent dies, all children die. */
#ifndef SYS_PROC_H
#define SYS_PROC_H
#include "base/cx.h"
#include <stdatomic.h>

enum { PROC_MAX = 64, PROC_POISON = 32, PROC_COUNTERS = 32 };

struct proc_id { uint8_t b[16]; }; /* of a command */

/* A page that registrar and parent write and all others can only read: the kernel keeps it so. */
struct proc_shared {
	_Atomic uint32_t generation;      /* of the registrar: 1 at first, higher after each death */
	_Atomic uint32_t pause;           /* not 0: doors wait between turns, so that a checkpoint gets through */
	_Atomic uint32_t about;           /* not 0: `id` is about to run */
	struct proc_id id;
	_Atomic uint32_t poisoned;        /* how many ids have ever been put on the list, a ring */
	struct proc_id poison[PROC_POISON];
};

/* A page for each process, written by it alone, read by all: figures for `doctor` and /metrics. */
struct proc_counts { _Atomic uint64_t n[PROC_COUNTERS]; };

/* The registrar's end of one channel. */
struct proc_link { int fd; const char *name; int index; };

/* What a child knows of itself. */
struct proc {
	const char *name;
	int index;                              /* 0 … count-1 within its row */
	void *arg;                              /* of the plan */
	struct proc_shared *shared;             /* read-only for all but the registrar */
	struct proc_counts *counts;             /* its own */
	const struct proc_counts *const *all;   /* everybody's, n_all of them in the order of the plan */
	int n_all;
	int link;                               /* to the registrar; -1 for the registrar itself */
	const struct proc_link *links;          /* the registrar only: to everybody else */
	int n_links;
	int stop;                               /* readable once the process is asked to end */
};

/* Begins with a turn of `room` bytes; ends by returning: OK ends the process quietly, an error is logged. Either way
 * it is started again unless all are being stopped. Its first act is jail_enter. */
struct proc_row {
	const char *name;
	int count;
	enum err (*run)(struct cx *, struct proc *);
	const int *fds; /* descriptors that it keeps, beside 0, 1, 2 and its channel; all others are closed in it */
	int n_fds;
};

struct proc_plan {
	const struct proc_row *rows; /* started in this order, stopped in the other */
	int n_rows;
	void *arg;
	ptrdiff_t room;     /* bytes of arena for each child's first turn */
	when backoff;       /* the first wait; 0 means a second */
	when patience;      /* how long a process may take to end before it is killed; 0 means five seconds */
	void (*up)(void *arg); /* called in the parent when all have been started; may be NULL */
};

/* Until SIGTERM or SIGINT; then OK, and no child is left. ERR_BUSY if the system would not let it start one. */
MUST_CHECK enum err proc_run(struct cx *, const struct proc_plan *);

/* A process that is no child of a parent of ours: whoever started it starts it again. Runs in this process with a link
 * that the caller has made; there are no shared pages, and its counts are seen by nobody. Returns what it returned. */
MUST_CHECK enum err proc_alone(struct cx *, const char *name, enum err (*run)(struct cx *, struct proc *), void *arg,
    int link);

/* In a child: has it been asked to end? (The same as `stop` being readable.) */
bool proc_stopping(void);

/* The registrar, around each command it runs. */
void proc_about(struct proc_shared *, const struct proc_id *);
void proc_done(struct proc_shared *);
/* Has this command brought a registrar down? */
bool proc_poisoned(const struct proc_shared *, const struct proc_id *);
#endif
