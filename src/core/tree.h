/* tree: the Merkle tree of RFC 6962 §2.1 over leaf hashes. The journal appends and makes proofs, receipts and
 * verifiers check them. Pure; appending and proving need O(log n) memory. */
#ifndef CORE_TREE_H
#define CORE_TREE_H
#include "base/cx.h"
#include "base/hash.h"

/* A proof never has more hashes than this. */
enum { TREE_PROOF = 64 };

/* The frontier: the roots of the perfect subtrees that make up the first `size` leaves, largest first; their
 * number is that of the one bits of size. Zeroed, it is the empty tree. Stored with the head, so that a start
 * reads no leaves. */
struct tree {
	uint64_t size;
	struct hash peak[64];
};

struct hash tree_leaf(struct str entry);             /* SHA-256(0x00 ‖ entry) */
struct hash tree_node(struct hash left, struct hash right);
void tree_append(struct tree *, struct hash leaf);
/* SHA-256("") for the empty tree. */
struct hash tree_root(const struct tree *);
/* How many peaks a tree of that size has. */
int tree_peaks(uint64_t size);

/* Gives the root of the perfect subtree of 2^level leaves that begins at leaf index·2^level. Called for subtrees
 * wholly inside the tree only. Errors pass through. Without stored nodes, tree_source_leaves computes them from
 * leaf hashes. */
struct tree_source {
	enum err (*node)(struct cx *, void *with, int level, uint64_t index, struct hash *out);
	void *with;
};
/* A source over n leaf hashes in memory. */
struct tree_leaves { const struct hash *leaf; uint64_t n; };
struct tree_source tree_source_leaves(struct tree_leaves *);

/* Hashes in the order of RFC 6962; index < size, 1 <= from <= to. */
struct tree_proof { int n; struct hash at[TREE_PROOF]; };
MUST_CHECK enum err tree_inclusion(struct cx *, struct tree_source, uint64_t index, uint64_t size,
    struct tree_proof *out);
MUST_CHECK enum err tree_consistency(struct cx *, struct tree_source, uint64_t from, uint64_t to,
    struct tree_proof *out);

/* Does the proof show that `leaf` stands at `index` in the tree of that size and root? Any input; never an
 * assertion. */
bool tree_included(const struct tree_proof *, uint64_t index, uint64_t size, struct hash leaf, struct hash root);
/* Does the proof show that the tree (from, old) is a beginning of (to, root)? Sizes may be equal: the roots then
 * must be, and the proof empty. from = 0 proves nothing and is refused, unless to is 0 too. */
bool tree_extends(const struct tree_proof *, uint64_t from, uint64_t to, struct hash old, struct hash root);
#endif
