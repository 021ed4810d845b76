#include "store/journal.h"

#include "core/record_run.h"

enum { AT_A_TIME = 512 };

static struct str hash_bytes(const struct hash *h) { return (struct str){ (const char *)h->b, 32 }; }

/* One stored entry against the run: its record, its leaf, its payload. */
static enum err
verify_entry(struct cx *cx, struct db *db, const struct keys *keys, struct record_run *run, const struct row_entries_from *row)
{
	struct row_payload_get *object;
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
	TRY(sql_payload_get(cx, db, row->seq, &object));
	if (!object) {
		record_run_missing(run);
		return OK;
	}
	h = sha256(object->object);
	if ((uint64_t)object->object.n != r.payload_len || !hash_eq(h, r.payload_hash))
		return fail(cx, ERR_TAMPERED, "entry %lld: the payload is not the one recorded", (long long)row->seq);
	if (!keys)
		return OK;
	TRY(journal_content(cx, db, keys, &r, &content, &there));
	if (!there)
		record_run_missing(run);
	else if (h = payload_commit(content.salt, content.content), !hash_eq(h, r.commit))
		return fail(cx, ERR_TAMPERED, "entry %lld: the content is not the one committed to", (long long)row->seq);
	return OK;
}

/* The checkpoint that was signed last must be the tree's own at that size. */
static enum err
verify_checkpoint(struct cx *cx, struct db *db, const struct keys *keys, const struct tree *tree)
{
	struct row_checkpoint_last *last;
	struct tree_proof proof;
	struct checkpoint c;

	TRY(sql_checkpoint_last(cx, db, &last));
	if (!last || !keys)
		return OK;
	TRY(checkpoint_open(cx, last->note, &keys->sign.v, 1, &c, NULL));
	if (c.size > tree->size)
		return fail(cx, ERR_TAMPERED, "the journal has %llu records, but %llu were signed for", (unsigned long long)tree->size,
		    (unsigned long long)c.size);
	if (c.size == 0)
		return OK;
	TRY(tree_consistency(cx, journal_source(db), c.size, tree->size, &proof));
	if (!tree_extends(&proof, c.size, tree->size, c.root, tree_root(tree)))
		return fail(cx, ERR_TAMPERED, "the journal does not extend its last signed checkpoint");
	return OK;
}

enum err
journal_verify(struct cx *cx, struct db *db, const struct keys *keys, struct str origin, uint64_t *n_out)
{
	/* the run keeps to its own arena: rows read meanwhile are given back page by page */
	enum { RUN_ROOM = 1 << 30 };
	struct cx own = *cx;
	struct row_entries_from *rows;
	struct record_run *run;
	struct row_head_get *head;
	struct hash last;
	ptrdiff_t n;
	int64_t seq = 0;

	cx_begin(&own, cx_room(RUN_ROOM), RUN_ROOM);
	own.a.over = cx->a.over;
	run = record_run_start(&own, RUN_LOG, origin);
	do {
		struct mark m = cx_mark(cx);

		TRY(sql_entries_from(cx, db, seq, AT_A_TIME, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			enum err e = verify_entry(cx, db, keys, run, &rows[i]);

			if (e != OK)
				return fail(cx, e, "%s", own.why[0] ? own.why : cx->why);
		}
		seq += n;
		cx_back(cx, m);
	} while (n == AT_A_TIME);
	enum err e = record_run_end(run);
	if (e != OK)
		return fail(cx, e, "%s", own.why);
	TRY(sql_head_get(cx, db, &head));
	last = record_run_leaf(run);
	if (!head || (uint64_t)head->size != record_run_count(run) || !str_eq(head->last_leaf, hash_bytes(&last)))
		return fail(cx, ERR_TAMPERED, "the head of the journal does not fit its records");
	*n_out = record_run_count(run);
	return verify_checkpoint(cx, db, keys, record_run_tree(run));
}
