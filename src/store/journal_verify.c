#include "store/journal.h"

#include "base/code.h"
#include "base/js.h"
#include "core/record_run.h"

static struct str hash_bytes(const struct hash *h) { return (struct str){ (const char *)h->b, 32 }; }

/* One log while it is checked. */
struct check { struct db *db; const struct keys *keys; const struct row_heads *log; struct record_run *run; };

/* One stored entry against the run: its record, its leaf, its payload. */
static enum err
verify_entry(struct cx *cx, const struct check *c, const struct row_entries_from *row)
{
	struct record_run *run = c->run;
	struct payload content;
	struct record r;
	struct hash leaf, h;
	bool there;

	if (row->record.n != RECORD_SIZE)
		return fail(cx, ERR_TAMPERED, "entry %lld: the record has %td bytes", (long long)row->seq, row->record.n);
	TRY(record_run_add(run, (const uint8_t *)row->record.p, &r));
	leaf = record_run_leaf(run);
	if (!str_eq(row->leaf, hash_bytes(&leaf)))
		return fail(cx, ERR_TAMPERED, "entry %lld: the stored leaf is not that of its record", (long long)row->seq);
	if (!(r.flags & RECORD_PAYLOAD))
		return OK;
	if (!row->kept) {
		record_run_missing(run);
		return OK;
	}
	h = sha256(row->object);
	if ((uint64_t)row->object.n != r.payload_len || !hash_eq(h, r.payload_hash))
		return fail(cx, ERR_TAMPERED, "entry %lld: the payload is not the one recorded", (long long)row->seq);
	if (!c->keys)
		return OK;
	TRY(journal_content_of(cx, c->keys, &r, row, &content, &there));
	if (!there)
		record_run_missing(run);
	else if (h = payload_commit(content.salt, content.content), !hash_eq(h, r.commit))
		return fail(cx, ERR_TAMPERED, "entry %lld: the content is not the one committed to", (long long)row->seq);
	return OK;
}

/* The checkpoint that was signed last must be the tree's own at that size. */
static enum err
verify_checkpoint(struct cx *cx, const struct check *k)
{
	const struct tree *tree = record_run_tree(k->run);
	struct row_checkpoint_last *last;
	struct tree_proof proof;
	struct checkpoint c;
	struct skey sign;

	TRY(sql_checkpoint_last(cx, k->db, k->log->log, &last));
	if (!last || !k->keys)
		return OK;
	sign = keys_sign(k->keys, k->log->origin);
	TRY(checkpoint_open(cx, last->note, &sign.v, 1, &c, NULL));
	if (c.size > tree->size)
		return fail(cx, ERR_TAMPERED, "the journal has %llu records, but %llu were signed for", (unsigned long long)tree->size,
		    (unsigned long long)c.size);
	if (c.size == 0)
		return OK;
	TRY(tree_consistency(cx, journal_source(cx, k->db, k->log->log), c.size, tree->size, &proof));
	if (!tree_extends(&proof, c.size, tree->size, c.root, tree_root(tree)))
		return fail(cx, ERR_TAMPERED, "the journal does not extend its last signed checkpoint");
	return OK;
}

/* The first record of a later log says what is kept of the one before, which must be what stands there. */
static enum err
verify_joint(struct cx *cx, const struct check *k, const struct row_heads *before, struct hash root)
{
	struct row_entry_get *first;
	struct payload content;
	const struct js *kept;
	struct record r;
	struct js *said;
	bool there;

	TRY(sql_entry_get(cx, k->db, k->log->log, 0, &first));
	if (!first || !k->keys)
		return OK;
	TRY(record_read(cx, (const uint8_t *)first->record.p, &r));
	TRY(journal_content(cx, k->db, k->keys, k->log->log, &r, &content, &there));
	if (!there)
		return fail(cx, ERR_TAMPERED, "the first record of %.*s cannot be read", F(k->log->origin));
	TRY(js_read(cx, content.content, &said));
	kept = js_get(js_get(said, S("asked")), S("kept"));
	if (!str_eq(js_str(kept, S("origin")), before->origin) || js_int(kept, S("size"), -1) != before->size ||
	    !str_eq(js_str(kept, S("root")), base64_of(cx, root.b, 32)))
		return fail(cx, ERR_TAMPERED, "%.*s does not go on from %.*s as it stands here", F(k->log->origin), F(before->origin));
	return OK;
}

static enum err
verify_records(struct cx *cx, const struct check *k)
{
	struct row_entries_from *rows;
	struct hash last;
	ptrdiff_t n;
	int64_t seq = 0;

	do {
		struct mark m = cx_mark(cx);

		TRY(sql_entries_from(cx, k->db, k->log->log, seq, JOURNAL_PAGE, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++)
			TRY(verify_entry(cx, k, &rows[i]));
		seq += n;
		cx_back(cx, m);
	} while (n == JOURNAL_PAGE);
	TRY(record_run_end(k->run));
	last = record_run_leaf(k->run);
	if ((uint64_t)k->log->size != record_run_count(k->run) || !str_eq(k->log->last_leaf, hash_bytes(&last)))
		return fail(cx, ERR_TAMPERED, "the head of the journal does not fit its records");
	return OK;
}

/* One log, whose root is given back. `root` is that of the log before. */
static enum err
verify_log(struct cx *cx, const struct check *k, const struct row_heads *before, struct hash *root)
{
	/* the run keeps to its own arena: rows read meanwhile are given back page by page */
	enum { RUN_ROOM = 1 << 30 };
	struct check own_check = *k;
	struct cx own = *cx;
	enum err e;

	cx_begin(&own, cx_room(RUN_ROOM), RUN_ROOM);
	own.a.over = cx->a.over;
	own.why[0] = 0;
	own_check.run = record_run_start(&own, RUN_LOG, k->log->origin);
	e = verify_records(cx, &own_check);
	if (e == OK && before)
		e = verify_joint(cx, &own_check, before, *root);
	if (e == OK)
		e = verify_checkpoint(cx, &own_check);
	*root = tree_root(record_run_tree(own_check.run));
	return e == OK || !own.why[0] ? e : fail(cx, e, "%s", own.why);
}

enum err
journal_verify(struct cx *cx, struct db *db, const struct keys *keys, uint64_t *n_out)
{
	struct hash root = { { 0 } };
	struct row_heads *logs;
	ptrdiff_t n;

	TRY(sql_heads(cx, db, &logs, &n));
	if (!n)
		return fail(cx, ERR_TAMPERED, "the journal has no head");
	*n_out = 0;
	for (ptrdiff_t i = 0; i < n; i++) {
		struct check k = { .db = db, .keys = keys, .log = &logs[i] };

		if ((uint64_t)logs[i].first != *n_out)
			return fail(cx, ERR_TAMPERED, "%.*s does not begin where the logs before it end", F(logs[i].origin));
		TRY(verify_log(cx, &k, i ? &logs[i - 1] : NULL, &root));
		*n_out += (uint64_t)logs[i].size;
	}
	return OK;
}
