/* bundle: from the bytes of an export to a verdict, trusting nobody but the keys and checkpoints that the asker
 * brings. Used by `tocsin verify BUNDLE`, by tests and by tampering trials; verify/verify.py is the same without a
 * line in common. Pure: files come through a callback, one at a time, so that memory stays small whatever the size
 * of the export. */
#ifndef CORE_BUNDLE_H
#define CORE_BUNDLE_H
#include "base/js.h"
#include "core/checkpoint.h"
#include "core/record.h"

/* The folders of a bundle whose files are looked at one by one. */
enum bundle_part {
	BUNDLE_PROOFS,   /* proofs/<seq>.tlog-proof */
	BUNDLE_PAYLOADS, /* payloads/<sha256 in lower-case hex> */
	BUNDLE_OPENED,   /* opened/<seq>: salt ‖ content */
	BUNDLE_PARTS
};

struct bundle {
	struct str mode, checkpoint, records; /* the files of those names (records.bin); p == NULL: there is none */
	struct str vkey;                      /* what the bundle itself says; only compared */
	struct bundle_names { const struct str *at; ptrdiff_t n; } names[BUNDLE_PARTS]; /* in any order */
	/* The bytes of names[part].at[i]; they may go at the next cx_back. */
	enum err (*read)(struct cx *, void *with, enum bundle_part part, ptrdiff_t i, struct str *out);
	void *with;
};

/* What the asker knows from elsewhere. */
struct bundle_trust {
	struct vkey log;                            /* type 0x01; its name is the origin */
	const struct vkey *witness; int n_witness;  /* type 0x04; at most 63 */
	int quorum;                                 /* how many of them must have cosigned; 0 … n_witness */
	const struct str *known; int n_known;       /* checkpoints (signed notes) published earlier */
};

struct verdict {
	bool full;                 /* the mode */
	uint64_t records, size;    /* in the bundle; in the checkpoint's tree */
	uint64_t payloads, opened, proofs; /* files that were checked */
	uint64_t erased;           /* payloads that are gone because their key was destroyed, as recorded */
	int witnesses;             /* good cosignatures of known witnesses */
	int known;                 /* known checkpoints that were reproduced */
	int known_beyond;          /* case mode: of other sizes, about which such a bundle cannot say anything */
	struct hash root;
	struct str origin;
};

/* OK, or ERR_TAMPERED (cx->why: seq and what), or what `read` returned. The verdict is whole only after OK. */
MUST_CHECK enum err bundle_verify(struct cx *, const struct bundle *, const struct bundle_trust *,
    struct verdict *out);
/* A verdict that is whole, in the words in which verify.py gives it. */
struct js *bundle_verdict_js(struct cx *, const struct verdict *);
#endif
