/* recall: what a node remembers of the journal outside the database: keys/signed, the last size and root that
 * were signed, and db/committed. A database that has lost entries, or holds others, is known by it. Each of several nodes keeps its own, and takes
 * over what the others have signed, so that whoever signs next extends it. Called by journal.c and by the desk. */
#ifndef STORE_RECALL_H
#define STORE_RECALL_H
#include "store/journal.h"

/* ERR_NOT_FOUND: nothing has been signed here. */
MUST_CHECK enum err recall_last(struct cx *, const struct keys *, struct checkpoint *out);
/* Does this checkpoint of the journal in the database extend what is remembered? ERR_TAMPERED: it is shorter, or another
 * one. What is remembered of a log that a restore ended binds nobody any more. */
MUST_CHECK enum err recall_extends(struct cx *, const struct journal *, const struct checkpoint *next);
/* Remember this one, before it is shown to anybody. */
MUST_CHECK enum err recall_signed_as(struct cx *, const struct keys *, struct str text);
/* Take over the largest checkpoint that stands in the database if it is larger than the one remembered; *size gets how far
 * is remembered then. ERR_TAMPERED: it was not signed by our key, or the journal does not hold both. */
MUST_CHECK enum err recall_adopt(struct cx *, const struct journal *, int64_t *size);

/* A process that must end, because it does not know what became of its last words, notes in the data directory `dir` how far it
 * had committed for certain: the next one asks whether that is there. ERR_TAMPERED: it is not. */
void recall_committed(struct cx *, const struct journal *, int dir);
MUST_CHECK enum err recall_seen(struct cx *, const struct journal *, int dir, int64_t *size); /* 0: nothing is noted */
MUST_CHECK enum err recall_holds(struct cx *, const struct journal *, int dir);
#endif
