/* checkpoint: what a log says about itself (C2SP tlog-checkpoint): origin, size, root, signed as a note whose key
 * has the origin for its name. Pure. */
#ifndef CORE_CHECKPOINT_H
#define CORE_CHECKPOINT_H
#include "core/note.h"

struct checkpoint {
	struct str origin;
	uint64_t size;       /* at most 2^63 - 1 */
	struct hash root;
};

/* The three lines that are signed. */
struct str checkpoint_text(struct cx *, const struct checkpoint *);
/* Exactly three lines: extension lines are refused, our logs write none; the origin can be a key's name.
 * ERR_BAD_INPUT. */
MUST_CHECK enum err checkpoint_read(struct cx *, struct str text, struct checkpoint *out);
/* note_open and checkpoint_read in one. keys[0] is the log's own: it must have signed, and its name must be the
 * origin; the rest are witnesses. `signed_by`, which may be NULL, gets the note's bits. */
MUST_CHECK enum err checkpoint_open(struct cx *, struct str note, const struct vkey *keys, int n,
    struct checkpoint *out, uint64_t *signed_by);
#endif
