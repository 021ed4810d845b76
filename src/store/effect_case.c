/* Effects on a case itself: what it is, who may see it, what was said on it. */
#include "base/code.h"
#include "core/receipt.h"
#include "store/effect.h"

static struct str
part(struct cx *cx, const struct js *of, struct str key, struct str otherwise)
{
	const struct js *j = js_get(of, key);

	return j ? js_text(cx, j) : otherwise;
}

static struct str
hash_field(struct cx *cx, const struct js *e, struct str key)
{
	char *b = NEW(cx, char, 32);

	return (struct str){ b, hex_read(js_str(e, key), b, 32) ? 32 : 0 };
}

static enum err
no_case(struct cx *cx, const struct applied *a)
{
	return fail(cx, ERR_TAMPERED, "entry %lld changes a case that is not there", (long long)a->seq);
}

enum err
effect_case_opened(struct cx *cx, struct applied *a, const struct js *e)
{
	if (a->kase)
		return fail(cx, ERR_TAMPERED, "entry %lld opens a case that is there", (long long)a->seq);
	a->opened = e;
	a->facts = js_object(cx);
	a->kase = NEW(cx, struct row_case_now, 1);
	*a->kase = (struct row_case_now){ .kind = js_str(e, S("kind")), .category = js_str(e, S("category")),
		.title = js_str(e, S("title")), .state = S("new"), .level = S(""), .closed_at = NEVER };
	return OK;
}

enum err
effect_case_add(struct cx *cx, struct applied *a, int64_t soonest)
{
	const struct row_case_now *k = a->kase;
	const struct js *e = a->opened;

	return sql_case_add(cx, a->db, a->case_id, js_str(e, S("ref")), k->kind, k->category, k->title, k->state, k->facts,
	    k->level, k->closed_at, k->owner_id, str_trim(js_str(a->asked, S("narrative"))),
	    part(cx, a->asked, S("answers"), S("{}")),
	    js_str(e, S("department")), js_str(e, S("channel")), js_str(e, S("entry_point")), effect_id(e, S("reporter_id")),
	    js_str(e, S("reporter")), effect_when(e, S("reported_at")), a->at, js_true(e, S("historical")), soonest,
	    hash_field(cx, e, S("said")), js_str(e, S("import_id")), hash_field(cx, e, S("import_hash")));
}

/* facts: {"name":{"v":value,"by":who,"seq":entry}}; a null takes the fact away. `by` names a person by actor_id, or says
 * "policy" where the pack's reading of the category or of silence set it. */
enum err
effect_facts_set(struct cx *cx, struct applied *a, const struct js *e)
{
	const struct js *set = js_get(e, S("set"));
	struct js *now = js_object(cx);

	if (!a->kase)
		return no_case(cx, a);
	if (!a->facts)
		TRY(js_read(cx, a->kase->facts, &a->facts));
	for (const struct js *f = a->facts->first; f; f = f->next)
		if (!js_get(set, f->key))
			js_set(cx, now, f->key, js_share(cx, f));
	for (const struct js *f = set ? set->first : NULL; f; f = f->next) {
		struct js *one = js_object(cx);

		if (f->type == JS_NULL)
			continue;
		js_set(cx, one, S("v"), js_share(cx, f));
		js_set_str(cx, one, S("by"), js_get(e, S("by")) ? js_str(e, S("by")) : id_hex(cx, a->actor_id));
		js_set_int(cx, one, S("seq"), a->seq);
		js_set(cx, now, f->key, one);
	}
	a->facts = now;
	a->kase->kind = js_str(js_get(now, S("kind")), S("v"));
	a->kase->category = js_str(js_get(now, S("category")), S("v"));
	return OK;
}

enum err
effect_level_set(struct cx *cx, struct applied *a, const struct js *e)
{
	if (!a->kase)
		return no_case(cx, a);
	a->kase->level = js_str(e, S("level"));
	return OK;
}

enum err
effect_case_state(struct cx *cx, struct applied *a, const struct js *e)
{
	if (!a->kase)
		return no_case(cx, a);
	a->kase->state = js_str(e, S("state"));
	a->kase->closed_at = str_eq(a->kase->state, S("closed")) ? a->at : NEVER;
	return OK;
}

enum err
effect_case_owner(struct cx *cx, struct applied *a, const struct js *e)
{
	if (!a->kase)
		return no_case(cx, a);
	a->kase->owner_id = effect_id(e, S("actor"));
	return OK;
}

enum err
effect_case_title(struct cx *cx, struct applied *a, const struct js *e)
{
	if (!a->kase)
		return no_case(cx, a);
	a->kase->title = js_str(e, S("title"));
	return OK;
}

enum err
effect_sight(struct cx *cx, struct applied *a, const struct js *e)
{
	(void)cx;
	a->sights[a->n_sights++] = e;
	return OK;
}

enum err
effect_timeline(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_timeline_add(cx, a->db, a->case_id, a->seq, a->at, js_str(e, S("kind")), a->actor_id, js_str(e, S("what")),
	    js_str(e, S("words")), js_str(e, S("audience")), receipt_seal(cx, a->leaf), effect_id(e, S("whom")));
}

enum err
effect_message(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_message_add(cx, a->db, a->case_id, a->seq, effect_id(e, S("id")), a->at, js_str(e, S("kind")),
	    js_true(e, S("from_reporter")), a->actor_id, js_str(e, S("words")));
}

enum err
effect_message_read(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_message_read(cx, a->db, effect_id(e, S("id")), a->at, js_str(e, S("reply")));
}

enum err
effect_attached(struct cx *cx, struct applied *a, const struct js *e)
{
	return sql_attachment_add(cx, a->db, a->case_id, effect_id(e, S("object")), effect_id(e, S("dek")), js_str(e, S("name")),
	    js_str(e, S("type")), js_int(e, S("size"), 0), js_int(e, S("stored_size"), 0), hash_field(cx, e, S("plain")),
	    hash_field(cx, e, S("stored")), a->at, a->actor_id, a->seq);
}
