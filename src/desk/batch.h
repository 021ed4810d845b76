/* batch: many commands, one commit. What waits is done together and answered together. A batch that is lost is done once
 * more, each command by itself: a disk that fills up undoes more than the command that filled it, and then only what
 * cannot be done shall fail. Called by the registrar, and by verbs that are their own registrar. */
#ifndef DESK_BATCH_H
#define DESK_BATCH_H
#include "desk/desk.h"

struct batch_one {
	struct str request;
	bool local, clerk;
	const struct verdict *verdict;   /* of the gate; NULL: not asked */
	struct str answer;               /* filled in, as desk_do gives it */
};

struct batch {
	struct desk *desk;
	/* How one of them is done, and what stands around it; NULL: by desk_do. An error means that the batch is lost. */
	enum err (*run)(struct cx *, void *arg, struct batch_one *);
	/* Whoever has come while the n of them were done joins their commit, in the places behind them; how many they are then.
	 * NULL: nobody. */
	int (*more)(void *arg, struct batch_one **all, int n);
	void *arg;
	when say_next;                   /* boot time before which the log is not told again; 0 at first */
	int alone;                       /* so many are still to be done each by itself; 0 at first */
};

/* Do the first of them, all or as far as an export, which is signed before anything follows; *done gets how many. Each of
 * these has an answer then, and what is answered “ok” is committed. An error is ERR_SYNC: nobody may be answered, and the
 * process must end. */
MUST_CHECK enum err batch_do(struct cx *, struct batch *, struct batch_one **all, int n, int *done);
#endif
