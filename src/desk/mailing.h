/* mailing: which notices are owed by mail, and to which addresses. Asked by the clerk, which may know of everybody's
 * notices but puts nothing into a mail beyond what stands here: a reference and a sentence of notice.def. */
#ifndef DESK_MAILING_H
#define DESK_MAILING_H
#include "desk/desk.h"

/* One mail to one address. */
struct mailing_letter {
	struct id notice;
	int64_t seq;            /* of the entry that made the notice */
	struct str address;
	struct str ref, words;  /* of letters that are due: the case's reference; what is said of the notice */
	bool staff;             /* the address is of somebody in the directory, who can sign in */
	int tries;              /* before this one */
};

/* How far notices have been turned into letters; -1: none yet. */
MUST_CHECK enum err mailing_upto(struct cx *, struct desk *, int64_t *out);
/* Whom the notices after `after` are for, whole entries at a time; the same address once an entry, nobody who has
 * left, and none that is known to be under way. *upto is how far this went; equal to `after` when there is nothing
 * new. */
MUST_CHECK enum err mailing_new(struct cx *, struct desk *, int64_t after, struct mailing_letter **out, ptrdiff_t *n,
    int64_t *upto);
/* Letters whose time has come, at most `most`. */
MUST_CHECK enum err mailing_due(struct cx *, struct desk *, ptrdiff_t most, struct mailing_letter **out,
    ptrdiff_t *n);
#endif
