#include "store/effect.h"

#include "store/search.h"

static const struct {
	struct str name;
	enum err (*run)(struct cx *, struct applied *, const struct js *);
} effects[] = {
#define EFFECT(name) { { #name, sizeof #name - 1 }, effect_##name },
#include "store/effect.def"
#undef EFFECT
};

when
effect_when(const struct js *e, struct str key)
{
	struct moment m;

	return moment_read(js_str(e, key), &m) ? m.at : NEVER;
}

struct id
effect_id(const struct js *e, struct str key)
{
	struct id id = { { 0 } };

	return id_read(js_str(e, key), &id) ? id : (struct id){ { 0 } };
}

static enum err
apply_one(struct cx *cx, struct applied *a, const struct js *e)
{
	struct str name = js_str(e, S("e"));

	for (ptrdiff_t i = 0; i < COUNT(effects); i++)
		if (str_eq(effects[i].name, name))
			return effects[i].run(cx, a, e);
	return fail(cx, ERR_TAMPERED, "entry %lld has an effect “%.*s” that this version does not know", (long long)a->seq, F(name));
}

/* The case's row, its place in the queues, who came to see it: once an entry, for rows are what an entry costs. */
static enum err
case_write(struct cx *cx, struct applied *a)
{
	struct row_case_now *k = a->kase;
	struct row_case_soonest *duty;
	bool open = k && !str_eq(k->state, S("closed"));

	TRY(sql_case_soonest(cx, a->db, a->case_id, &duty));
	if (k && a->facts)
		k->facts = js_text(cx, a->facts);
	if (a->opened)
		TRY(effect_case_add(cx, a, duty->soonest));
	else if (k)
		TRY(sql_case_put(cx, a->db, a->case_id, k->facts, k->kind, k->category, k->title, k->state, k->level, k->closed_at,
		    k->owner_id, a->at, duty->soonest));
	if (k && !a->opened)
		TRY(sql_sight_touched(cx, a->db, a->case_id, open, duty->soonest));
	for (ptrdiff_t i = 0; i < a->n_sights; i++)
		TRY(sql_sight_add(cx, a->db, js_str(a->sights[i], S("token")), a->case_id, js_int(a->sights[i], S("level"), 0),
		    open, duty->soonest));
	return OK;
}

enum err
effect_apply(struct cx *cx, struct applied *a, const struct js *content)
{
	const struct js *did = js_get(content, S("did"));

	a->asked = js_get(content, S("asked"));
	a->sights = NEW(cx, const struct js *, did ? did->n : 0);
	if (!id_zero(a->case_id))
		TRY(sql_case_now(cx, a->db, a->case_id, &a->kase));
	for (const struct js *e = did ? did->first : NULL; e; e = e->next)
		TRY(apply_one(cx, a, e));
	return id_zero(a->case_id) ? OK : case_write(cx, a);
}

static enum err
rebuild_entry(struct cx *cx, struct db *db, const struct keys *keys, const struct row_heads *log,
    const struct row_entries_from *row)
{
	struct applied a = { .db = db, .seq = log->first + row->seq };
	struct payload content;
	struct record r;
	struct js *tree;
	bool there;

	TRY(record_read(cx, (const uint8_t *)row->record.p, &r));
	TRY(journal_content_of(cx, keys, &r, row, &content, &there));
	if (!there)
		return OK;
	TRY(js_read(cx, content.content, &tree));
	a.at = r.time;
	a.case_id = r.case_id;
	a.actor_id = r.actor_id;
	memcpy(a.leaf.b, row->leaf.p, 32);
	return effect_apply(cx, &a, tree);
}

static enum err
rebuild_log(struct cx *cx, struct db *db, const struct keys *keys, const struct row_heads *log)
{
	struct row_entries_from *rows;
	ptrdiff_t n;
	int64_t seq = 0, grown = JOURNAL_PAGE;

	do {
		struct mark m = cx_mark(cx);

		if (seq >= grown) {
			TRY(db_grown(cx, db));
			grown = seq * 2;
		}
		TRY(sql_entries_from(cx, db, log->log, seq, JOURNAL_PAGE, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			struct mark each = cx_mark(cx);

			TRY(rebuild_entry(cx, db, keys, log, &rows[i]));
			cx_back(cx, each);
		}
		seq += n;
		cx_back(cx, m);
	} while (n == JOURNAL_PAGE);
	return OK;
}

static enum err
rebuild(struct cx *cx, struct db *db, const struct keys *keys, uint64_t *n_out)
{
	struct row_heads *logs;
	ptrdiff_t n;

	TRY(db_forget_views(cx, db));
	TRY(sql_heads(cx, db, &logs, &n));
	*n_out = 0;
	for (ptrdiff_t i = 0; i < n; i++) {
		TRY(rebuild_log(cx, db, keys, &logs[i]));
		*n_out += (uint64_t)logs[i].size;
	}
	return search_rebuild(cx, db);
}

enum err
effect_rebuild(struct cx *cx, struct db *db, const struct keys *keys, uint64_t *n_out)
{
	enum err e;

	db_slow(db, true);
	e = rebuild(cx, db, keys, n_out);
	db_slow(db, false);
	return e;
}
