/* care: what the one writer does by itself once a second, between batches: it signs what was entered, folds the database's log
 * back, tidies the spool, and where several nodes share a database it keeps this node's leases (lease.h) and takes up what
 * the other nodes have written and signed. Called by the registrar. */
#ifndef DESK_CARE_H
#define DESK_CARE_H
#include "desk/desk.h"
#include <stdatomic.h>

struct care {
	struct desk *desk;
	_Atomic uint32_t *pause;     /* where doors are asked to pause, so that the log can be folded back */
	when dirty;                  /* boot time of the first entry that is not signed; NEVER: none */
	when said, pause_next;       /* when it was last said that folding back failed; when doors may be paused again */
	int64_t written;             /* rows, a second ago */
	when tidied;                 /* boot time at which the spool was looked through */
	int64_t recalled;            /* how far this node knows that was signed */
};

struct care care_of(struct cx *, struct desk *, _Atomic uint32_t *pause);
/* This process has committed something. */
void care_wrote(struct cx *, struct care *);
/* `clerk`: this node has a clerk. ERR_SYNC alone is returned: the process must end. Everything else is said in the log and
 * tried again. */
MUST_CHECK enum err care_tick(struct cx *, struct care *, bool clerk);
/* The process must end and nobody knows what became of its last words; what stands before them is noted (store/recall.h). */
void care_fall(struct cx *, struct care *);
/* The process ends: what was entered last is signed, leases are given up, the log is emptied. */
MUST_CHECK enum err care_end(struct cx *, struct care *);
#endif
