/* Taking out: the journal as a bundle, and a reporter's receipt with its proof. */
#include "desk/command.h"

#include "base/code.h"
#include "core/proof.h"
#include "desk/backup.h"
#include "desk/lease.h"

/* A clock that jumped has a record before the export's own, so the size is known only now. A log of before a restore
 * goes out as it stands. What is
 * signed next must be exactly as far as this record, so nobody else may sign from this commit on. */
static enum err
export_after(struct cx *cx, struct deed *deed)
{
	struct journal *j = &deed->d->journal;
	int64_t log = js_int(deed->args, S("log"), j->log), size = (int64_t)deed->seq + 1;
	struct row_heads *logs;
	ptrdiff_t n;

	TRY(sql_heads(cx, deed->d->db, &logs, &n));
	if (log < 1 || log > j->log || n < log)
		return fail(cx, ERR_NOT_FOUND, "there is no log %lld here: the last is %lld", (long long)log, (long long)j->log);
	js_set_int(cx, deed->answer, S("size"), log < j->log ? logs[log - 1].size : size);
	return lease_seize(cx, deed->d, LEASE_SIGNER);
}

/* Of a case: an entry of its own in that case, but under the system's key, so that it stays readable when the case is
 * erased; it says nothing of what is in the case. */
enum err
command_export(struct cx *cx, struct deed *deed)
{
	struct str mode = js_str(deed->args, S("mode"));
	bool whole = !deed->kase;
	struct js *e;

	DEED_ONLY(cx, deed, S("mode"), S("log"), S("reason"));
	if (str_eq(mode, S("case")) == whole)
		fault_add(cx, S("mode"), 0, 0, S("export"), "“case” goes with a case, and with nothing else");
	if (!whole && js_get(deed->args, S("log")))
		fault_add(cx, S("log"), 0, 0, S("export"), "a case goes out of the log that is written to");
	e = deed_did(cx, deed, S("exported"));
	js_set_str(cx, e, S("mode"), !whole || str_eq(mode, S("backup")) ? mode : S("full"));
	if (!whole)
		deed_timeline(cx, deed, S("exported"), S("took the case out as a bundle"), S(""), S("team"));
	deed->under = UNDER_SYSTEM;
	deed->d->sign_now = true;
	deed->after = export_after;
	return OK;
}

/* {"note"}: when, how much and where. No entry: the backup is over, and what it lacks should be what people did. */
enum err
command_backed_up(struct cx *cx, struct deed *deed)
{
	struct str note = deed_text(cx, deed, S("note"), true, 2000), what, where;
	when at;

	DEED_ONLY(cx, deed, S("note"));
	TRY(fault_end(cx));
	if (!backup_note_read(note, &at, &what, &where))
		return fail(cx, ERR_BAD_INPUT, "note: must say when, how much and where");
	return sql_meta_set(cx, deed->d->db, S("backup_done"), note);
}

/* The receipt: what was said, its salt, the record that holds its hash, and where that record stands in the signed tree. */
enum err
command_receipt(struct cx *cx, struct deed *deed)
{
	struct row_entry_first_of_case *first;
	struct row_checkpoint_last *last;
	struct proof proof;
	struct payload content;
	struct record record;
	struct js *words = js_object(cx), *tree;
	const struct js *asked;
	bool there;

	TRY(sql_entry_first_of_case(cx, deed->d->db, deed->kase->id, &first));
	if (!first)
		return fail(cx, ERR_NOT_FOUND, "this case has no entry");
	TRY(record_read(cx, (const uint8_t *)first->record.p, &record));
	TRY(journal_content(cx, deed->d->db, &deed->d->keys, first->log, &record, &content, &there));
	if (!there)
		return fail(cx, ERR_NOT_FOUND, "what was said has been erased");
	TRY(js_read(cx, content.content, &tree));
	asked = js_get(tree, S("asked"));
	js_set_str(cx, words, S("narrative"), str_trim(js_str(asked, S("narrative"))));
	if (js_get(asked, S("answers")))
		js_set(cx, words, S("answers"), js_share(cx, js_get(asked, S("answers"))));
	js_set_str(cx, deed->answer, S("ref"), deed->kase->ref);
	js_set_str(cx, deed->answer, S("words"), js_text(cx, words));
	js_set_str(cx, deed->answer, S("salt"), hex_of(cx, content.salt, PAYLOAD_SALT));
	js_set_str(cx, deed->answer, S("said"), js_str(tree, S("said")));
	js_set_str(cx, deed->answer, S("record"), hex_of(cx, first->record.p, first->record.n));
	TRY(sql_checkpoint_last(cx, deed->d->db, first->log, &last));
	if (!last || last->size <= first->seq) {
		js_set_str(cx, deed->answer, S("proof"), S("")); /* signed within a minute: ask again then */
		return OK;
	}
	TRY(tree_inclusion(cx, journal_source(cx, deed->d->db, first->log), (uint64_t)first->seq, (uint64_t)last->size,
	    &proof.path));
	proof.index = (uint64_t)first->seq;
	proof.checkpoint = last->note;
	js_set_str(cx, deed->answer, S("proof"), proof_write(cx, &proof));
	return OK;
}
