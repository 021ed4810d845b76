#include "store/search.h"

#include "base/code.h"
#include "base/hash.h"
#include "core/idmap.h"

enum { TIMELINE = 100, SEEN_IN_FULL = 2, GRIND = -500, AT_A_TIME = 256, LINES_MOST = 5000 };

struct str
search_mark(struct cx *cx, struct str kind, struct str value)
{
	struct hash h = HASH(kind, S("\n"), value);

	return str_fmt(cx, "_%.*s", F(str_lower(cx, base32_of(cx, h.b, 10, 16))));
}

static void
mark_put(struct buf *b, struct cx *cx, struct str kind, struct str value)
{
	buf_char(b, ' ');
	buf_put(b, search_mark(cx, kind, value));
}

enum err
search_upto(struct cx *cx, struct db *db, int64_t *out)
{
	struct row_search_upto_get *row;

	TRY(sql_search_upto_get(cx, db, &row));
	*out = row ? row->upto : 0;
	return OK;
}

/* What was said on a case, the newest first, as far as there is room. */
static enum err
said_put(struct buf *words, struct cx *cx, struct db *db, struct id case_id)
{
	int64_t before = INT64_MAX;

	for (int lines = 0; lines < LINES_MOST && words->n < WORDS_TEXT / 2; lines += TIMELINE) {
		struct row_timeline *rows;
		ptrdiff_t n;

		TRY(sql_timeline(cx, db, case_id, before, TIMELINE, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++)
			if (!str_eq(rows[i].kind, S("report"))) /* that is the narrative */
				words_put(words, rows[i].words);
		if (n < TIMELINE)
			return OK;
		before = rows[n - 1].seq;
	}
	return OK;
}

static enum err
marks_put(struct buf *marks, struct cx *cx, struct db *db, const struct row_case_get *k)
{
	struct row_sights_of_case *sights;
	ptrdiff_t n;

	mark_put(marks, cx, S("open"), str_eq(k->state, S("closed")) ? S("no") : S("yes"));
	mark_put(marks, cx, S("state"), k->state);
	mark_put(marks, cx, S("category"), k->category);
	mark_put(marks, cx, S("department"), k->department);
	mark_put(marks, cx, S("level"), k->level);
	if (!id_zero(k->owner_id))
		mark_put(marks, cx, S("owner"), id_hex(cx, k->owner_id));
	TRY(sql_sights_of_case(cx, db, k->case_id, &sights, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (sights[i].level == SEEN_IN_FULL)
			mark_put(marks, cx, S("sees"), sights[i].token);
	return OK;
}

static enum err
document(struct cx *cx, struct db *db, const struct row_case_get *k, struct str *words, struct str *marks)
{
	struct buf w = buf_new(cx), m = buf_new(cx);

	words_put(&w, k->ref);
	words_put(&w, k->title);
	words_put(&w, k->department);
	words_put(&w, k->narrative);
	TRY(said_put(&w, cx, db, k->case_id));
	TRY(marks_put(&m, cx, db, k));
	*words = buf_str(&w);
	*marks = buf_str(&m);
	return OK;
}

/* What stands in the index beside the words themselves and the marks. Whoever changes how it is made must have the index made again: it
 * forgets a text by what it was given. */
static struct str
starts(struct cx *cx, struct str words)
{
	struct buf b = buf_new(cx);

	words_starts(&b, cx, words);
	return buf_str(&b);
}

static enum err
take_out(struct cx *cx, struct db *db, int64_t place, const struct row_search_row *had)
{
	return had ? sql_search_take(cx, db, place, had->words, starts(cx, had->words), had->marks) : OK;
}

static enum err
refresh(struct cx *cx, struct db *db, struct id case_id)
{
	struct row_report_entry *first;
	struct row_search_row *had;
	struct row_case_get *k;
	struct str words, marks;

	TRY(sql_case_get(cx, db, case_id, &k));
	TRY(sql_report_entry(cx, db, case_id, &first));
	if (!k || !first)
		return OK;
	TRY(document(cx, db, k, &words, &marks));
	TRY(sql_search_row(cx, db, first->seq, &had));
	if (had && str_eq(had->words, words) && str_eq(had->marks, marks))
		return OK;
	TRY(take_out(cx, db, first->seq, had));
	TRY(sql_search_add(cx, db, first->seq, words, starts(cx, words), marks));
	return sql_search_row_set(cx, db, first->seq, case_id, marks, words);
}

/* The log that a place stands in; NULL: none yet. */
static const struct row_heads *
log_of(const struct row_heads *logs, ptrdiff_t n, int64_t place)
{
	for (ptrdiff_t i = 0; i < n; i++)
		if (place >= logs[i].first && place < logs[i].first + logs[i].size)
			return &logs[i];
	return NULL;
}

enum err
search_go_on(struct cx *cx, struct db *db, int64_t most, bool *more)
{
	struct row_entries_of_cases *rows;
	const struct row_heads *log;
	struct row_heads *logs;
	struct idmap done = idmap_new(cx, sizeof(struct id));
	ptrdiff_t n, n_logs;
	int64_t upto;

	*more = false;
	TRY(search_upto(cx, db, &upto));
	TRY(sql_heads(cx, db, &logs, &n_logs));
	log = log_of(logs, n_logs, upto);
	if (!log)
		return OK;
	TRY(sql_entries_of_cases(cx, db, log->log, upto - log->first, most, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct mark m;

		if (id_zero(rows[i].case_id) || idmap_find(&done, rows[i].case_id))
			continue;
		idmap_have(&done, rows[i].case_id);
		m = cx_mark(cx);
		TRY(refresh(cx, db, rows[i].case_id));
		cx_back(cx, m);
	}
	*more = n > 0 && log_of(logs, n_logs, upto + n) != NULL;
	return n ? sql_search_upto_set(cx, db, upto + n) : OK;
}

enum err
search_rebuild(struct cx *cx, struct db *db)
{
	bool more = true;

	TRY(sql_search_empty(cx, db));
	TRY(sql_search_upto_set(cx, db, 0));
	while (more) {
		struct mark m = cx_mark(cx);

		TRY(search_go_on(cx, db, AT_A_TIME, &more));
		cx_back(cx, m);
	}
	return OK;
}

enum err
search_forget(struct cx *cx, struct db *db, struct id case_id, bool *was)
{
	struct row_report_entry *first;
	struct row_search_row *had = NULL;

	TRY(sql_report_entry(cx, db, case_id, &first));
	if (first)
		TRY(sql_search_row(cx, db, first->seq, &had));
	*was = had != NULL;
	if (!had)
		return OK;
	TRY(take_out(cx, db, first->seq, had));
	return sql_search_row_end(cx, db, first->seq);
}

/* Below 0: all is merged into one, not only what there is much of. A step that had nothing to do changes a row or none. */
enum err
search_grind(struct cx *cx, struct db *db, bool *more)
{
	int64_t before = db_rows_written(db);

	TRY(sql_search_merge(cx, db, GRIND));
	*more = db_rows_written(db) - before >= 2;
	return OK;
}
