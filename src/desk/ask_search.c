/* A search. The index is asked for the words and for marks of what this actor may read and wants; where it is in no order, in windows
 * that grow from the newest case back, so that a common word costs no more than a rare one. A rare word is asked for alone: it has few
 * hits, whose marks are then looked at one by one, while the marks stand in every tenth case. Then the words decide, and the views:
 * what they do not grant is not shown, whatever the index says. */
#include "core/receipt.h"
#include "desk/ask_part.h"
#include "store/search.h"

#include <stdlib.h>

/* Words are rare when the newest few hits lie so many places from one another: passing over the marks of all the cases between two
 * hits then costs more than reading one. ALONE_MOST: hits after which that is seen to have been wrong. */
enum { CHUNK = ASK_PAGE + 1, LOOK_MOST = 1000, NEAR = 16, RARE = 512, ALONE_MOST = 1024, MARKS = 6 };

/* Of windows, as powers of two: those that PostgreSQL's index has marks of. An index that is in order needs but one. */
static const int sizes[] = { 10, 14, 18, 22 };
enum { ALL = 62 };

struct found { int64_t place; struct id case_id; int counts[WORDS_TERMS], length; double score; };

struct search {
	const struct desk *d;
	const struct actor *a;
	const struct ask_filter *f;
	struct words_query q;
	struct str marks[MARKS];      /* all of them are wanted */
	int n_marks;
	struct str *sees;             /* and one of these, where there are any */
	ptrdiff_t n_sees;
	bool alone;                   /* the index is asked for the words alone */
	int64_t high;                 /* the next window's newest place; below 0: there is none */
	int size, at;                 /* and its size */
	int looked;
	struct found found[CHUNK];    /* of the last window, those that hold the words */
	int n;
};

static void
want(struct cx *cx, struct search *s, const char *kind, struct str value)
{
	if (value.n)
		s->marks[s->n_marks++] = search_mark(cx, str_of(kind), value);
}

/* Whose tokens the case must be seen by: whoever sees all needs none. */
static void
want_marks(struct cx *cx, struct search *s)
{
	const struct ask_filter *f = s->f;

	if (!f->either)
		want(cx, s, "open", f->closed ? S("no") : S("yes"));
	want(cx, s, "state", f->state);
	want(cx, s, "category", f->category);
	want(cx, s, "department", f->department);
	want(cx, s, "level", f->level);
	if (f->mine)
		want(cx, s, "owner", id_hex(cx, s->a->id));
	s->sees = NEW(cx, struct str, s->a->n_tokens);
	for (ptrdiff_t i = 0; i < s->a->n_tokens && s->a->all < SEES_IT_ALL; i++)
		s->sees[s->n_sees++] = search_mark(cx, S("sees"), s->a->tokens[i]);
}

static struct str
spell(struct cx *cx, const struct search *s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s->n_sees && !s->alone; i++)
		buf_fmt(&b, "%s\"%.*s\"%s", i ? " OR " : "(", F(s->sees[i]), i + 1 < s->n_sees ? "" : ") AND ");
	for (int i = 0; i < s->n_marks && !s->alone; i++)
		buf_fmt(&b, "\"%.*s\" AND ", F(s->marks[i]));
	for (int i = 0; i < s->q.n; i++) {
		buf_put(&b, i ? S(" AND ") : S(""));
		words_spell(&b, &s->q.term[i]);
	}
	return buf_str(&b);
}

/* Does a case that was found by its words alone bear the marks? */
static bool
is_marked(const struct search *s, struct str marks)
{
	bool seen = !s->n_sees;

	for (int i = 0; i < s->n_marks; i++)
		if (str_find(marks, s->marks[i]) < 0)
			return false;
	for (ptrdiff_t i = 0; i < s->n_sees && !seen; i++)
		seen = str_find(marks, s->sees[i]) >= 0;
	return seen;
}

/* Are the words rare? As far as the newest few hits tell; of an index in windows, those of one that is not small. */
static enum err
look_ahead(struct cx *cx, struct search *s)
{
	int size = s->size == ALL ? ALL : sizes[1];
	int64_t low = s->high >> size << size;
	struct row_search_near *rows;
	ptrdiff_t n;

	s->alone = true;
	TRY(sql_search_near(cx, s->d->db, spell(cx, s), size, s->high, NEAR, &rows, &n));
	if (n == NEAR)
		low = rows[n - 1].place;
	s->alone = s->high - low >= (int64_t)n * RARE;
	if (s->alone && size != ALL) { /* the next one holds that one */
		s->at = 2;
		s->size = sizes[s->at];
	}
	return OK;
}

/* The next window: those of it that hold the words. */
static enum err
look_on(struct cx *cx, struct search *s)
{
	struct row_search_hits *rows;
	struct mark m = cx_mark(cx);
	ptrdiff_t n;

	TRY(sql_search_hits(cx, s->d->db, spell(cx, s), s->size, s->high, CHUNK, &rows, &n));
	s->n = 0;
	s->looked += (int)n;
	for (ptrdiff_t i = 0; i < n; i++) {
		struct found *f = &s->found[s->n];

		if (!words_hold(&s->q, rows[i].words) || (s->alone && !is_marked(s, rows[i].marks)))
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
	if (s->alone && s->looked >= ALONE_MOST) { /* how many were passed over nobody may know */
		s->alone = false;
		s->looked = 0;
	}
	cx_back(cx, m);
	return OK;
}

/* The lines of what was found; without a row where the views do not grant it. */
static enum err
take(struct cx *cx, const struct search *s, const struct found *found, int n, struct ask_row *rows)
{
	struct ask_at at[CHUNK];

	for (int i = 0; i < n; i++)
		at[i] = (struct ask_at){ .case_id = found[i].case_id };
	TRY(ask_part_sights(cx, s->d, s->a, at, n));
	return ask_part_rows(cx, s->d, s->a, s->f, at, n, rows);
}

/* Page by page, the newest first. One more than a page is looked for, to know whether there is another. */
static enum err
newest(struct cx *cx, struct search *s, struct ask_page *out)
{
	struct ask_row rows[CHUNK];

	while (s->high >= 0 && (s->alone || s->looked < LOOK_MOST)) {
		TRY(look_on(cx, s));
		TRY(take(cx, s, s->found, s->n, rows));
		for (int i = 0; i < s->n; i++) {
			if (!rows[i].row)
				continue;
			if (out->n == ASK_PAGE) {
				out->more = true;
				return OK;
			}
			out->after = s->found[i].place;
			out->rows[out->n++] = rows[i];
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
	struct ask_row rows[CHUNK];
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
	for (int i = 0; i < n && out->n < ASK_PAGE; i += CHUNK) {
		int some = n - i < CHUNK ? n - i : CHUNK;

		TRY(take(cx, s, all + i, some, rows));
		for (int k = 0; k < some && out->n < ASK_PAGE; k++)
			if (rows[k].row)
				out->rows[out->n++] = rows[k];
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
	want_marks(cx, s);
	TRY(search_upto(cx, d->db, &s->high));
	s->high--;
	s->size = db_words_in_order(d->db) ? ALL : sizes[0];
	if (f->after != INT64_MIN && f->after - 1 < s->high)
		s->high = f->after - 1;
	/* the best are weighed among what they may read alone, or what they may not would have weight in it */
	if (!f->best && s->high >= 0)
		TRY(look_ahead(cx, s));
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
