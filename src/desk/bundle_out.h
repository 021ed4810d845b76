/* bundle_out: the journal written out as a bundle (docs/JOURNAL.md, "Export bundle"), for an auditor. Called by the
 * command line after the command `export` has been committed and signed. A full bundle names people by pseudonym, but
 * until identities are erased it is no public document. */
#ifndef DESK_BUNDLE_OUT_H
#define DESK_BUNDLE_OUT_H
#include "desk/desk.h"

/* The log of that number (0: the one that is written to) up to `size` records into the folder `path`, which is made and must not hold a bundle yet
 * (ERR_CONFLICT). ERR_BUSY: no checkpoint of that size is signed yet. `mode` is written last: a folder without it is
 * not whole. *files gets how many payloads were written. */
MUST_CHECK enum err bundle_out_full(struct cx *, struct desk *, int64_t log, uint64_t size, struct str path, uint64_t *payloads);
#endif
