#include "store/recall.h"

#include "sys/files.h"

enum { LONGEST = 4096 };

/* ERR_NOT_FOUND: nothing has been signed here. */
static enum err
remembered(struct cx *cx, const struct keys *keys, struct checkpoint *out)
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
	enum err e = remembered(cx, j->keys, &last);
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
	enum err e = remembered(cx, j->keys, &ours);

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
