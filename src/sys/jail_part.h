/* jail_part: the two walls of the jail. Used by jail.c, and by the test that tries it as on older kernels. */
#ifndef SYS_JAIL_PART_H
#define SYS_JAIL_PART_H
#include "sys/jail.h"

enum { JAIL_NET = 1 << JAIL_PLACES }; /* in reads: the system's resolver and certificate files */

/* jail_enter as on a kernel that has no newer Landlock than this. */
MUST_CHECK enum err jail_enter_as(struct cx *, const struct jail *, struct str data, int version);

/* Landlock: which files, and where its version can, which TCP ports and signals. */
MUST_CHECK enum err jail_files_enter(struct cx *, const struct jail *, struct str data, int version);
/* The version of Landlock that this kernel offers; 0 for none. */
int jail_files_version(void);

/* seccomp: which system calls. */
MUST_CHECK enum err jail_calls_enter(struct cx *, const struct jail *);
bool jail_calls_known(void);
#endif
