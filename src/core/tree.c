#include "core/tree.h"

#include <assert.h>
#include <string.h>

struct hash
tree_leaf(struct str entry)
{
	return HASH({ "\0", 1 }, entry);
}

struct hash
tree_node(struct hash left, struct hash right)
{
	char both[65] = { 1 };

	memcpy(both + 1, left.b, 32);
	memcpy(both + 33, right.b, 32);
	return sha256((struct str){ both, sizeof both });
}

int
tree_peaks(uint64_t size)
{
	return __builtin_popcountll(size);
}

void
tree_append(struct tree *t, struct hash leaf)
{
	int n = tree_peaks(t->size);

	assert(t->size < UINT64_MAX);
	for (uint64_t s = t->size; s & 1; s >>= 1)
		leaf = tree_node(t->peak[--n], leaf);
	t->peak[n] = leaf;
	t->size++;
}

struct hash
tree_root(const struct tree *t)
{
	int n = tree_peaks(t->size);
	struct hash root;

	if (!n)
		return sha256(S(""));
	root = t->peak[--n];
	while (n)
		root = tree_node(t->peak[--n], root);
	return root;
}

/* The largest power of two smaller than n, for n >= 2: where RFC 6962 splits. */
static uint64_t
split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* Root of the leaves lo … hi-1, a range that the splitting of a tree has come to. */
static enum err
range_root(struct cx *cx, struct tree_source from, uint64_t lo, uint64_t hi, struct hash *out)
{
	struct tree t = { hi - lo, { { { 0 } } } };
	int n = 0;

	for (uint64_t left = hi - lo; left; n++) {
		int level = 63 - __builtin_clzll(left);

		TRY(from.node(cx, from.with, level, lo >> level, &t.peak[n]));
		lo += (uint64_t)1 << level;
		left -= (uint64_t)1 << level;
	}
	*out = tree_root(&t);
	return OK;
}

static enum err
proof_add(struct cx *cx, struct tree_source from, uint64_t lo, uint64_t hi, struct tree_proof *p)
{
	assert(p->n < TREE_PROOF);
	return range_root(cx, from, lo, hi, &p->at[p->n++]);
}

/* Proofs are found from the root down and given from the leaf up. */
static void
turn_round(struct tree_proof *p)
{
	for (int i = 0, j = p->n - 1; i < j; i++, j--) {
		struct hash h = p->at[i];

		p->at[i] = p->at[j];
		p->at[j] = h;
	}
}

enum err
tree_inclusion(struct cx *cx, struct tree_source from, uint64_t index, uint64_t size, struct tree_proof *out)
{
	uint64_t lo = 0, hi = size;

	assert(index < size);
	out->n = 0;
	while (hi - lo > 1) {
		uint64_t mid = lo + split(hi - lo);

		if (index < mid) {
			TRY(proof_add(cx, from, mid, hi, out));
			hi = mid;
		} else {
			TRY(proof_add(cx, from, lo, mid, out));
			lo = mid;
		}
	}
	turn_round(out);
	return OK;
}

enum err
tree_consistency(struct cx *cx, struct tree_source src, uint64_t from, uint64_t to, struct tree_proof *out)
{
	uint64_t lo = 0, hi = to;

	assert(from > 0 && from <= to);
	out->n = 0;
	while (from != hi) {
		uint64_t mid = lo + split(hi - lo);

		if (from <= mid) {
			TRY(proof_add(cx, src, mid, hi, out));
			hi = mid;
		} else {
			TRY(proof_add(cx, src, lo, mid, out));
			lo = mid;
		}
	}
	/* The old tree itself needs no telling; any smaller piece that ends where it ends does. */
	if (lo)
		TRY(proof_add(cx, src, lo, hi, out));
	turn_round(out);
	return OK;
}

static enum err
leaves_node(struct cx *cx, void *with, int level, uint64_t index, struct hash *out)
{
	const struct tree_leaves *l = with;
	struct tree t = { 0 };
	uint64_t n = (uint64_t)1 << level;

	(void)cx;
	assert(n <= l->n && index <= (l->n - n) / n);
	for (uint64_t i = 0; i < n; i++)
		tree_append(&t, l->leaf[index * n + i]);
	*out = tree_root(&t);
	return OK;
}

struct tree_source
tree_source_leaves(struct tree_leaves *l)
{
	return (struct tree_source){ leaves_node, l };
}

/* RFC 9162 §2.1.3.2, which says how to do what RFC 6962 only defines. */
bool
tree_included(const struct tree_proof *p, uint64_t index, uint64_t size, struct hash leaf, struct hash root)
{
	uint64_t fn = index, sn = size - 1;

	if (index >= size)
		return false;
	for (int i = 0; i < p->n; i++, fn >>= 1, sn >>= 1) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			leaf = tree_node(p->at[i], leaf);
			for (; !(fn & 1) && fn; fn >>= 1)
				sn >>= 1;
		} else {
			leaf = tree_node(leaf, p->at[i]);
		}
	}
	return sn == 0 && hash_eq(leaf, root);
}

/* RFC 9162 §2.1.4.2. */
bool
tree_extends(const struct tree_proof *p, uint64_t from, uint64_t to, struct hash old, struct hash root)
{
	uint64_t fn = from - 1, sn = to - 1;
	struct hash fr, sr;
	int i = 0;

	if (from == to)
		return p->n == 0 && hash_eq(old, root);
	if (from == 0 || from > to)
		return false;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	if (fn && p->n == 0)
		return false;
	fr = sr = fn ? p->at[i++] : old; /* a power of two: the old root is itself the first piece */
	for (; i < p->n; i++, fn >>= 1, sn >>= 1) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			fr = tree_node(p->at[i], fr);
			sr = tree_node(p->at[i], sr);
			for (; !(fn & 1) && fn; fn >>= 1)
				sn >>= 1;
		} else {
			sr = tree_node(sr, p->at[i]);
		}
	}
	return sn == 0 && hash_eq(fr, old) && hash_eq(sr, root);
}
