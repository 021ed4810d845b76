/* A search. The index is asked for the words and for marks of what this actor may read and wants; where it is in no order, in windows
 * that grow from the newest case back, so that a common word costs no more than a rare one. The newest few are asked for by the words
 * alone: a rare word has no more than those, and is found at once, while the marks stand in every tenth case. Then the words decide,
 * and the views: what they do not grant is not shown, whatever the index says. */
#include "core/receipt.h"
#include "desk/ask_part.h"
#include "store/search.h"

#include <stdlib.h>

enum { CHUNK = 64, LOOK_MOST = 1000, LOOK_ALONE = 256 };

/* Of windows, as powers of two: those that PostgreSQL's index has marks of. An index that is in order needs but one. */
static const int sizes[] = { 10, 14, 18, 22 };
enum { ALL = 62 };

struct found { int64_t place; struct id case_id; int counts[WORDS_TERMS], length; double score; };

struct search {
	const struct desk *d;
	const struct actor *a;
	const struct ask_filter *f;
	struct words_query q;
	struct str asked, marked;     /* of the index; and what is asked once the newest few have been looked at */
	int64_t high;                 /* the next window's newest place; below 0: there is none */
	int size, at;                 /* and its size */
	int looked;
	struct found found[CHUNK];    /* of the last window, those that hold the words */
	int n;
};

static void
narrow(struct buf *b, struct cx *cx, const char *kind, struct str value)
{
	if (value.n)
		buf_fmt(b, "\"%.*s\" AND ", F(search_mark(cx, str_of(kind), value)));
}

/* Whose tokens the case must be seen by: whoever sees all needs none. */
static void
spell_sight(struct buf *b, struct cx *cx, const struct actor *a)
{
	if (a->all == SEES_IT_ALL)
		return;
	for (ptrdiff_t i = 0; i < a->n_tokens; i++)
		buf_fmt(b, "%s\"%.*s\"", i ? " OR " : "(", F(search_mark(cx, S("sees"), a->tokens[i])));
	buf_put(b, S(") AND "));
}

static void
spell_marks(struct buf *b, struct cx *cx, const struct search *s)
{
	const struct ask_filter *f = s->f;

	spell_sight(b, cx, s->a);
	if (!f->either)
		narrow(b, cx, "open", f->closed ? S("no") : S("yes"));
	narrow(b, cx, "state", f->state);
	narrow(b, cx, "category", f->category);
	narrow(b, cx, "department", f->department);
	narrow(b, cx, "level", f->level);
	if (f->mine)
		narrow(b, cx, "owner", id_hex(cx, s->a->id));
}

static struct str
spell(struct cx *cx, const struct search *s, bool marked)
{
	struct buf b = buf_new(cx);

	if (marked)
		spell_marks(&b, cx, s);
	for (int i = 0; i < s->q.n; i++) {
		buf_put(&b, i ? S(" AND ") : S(""));
		words_spell(&b, &s->q.term[i]);
	}
	return buf_str(&b);
}

/* The newest few were looked at. How many of them nobody may know, so none of them is counted. */
static void
ask_by_marks(struct search *s)
{
	s->asked = s->marked;
	s->marked = S("");
	s->looked = 0;
}

/* The next window: those of it that hold the words. */
static enum err
look_on(struct cx *cx, struct search *s)
{
	struct row_search_hits *rows;
	struct mark m = cx_mark(cx);
	ptrdiff_t n;

	TRY(sql_search_hits(cx, s->d->db, s->asked, s->size, s->high, CHUNK, &rows, &n));
	s->n = 0;
	s->looked += (int)n;
	for (ptrdiff_t i = 0; i < n; i++) {
		struct found *f = &s->found[s->n];

		if (!words_hold(&s->q, rows[i].words))
			continue;
		*f = (struct found){ .place = rows[i].place, .case_id = rows[i].case_id, .length = (int)rows[i].words.n };
		if (s->f->best)
			words_count(&s->q, rows[i].words, f->counts);
		s->n++;
	}
	if (n == CHUNK) {
		s->high = rows[n - 1].place - 1;
	} else {
		s->high = (s->high >> s->size << s->size) - 1;
		s->at += s->at + 1 < COUNT(sizes);
		s->size = sizes[s->at];
	}
	if (s->marked.n && s->looked >= LOOK_ALONE)
		ask_by_marks(s);
	cx_back(cx, m);
	return OK;
}

