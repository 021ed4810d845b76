/* bundle_out: the journal, or what it says of one case, written out as a bundle (docs/JOURNAL.md) for an auditor.
 * Called by the command line after the command `export` has been committed and signed. A bundle names people by
 * pseudonym only; but until identities are erased a full one is no public document, and that of a case tells all that
 * was said in it. */
#ifndef DESK_BUNDLE_OUT_H
#define DESK_BUNDLE_OUT_H
#include "desk/desk.h"

struct bundle_out { uint64_t records, payloads, opened; };

/* The folder for a bundle: made if it is not there, ERR_CONFLICT if anything is in it. Asked before the export is
 * recorded, so that none is recorded in vain. Closed at the end of the turn. */
MUST_CHECK enum err bundle_out_place(struct cx *, struct str path, int *dir);

/* The log of that number (0: the one that is written to) up to `size` records into a folder of bundle_out_place.
 * ERR_BUSY: no checkpoint of that size is signed yet, and nothing was written. `mode` is written last: a folder
 * without it is not whole. */
MUST_CHECK enum err bundle_out_full(struct cx *, struct desk *, int64_t log, uint64_t size, int dir,
    struct bundle_out *out);

/* The case whose export is the last of `size` records of the log that is written to: its records with their proofs
 * under the checkpoint of that size, its payloads, and what they say. Reads the keys. What a case has in a log from
 * before a restore is in that log's own bundle alone. */
MUST_CHECK enum err bundle_out_case(struct cx *, struct desk *, uint64_t size, int dir, struct bundle_out *out);
#endif
