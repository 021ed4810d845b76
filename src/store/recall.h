/* recall: what a node remembers of the journal outside the database, in its key folder: keys/signed, the last size and root that
 * were signed. A database that has lost entries, or holds others, is known by it. Each of several nodes keeps its own, and takes
 * over what the others have signed, so that whoever signs next extends it. Called by journal.c and by the desk. */
#ifndef STORE_RECALL_H
#define STORE_RECALL_H
#include "store/journal.h"

/* Does this checkpoint of the journal in the database extend what is remembered? ERR_TAMPERED: it is shorter, or another
 * one. What is remembered of a log that a restore ended binds nobody any more. */
MUST_CHECK enum err recall_extends(struct cx *, const struct journal *, const struct checkpoint *next);
/* Remember this one, before it is shown to anybody. */
MUST_CHECK enum err recall_signed_as(struct cx *, const struct keys *, struct str text);
/* Take over the largest checkpoint that stands in the database if it is larger than the one remembered; *size gets how far
 * is remembered then. ERR_TAMPERED: it was not signed by our key, or the journal does not hold both. */
MUST_CHECK enum err recall_adopt(struct cx *, const struct journal *, int64_t *size);
#endif
