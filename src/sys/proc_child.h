/* proc_child: the half of proc that runs after the fork, and the pages that both halves share. Used by proc.c
 * only. */
#ifndef SYS_PROC_CHILD_H
#define SYS_PROC_CHILD_H
#include "sys/proc.h"
#include <sys/types.h>

/* One page for proc_shared, then one for each process: a memory file, so that what a process may only read it cannot
 * make writable again. */
struct proc_pages {
	struct proc_shared *shared;
	const struct proc_counts **counts; /* n of them */
	char *start;
	size_t page, size;
	int n, rw, ro;                     /* descriptors; -1 if never made */
};
MUST_CHECK enum err proc_pages_make(struct cx *, int n, struct proc_pages *);
void proc_pages_end(struct proc_pages *);

/* Descriptors that stay open beside 0, 1 and 2, and who the parent must be. */
struct proc_keep { int *fds; int n; pid_t parent; };

/* Fill in the rest of `me`, run the row and end the process. */
_Noreturn void proc_child_run(struct proc *me, const struct proc_row *, ptrdiff_t room, const struct proc_pages *,
    int slot, struct proc_keep);
#endif
