#include "store/recall.h"

#include "base/code.h"
#include "base/log.h"
#include "sys/files.h"

enum { LONGEST = 4096 };

enum err
recall_last(struct cx *cx, const struct keys *keys, struct checkpoint *out)
{
	struct str text;

	TRY(files_read(cx, keys->dir, S("signed"), LONGEST, &text));
	return checkpoint_read(cx, text, out);
}

enum err
recall_signed_as(struct cx *cx, const struct keys *keys, struct str text)
{
	return files_write(cx, keys->dir, S("signed"), 0600, text);
}

/* A log of this journal that is written to no longer. */
static enum err
is_over(struct cx *cx, const struct journal *j, struct str origin, bool *over)
{
	struct row_heads *logs;
	ptrdiff_t n;

	*over = false;
	TRY(sql_heads(cx, j->db, &logs, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		*over = *over || (logs[i].log < j->log && str_eq(logs[i].origin, origin));
	return OK;
}

enum err
recall_extends(struct cx *cx, const struct journal *j, const struct checkpoint *next)
{
	struct tree_proof proof;
	struct checkpoint last;
	enum err e = recall_last(cx, j->keys, &last);
	bool over = false;

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	if (!str_eq(last.origin, next->origin))
		TRY(is_over(cx, j, last.origin, &over));
	if (over)
		return OK;
	if (!str_eq(last.origin, next->origin) || last.size > next->size)
		return fail(cx, ERR_TAMPERED, "the journal is shorter (%llu) than what was signed (%llu): it will not be signed",
		    (unsigned long long)next->size, (unsigned long long)last.size);
	if (last.size == 0)
		return OK;
	TRY(tree_consistency(cx, journal_source(cx, j->db, j->log), last.size, next->size, &proof));
	if (!tree_extends(&proof, last.size, next->size, last.root, next->root))
		return fail(cx, ERR_TAMPERED, "the journal does not extend what was signed: it will not be signed");
	return OK;
}

enum err
recall_adopt(struct cx *cx, const struct journal *j, int64_t *size)
{
	struct row_checkpoint_last *last;
	struct checkpoint ours, theirs;
	struct hash root;
	enum err e = recall_last(cx, j->keys, &ours);

	if (e != ERR_NOT_FOUND)
		TRY(e);
	*size = e == OK && str_eq(ours.origin, j->origin) ? (int64_t)ours.size : 0;
	TRY(sql_checkpoint_last(cx, j->db, j->log, &last));
	if (!last || last->size <= *size)
		return OK;
	if (checkpoint_open(cx, last->note, &j->keys->sign.v, 1, &theirs, NULL) != OK || theirs.size != (uint64_t)last->size ||
	    !str_eq(theirs.origin, j->origin))
		return fail(cx, ERR_TAMPERED, "the checkpoint of %lld records in the database was not signed by this journal's key",
		    (long long)last->size);
	TRY(journal_root_at(cx, j->db, j->log, theirs.size, &root));
	if (!hash_eq(root, theirs.root))
		return fail(cx, ERR_TAMPERED, "the journal is not the one that was signed at %lld records", (long long)last->size);
	TRY(recall_extends(cx, j, &theirs));
	*size = last->size;
	return recall_signed_as(cx, j->keys, checkpoint_text(cx, &theirs));
}

static const struct str committed = { "db/committed", 12 };

void
recall_committed(struct cx *cx, const struct journal *j, int dir)
{
	struct js *o = js_object(cx);

	js_set_int(cx, o, S("log"), j->log);
	js_set_int(cx, o, S("size"), (int64_t)j->tree.size);
	js_set_str(cx, o, S("leaf"), hex_of(cx, j->last_leaf.b, 32));
	if (files_write(cx, dir, committed, 0600, js_text(cx, o)) != OK)
		log_line("how far was committed could not be noted: %s", cx->why);
}

/* What was noted of the log that is written to. */
static enum err
noted(struct cx *cx, const struct journal *j, int dir, int64_t *size, struct str *leaf)
{
	struct str text;
	struct js *o;
	enum err e = files_read(cx, dir, committed, LONGEST, &text);

	*size = 0;
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	TRY(js_read(cx, text, &o));
	*leaf = js_str(o, S("leaf"));
	if (js_int(o, S("log"), 0) == j->log)
		*size = js_int(o, S("size"), 0);
	return OK;
}

enum err
recall_seen(struct cx *cx, const struct journal *j, int dir, int64_t *size)
{
	struct str leaf;

	return noted(cx, j, dir, size, &leaf);
}

enum err
recall_holds(struct cx *cx, const struct journal *j, int dir)
{
	struct row_entry_get *row;
	struct str leaf;
	int64_t size;

	TRY(noted(cx, j, dir, &size, &leaf));
	if (size < 1)
		return OK;
	TRY(sql_entry_get(cx, j->db, j->log, size - 1, &row));
	if (!row || !str_eq(hex_of(cx, row->leaf.p, row->leaf.n), leaf))
		return fail(cx, ERR_TAMPERED, "%lld records had been committed here, and the journal has %s", (long long)size,
		    row ? "others" : str_fmt(cx, "%llu", (unsigned long long)j->tree.size).p);
	return OK;
}
