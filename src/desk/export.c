/* Taking out: the journal as a bundle, and a reporter's receipt with its proof. */
#include "desk/command.h"

#include "base/code.h"
#include "core/proof.h"

/* A clock that jumped has a record before the export's own, so the size is known only now. */
static enum err
export_after(struct cx *cx, struct deed *deed)
{
	js_set_int(cx, deed->answer, S("size"), (int64_t)deed->seq + 1);
	return OK;
}

enum err
command_export(struct cx *cx, struct deed *deed)
{
	struct js *e;

	DEED_ONLY(cx, deed, S("mode"), S("reason"));
	e = deed_did(cx, deed, S("exported"));
	js_set_str(cx, e, S("mode"), S("full"));
	deed->d->sign_now = true;
	deed->after = export_after;
	return OK;
}

/* The receipt: what was said, its salt, the record that holds its hash, and where that record stands in the signed tree. */
enum err
command_receipt(struct cx *cx, struct deed *deed)
{
	struct row_entries_of_case *first;
	struct row_checkpoint_last *last;
	struct proof proof;
	struct payload content;
	struct record record;
	struct js *words = js_object(cx), *tree;
	const struct js *asked;
	ptrdiff_t n;
	bool there;

	TRY(sql_entries_of_case(cx, deed->d->db, deed->kase->id, 0, 1, &first, &n));
	if (!n)
		return fail(cx, ERR_NOT_FOUND, "this case has no entry");
	TRY(record_read(cx, (const uint8_t *)first[0].record.p, &record));
	TRY(journal_content(cx, deed->d->db, &deed->d->keys, &record, &content, &there));
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
	js_set_str(cx, deed->answer, S("record"), hex_of(cx, first[0].record.p, first[0].record.n));
	TRY(sql_checkpoint_last(cx, deed->d->db, &last));
	if (!last || last->size <= first[0].seq) {
		js_set_str(cx, deed->answer, S("proof"), S("")); /* signed within a minute: ask again then */
		return OK;
	}
	TRY(tree_inclusion(cx, journal_source(deed->d->db), (uint64_t)first[0].seq, (uint64_t)last->size, &proof.path));
	proof.index = (uint64_t)first[0].seq;
	proof.checkpoint = last->note;
	js_set_str(cx, deed->answer, S("proof"), proof_write(cx, &proof));
	return OK;
}