static enum err
take(struct cx *cx, const struct search *s, const struct found *f, struct ask_row *row, bool *is)
{
	struct mark m = cx_mark(cx);
	enum sight_level sight = s->a->all;

	*is = false;
	if (sight < SEES_IT_ALL)
		TRY(access_sight(cx, s->d->db, s->a, f->case_id, &sight));
	if (sight == SEES_IT_ALL)
		TRY(ask_part_row(cx, s->d, s->a, s->f, f->case_id, sight, row, is));
	if (!*is)
		cx_back(cx, m);
	return OK;
}

/* Page by page, the newest first. One more than a page is looked for, to know whether there is another. */
static enum err
newest(struct cx *cx, struct search *s, struct ask_page *out)
{
	while (s->high >= 0 && s->looked < LOOK_MOST) {
		TRY(look_on(cx, s));
		for (int i = 0; i < s->n; i++) {
			bool is;

			TRY(take(cx, s, &s->found[i], &out->rows[out->n], &is));
			if (is && out->n == ASK_PAGE) {
				out->more = true;
				return OK;
			}
			if (is) {
				out->after = s->found[i].place;
				out->n++;
			}
		}
	}
	out->more = s->high >= 0;
	if (out->more) {
		out->looked = s->looked;
		out->after = s->high + 1;
	}
	return OK;
}

static int
better(const void *x, const void *y)
{
	const struct found *a = x, *b = y;

	if (a->score < b->score || a->score > b->score)
		return a->score > b->score ? -1 : 1;
	return a->place > b->place ? -1 : 1;
}

/* All of them hold all that was typed, so BM25's weight of a word is how seldom it is in them; in a short text it counts for more. */
static void
weigh(const struct search *s, struct found *all, int n)
{
	double length = 0;

	for (int i = 0; i < n; i++)
		length += all[i].length / (double)n;
	for (int t = 0; t < s->q.n; t++) {
		double mean = 0, weight;

		for (int i = 0; i < n; i++)
			mean += all[i].counts[t] / (double)n;
		weight = 1 / (mean + 0.5);
		for (int i = 0; i < n; i++)
			all[i].score += weight * all[i].counts[t] * 2.2 / (all[i].counts[t] + 1.2 * (0.25 + 0.75 * all[i].length / length));
	}
}

/* One page: the best of the newest that hold the words. */
static enum err
best(struct cx *cx, struct search *s, struct ask_page *out)
{
	struct found *all = NEW(cx, struct found, LOOK_MOST + CHUNK);
	int n = 0;

	while (s->high >= 0 && s->looked < LOOK_MOST) {
		TRY(look_on(cx, s));
		for (int i = 0; i < s->n; i++)
			all[n++] = s->found[i];
	}
	out->looked = s->high >= 0 ? s->looked : 0;
	if (!n)
		return OK;
	weigh(s, all, n);
	qsort(all, (size_t)n, sizeof *all, better);
	for (int i = 0; i < n && out->n < ASK_PAGE; i++) {
		bool is;

		TRY(take(cx, s, &all[i], &out->rows[out->n], &is));
		out->n += is;
	}
	return OK;
}

enum err
ask_search(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct ask_page *out)
{
	struct search *s = NEW(cx, struct search, 1);

	*out = (struct ask_page){ .rows = NEW(cx, struct ask_row, ASK_PAGE + 1) };
	*s = (struct search){ .d = d, .a = a, .f = f };
	words_query(cx, f->words, &s->q);
	out->cut = s->q.cut;
	if (!s->q.n || (a->all < SEES_IT_ALL && !a->n_tokens))
		return OK;
	s->marked = spell(cx, s, true);
	s->asked = spell(cx, s, false);
	if (f->best) /* of what they may read alone, or what they may not would have weight in it */
		ask_by_marks(s);
	TRY(search_upto(cx, d->db, &s->high));
	s->high--;
	s->size = db_words_in_order(d->db) ? ALL : sizes[0];
	if (f->after != INT64_MIN && f->after - 1 < s->high)
		s->high = f->after - 1;
	return f->best ? best(cx, s, out) : newest(cx, s, out);
}

enum err
ask_ref(struct cx *cx, const struct desk *d, const struct actor *a, struct str typed, struct str *ref, bool *there)
{
	struct row_case_id_of_ref *k = NULL;
	enum sight_level sight = SEES_NOTHING;

	if (receipt_ref_read(cx, desk_setting(d, S("prefix"), S("INC")), typed, ref))
		TRY(sql_case_id_of_ref(cx, d->db, *ref, &k));
	if (k)
		TRY(access_sight(cx, d->db, a, k->case_id, &sight));
	*there = sight > SEES_NOTHING;
	return OK;
}
