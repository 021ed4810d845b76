#include "base/code.h"
#include "base/test.h"
#include "core/tree.h"

enum { MOST = 40 };

/* RFC 6962 §2.1 word for word, as an oracle. */
static struct hash
mth(const struct hash *leaf, int n)
{
	int k = 1;

	if (n == 0)
		return sha256(S(""));
	if (n == 1)
		return leaf[0];
	while (k * 2 < n)
		k *= 2;
	return tree_node(mth(leaf, k), mth(leaf + k, n - k));
}

static struct hash leaf[MOST];

static struct tree_source
source(struct cx *cx)
{
	static struct tree_leaves l = { leaf, MOST };

	for (int i = 0; i < MOST; i++)
		leaf[i] = tree_leaf(str_fmt(cx, "leaf %d", i));
	return tree_source_leaves(&l);
}

TEST(tree_roots_are_those_of_the_vectors)
{
	static const struct str entries[] = {
		{ "", 0 }, { "\0", 1 }, { "\x10", 1 }, { "\x20\x21", 2 }, { "\x30\x31", 2 }, { "\x40\x41\x42\x43", 4 },
		{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
		{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 }
	};
	static const char *const roots[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
	};
	struct tree t = { 0 };

	for (ptrdiff_t n = 0; n < COUNT(roots); n++) {
		EXPECT_STR(hex_of(cx, tree_root(&t).b, 32), str_of(roots[n]));
		if (n < COUNT(entries))
			tree_append(&t, tree_leaf(entries[n]));
	}
}

TEST(tree_frontier_agrees_with_the_definition)
{
	struct tree t = { 0 };

	source(cx);
	for (int n = 0; n < MOST; n++) {
		EXPECT(hash_eq(tree_root(&t), mth(leaf, n)));
		tree_append(&t, leaf[n]);
	}
}

/* A proof that shows too much or something else is refused: each hash changed, one dropped, one added. */
static void
spoil(const struct tree_proof *p, bool (*holds)(const struct tree_proof *, const void *), const void *with)
{
	struct tree_proof q;

	for (int i = 0; i < p->n; i++) {
		q = *p, q.at[i].b[i] ^= 1;
		EXPECT(!holds(&q, with));
		q = *p, memmove(q.at + i, q.at + i + 1, (size_t)(p->n - i - 1) * sizeof q.at[0]), q.n--;
		EXPECT(!holds(&q, with));
	}
	for (int i = 0; i <= p->n; i++) {
		q = *p, memmove(q.at + i + 1, q.at + i, (size_t)(p->n - i) * sizeof q.at[0]), q.n++;
		EXPECT(!holds(&q, with));
	}
}

struct claim { uint64_t a, b; struct hash x, y; };

static bool
included(const struct tree_proof *p, const void *with)
{
	const struct claim *c = with;

	return tree_included(p, c->a, c->b, c->x, c->y);
}

static bool
extends(const struct tree_proof *p, const void *with)
{
	const struct claim *c = with;

	return tree_extends(p, c->a, c->b, c->x, c->y);
}

TEST(tree_inclusion_of_every_leaf_of_every_small_tree)
{
	struct tree_source src = source(cx);
	struct tree_proof p;
	long tried = 0;

	for (int n = 1; n <= MOST; n++) {
		for (int i = 0; i < n; i++) {
			struct claim c = { (uint64_t)i, (uint64_t)n, leaf[i], mth(leaf, n) };

			EXPECT_OK(tree_inclusion(cx, src, c.a, c.b, &p));
			EXPECT(included(&p, &c));
			spoil(&p, included, &c);
			for (uint64_t j = 0; j <= c.b; j++)
				EXPECT(tree_included(&p, j, c.b, c.x, c.y) == (j == c.a));
			EXPECT(!tree_included(&p, c.a, c.b, leaf[(i + 1) % MOST], c.y));
			tried++;
		}
	}
	EXPECT(tried == MOST * (MOST + 1) / 2);
}

TEST(tree_consistency_of_every_pair_of_small_trees)
{
	struct tree_source src = source(cx);
	struct tree_proof p, none = { 0 };

	for (int n = 1; n <= MOST; n++) {
		for (int m = 1; m <= n; m++) {
			struct claim c = { (uint64_t)m, (uint64_t)n, mth(leaf, m), mth(leaf, n) };

			EXPECT_OK(tree_consistency(cx, src, c.a, c.b, &p));
			EXPECT(extends(&p, &c));
			spoil(&p, extends, &c);
			EXPECT(tree_extends(&p, c.a, c.b, leaf[0], c.y) == (m == 1));
			EXPECT(!tree_extends(&p, c.a, c.b, c.x, leaf[1]));
			EXPECT(!tree_extends(&p, c.b + 1, c.b, c.x, c.y));
		}
	}
	EXPECT(!tree_extends(&none, 0, 5, sha256(S("")), leaf[0]));
	EXPECT(tree_extends(&none, 0, 0, sha256(S("")), sha256(S(""))));
}

static enum err
broken(struct cx *cx, void *with, int level, uint64_t index, struct hash *out)
{
	(void)with, (void)level, (void)index, (void)out;
	return (fail)(cx, ERR_NO_ROOM, "gone");
}

TEST(tree_proof_passes_on_what_its_source_says)
{
	struct tree_proof p;

	EXPECT(tree_inclusion(cx, (struct tree_source){ broken, NULL }, 1, 3, &p) == ERR_NO_ROOM);
	EXPECT(tree_consistency(cx, (struct tree_source){ broken, NULL }, 2, 3, &p) == ERR_NO_ROOM);
}
