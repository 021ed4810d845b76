#include "desk/next.h"

#include "base/code.h"
#include "desk/halt.h"
#include "store/effect.h"

/* "…/7" is …, 7; a name without a number is the first of its kind. */
static int64_t
number_of(struct str origin, struct str *base)
{
	ptrdiff_t cut = origin.n;
	int64_t n;

	while (cut > 0 && origin.p[cut - 1] != '/')
		cut--;
	*base = origin;
	if (cut < 2 || !str_int(str_sub(origin, cut, origin.n), &n) || n < 1 || n >= INT64_MAX)
		return 1;
	*base = str_sub(origin, 0, cut - 1);
	return n;
}

enum err
next_know(struct cx *cx, struct next *n, const struct keys *keys, struct str note)
{
	struct str origin, rest;
	struct skey sign;

	if (!str_cut(note, '\n', &origin, &rest) || !note_name_ok(origin))
		return fail(cx, ERR_BAD_INPUT, "a known checkpoint is not a checkpoint");
	sign = keys_sign(keys, origin);
	return checkpoint_open(cx, note, &sign.v, 1, &n->known[n->n_known++], NULL);
}

/* What a checkpoint that is known says of this journal: its log stands here and has grown from it, or it ran ahead, or it
 * is one after those that stand here. */
static enum err
compare(struct cx *cx, const struct next *n, struct db *db, const struct row_heads *logs, ptrdiff_t n_logs, const struct checkpoint *c)
{
	struct str base, ours;
	struct hash root;

	for (ptrdiff_t i = 0; i < n_logs; i++) {
		if (!str_eq(logs[i].origin, c->origin))
			continue;
		if (c->size > (uint64_t)logs[i].size)
			return OK;
		TRY(journal_root_at(cx, db, logs[i].log, c->size, &root));
		return hash_eq(root, c->root) ? OK : fail(cx, ERR_TAMPERED,
		    "what is here does not agree with the checkpoint of %.*s at %llu records: one of the two is not this journal's",
		    F(c->origin), (unsigned long long)c->size);
	}
	if (number_of(c->origin, &base) <= number_of(n->last.origin, &ours) || !str_eq(base, ours))
		return fail(cx, ERR_TAMPERED, "the known checkpoint is of %.*s, which is no log of this journal", F(c->origin));
	return OK;
}

enum err
next_compare(struct cx *cx, const struct next *n, struct db *db)
{
	struct row_heads *logs;
	ptrdiff_t n_logs;

	TRY(sql_heads(cx, db, &logs, &n_logs));
	for (int i = 0; i < n->n_known; i++)
		TRY(compare(cx, n, db, logs, n_logs, &n->known[i]));
	return OK;
}

/* Records of the log that are in no backup: those that the largest checkpoint known of it is ahead. */
static int64_t
lost_of(const struct next *n, struct str origin)
{
	uint64_t most = 0, have = str_eq(origin, n->last.origin) ? n->last.tree.size : 0;

	for (int i = 0; i < n->n_known; i++)
		if (str_eq(n->known[i].origin, origin) && n->known[i].size > most)
			most = n->known[i].size;
	if (str_eq(origin, n->last.origin) && n->seen > (int64_t)most)
		most = (uint64_t)n->seen;
	return most > have ? (int64_t)(most - have) : 0;
}

static struct js *
checkpoint_js(struct cx *cx, const struct checkpoint *c)
{
	struct js *o = js_object(cx);

	js_set_str(cx, o, S("origin"), c->origin);
	js_set_int(cx, o, S("size"), (int64_t)c->size);
	js_set_str(cx, o, S("root"), base64_of(cx, c->root.b, 32));
	return o;
}

/* Is it the first one known of its log? */
static bool
is_first_of_its_log(const struct next *n, int at)
{
	for (int i = 0; i < at; i++)
		if (str_eq(n->known[i].origin, n->known[at].origin))
			return false;
	return true;
}

void
next_count(struct next *n)
{
	struct str base;

	n->lost = lost_of(n, n->last.origin);
	for (int i = 0; i < n->n_known; i++) {
		const struct checkpoint *c = &n->known[i];

		if (number_of(c->origin, &base) >= number_of(n->last.origin, &base) && !str_eq(c->origin, n->last.origin) &&
		    is_first_of_its_log(n, i))
			n->lost += lost_of(n, c->origin);
	}
}

/* What the first record says, and how the log is called: after the last one that anybody knows of. */
static struct js *
first_words(struct cx *cx, struct next *n)
{
	struct checkpoint kept = { n->last.origin, n->last.tree.size, tree_root(&n->last.tree) };
	const struct checkpoint *last = &kept;
	struct js *asked = js_object(cx);
	struct str base;
	int64_t number = number_of(kept.origin, &base);

	for (int i = 0; i < n->n_known; i++) {
		const struct checkpoint *c = &n->known[i];
		int64_t its = number_of(c->origin, &base);

		if (its > number || (its == number && c->size > last->size)) {
			last = c;
			number = its;
		}
	}
	next_count(n);
	js_set(cx, asked, S("kept"), checkpoint_js(cx, &kept));
	js_set(cx, asked, S("after"), checkpoint_js(cx, last));
	js_set_int(cx, asked, S("lost"), n->lost);
	number_of(kept.origin, &base);
	n->origin = str_fmt(cx, "%.*s/%lld", F(base), (long long)number + 1);
	return asked;
}

static enum err
set_policy(struct cx *cx, struct desk *d)
{
	struct js *request = js_object(cx), *args = js_object(cx), *answer;
	struct row_policy_in_force *policy;
	struct str text;

	TRY(sql_policy_in_force(cx, d->db, &policy));
	if (!policy)
		return OK;
	js_set_str(cx, args, S("yaml"), policy->yaml);
	js_set_str(cx, request, S("command"), S("set_policy"));
	js_set(cx, request, S("args"), args);
	TRY(desk_do(cx, d, js_text(cx, request), true, false, &text));
	return desk_answer(cx, text, &answer);
}

enum err
next_open(struct cx *cx, struct next *n, struct desk *d)
{
	struct js *words = first_words(cx, n);
	uint64_t records;

	TRY(journal_create_next(cx, &n->last, n->origin, words));
	TRY(keys_load(cx, d->dir, n->origin, &d->keys));
	TRY(effect_rebuild(cx, d->db, &d->keys, &records));
	TRY(journal_open(cx, d->db, &d->keys, n->last.node, &d->journal));
	d->before = d->journal; /* whoever undoes this ends */
	d->fresh = false;
	TRY(halt_end(cx, d));
	TRY(desk_refresh(cx, d));
	return set_policy(cx, d);
}
