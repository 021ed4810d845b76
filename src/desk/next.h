/* next: the log after one that is over. A log of which records may be lost is never continued, for it may be ahead somewhere else:
 * it stays as it stands, and the next one begins with the last checkpoint that is known of it and how many records are lost
 * (docs/JOURNAL.md, "After a restore"). Called by restore, from a backup or of the database as it stands. */
#ifndef DESK_NEXT_H
#define DESK_NEXT_H
#include "desk/desk.h"

enum { NEXT_KNOWN = 16 }; /* checkpoints that people bring, at most */

struct next {
	struct journal last;                         /* the log that is over */
	struct checkpoint known[NEXT_KNOWN + 2];     /* of any of our logs */
	int n_known;
	int64_t seen;                                /* so many records of the last log were committed, whoever signed them; 0: not known */
	/* filled in by next_count and next_open */
	int64_t lost;
	struct str origin;
};

/* A checkpoint of whichever of our logs it says; only the key itself is asked for. */
MUST_CHECK enum err next_know(struct cx *, struct next *, const struct keys *, struct str note);
/* Does what is known agree with what stands in the database? ERR_TAMPERED. */
MUST_CHECK enum err next_compare(struct cx *, const struct next *, struct db *);
/* How many records are known to be lost. */
void next_count(struct next *);
/* The first record of the next log, every view made again, and the policy once more, for a log must stand alone. In a batch, which
 * desk_end ends; *d is the desk that goes on. */
MUST_CHECK enum err next_open(struct cx *, struct next *, struct desk *d);
#endif
