/* fault: bad weather below everything. The programme defines the few names of libc by which the disk is reached, and the
 * linker gives them to all of it, SQLite included: so one counter sees every read, write, sync, open and change of a name in
 * their true order, and the k-th of them can fail. It also sees what a power cut would take away: what was written and not
 * synced, and names whose directory was not. Memory is failed by the hooks that SQLite has for it, and the arena by the
 * linker's --wrap. Tests only; nothing of it is in the product. */
#ifndef TEST_FAULT_H
#define TEST_FAULT_H
#include "base/str.h"

enum fault_how {
	FAULT_NONE,    /* only count */
	FAULT_ONCE,    /* the k-th call fails, the next one does not */
	FAULT_FULL,    /* from the k-th on there is no room: what would take some fails, all else works */
	FAULT_CUT,     /* from the k-th on everything fails, as if the process had been killed; what was written stays */
	FAULT_TORN,    /* as CUT, but the k-th, if it writes, writes a part */
	FAULT_LOST,    /* as CUT, and what was not synced is lost */
	FAULT_SOME,    /* as CUT, and of what was not synced each write is lost or not, by chance */
	FAULT_GATE,    /* the k-th sync fails, and the system forgets what it did not write: no later sync brings it back */
	FAULT_MEMORY,  /* the k-th allocation of SQLite fails */
	FAULT_ARENA,   /* the arena is full at the k-th taking */
	FAULTS
};
extern const char *const fault_names[FAULTS];

/* Before anything uses SQLite. */
void fault_begin(void);
/* From now on calls about files below `root` are counted, and the k-th (from 1) fails. `seed` chooses among errors. */
void fault_arm(const char *root, enum fault_how, long k, uint64_t seed);
/* No more will fail, but what a cut takes away is still watched. */
void fault_calm(void);
/* How many there have been; all is as it was. */
long fault_disarm(void);
/* Has the k-th come? And was it a sync that failed? */
bool fault_struck(void);
bool fault_unsynced(void);
/* After the files were closed: what the cut took away. */
void fault_lose(void);
#endif
