/* proof: the text c2sp.org/tlog-proof@v1: an index, the inclusion hashes and the checkpoint they lead to. It is in
 * every receipt and case bundle, and can be checked offline. Pure. */
#ifndef CORE_PROOF_H
#define CORE_PROOF_H
#include "core/checkpoint.h"
#include "core/tree.h"

struct proof {
	uint64_t index;
	struct tree_proof path;
	struct str checkpoint;     /* the signed note, verbatim */
};

struct str proof_write(struct cx *, const struct proof *);
/* Strict; an `extra` line is accepted and dropped (nothing authenticates it). ERR_BAD_INPUT. `checkpoint` points
 * into text. */
MUST_CHECK enum err proof_read(struct cx *, struct str text, struct proof *out);
/* The checkpoint is signed by keys[0] and the leaf is where the proof says; ERR_TAMPERED if not. *out gets the
 * checkpoint; may be NULL. */
MUST_CHECK enum err proof_check(struct cx *, const struct proof *, struct hash leaf, const struct vkey *keys, int n,
    struct checkpoint *out);
#endif
