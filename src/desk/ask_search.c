/* A search. What the words hit first tells how to go on. Words that are rare are asked for alone: their few hits' marks of what this
 * actor may read and wants are looked at one by one. Others are asked for with the marks, so that what may not be read costs nothing.
 * Where the index knows no order the statement itself goes on like that (sql/search.sql), and all that it gives bears the marks.
 * Then the words decide, and the views: what they do not grant is not shown, whatever the index says. */
#include "core/receipt.h"
#include "desk/ask_part.h"
#include "store/search.h"

#include <stdlib.h>
#include <string.h>

/* Words are rare when their newest hits lie so many places from one another: passing over the marks of all the cases between two
 * hits then costs more than reading one. ALONE_MOST: hits after which that is seen to have been wrong. FEW: so many hits in all an
 * index that is in order reads as quickly as the newest of them. NEAR: so many first hits tell which they are. */
enum { CHUNK = ASK_PAGE + 1, LOOK_MOST = 1000, NEAR = 16, RARE = 512, ALONE_MOST = 1024, FEW = 4096, MARKS = 6 };

struct found { int64_t place; struct id case_id; int length; double score; };
struct counts { int of[WORDS_TERMS]; };

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
	bool seldom;                  /* and for each as such */
	int64_t high;                 /* the next hits' newest place; below 0: there are none */
	int looked, fit;              /* so many of those that were looked at hold the words and bear the marks */
	struct found found[LOOK_MOST + 2 * CHUNK]; /* what holds the words and is not taken yet */
	int n;
	struct counts *counts;        /* how often each of them holds each word, for the best; else NULL */
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
spell_words(struct cx *cx, const struct search *s, bool seldom)
{
	struct buf b = buf_new(cx);

	for (int i = 0; i < s->q.n; i++) {
		buf_put(&b, i ? S(" AND ") : S(""));
		words_spell(&b, &s->q.term[i], seldom);
	}
	return buf_str(&b);
}

static struct str
spell_marks(struct cx *cx, const struct search *s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s->n_sees; i++)
		buf_fmt(&b, "%s\"~%.*s\"%s", i ? " OR " : "(", F(s->sees[i]), i + 1 < s->n_sees ? "" : ") AND ");
	for (int i = 0; i < s->n_marks; i++)
		buf_fmt(&b, "\"~%.*s\" AND ", F(s->marks[i]));
	return buf_str(&b);
}

/* What the marks of a case are like if it bears these: they stand in it in the order in which they are wanted here. */
static struct str
spell_fits(struct cx *cx, const struct search *s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s->n_sees || (!i && s->n_marks); i++) {
		buf_put(&b, i ? S(" ") : S(""));
		for (int k = 0; k < s->n_marks; k++)
			buf_fmt(&b, "%%%.*s", F(s->marks[k]));
		if (s->n_sees)
			buf_fmt(&b, "%%%.*s", F(s->sees[i]));
		buf_char(&b, '%');
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

/* What the first hits say of all: `held` of them hold the words. */
static void
judge(struct search *s, const struct row_search_hits *rows, ptrdiff_t n, int held)
{
	int64_t newest = rows[0].place, span = newest - rows[n - 1].place + 1;

	s->alone = span >= (int64_t)n * RARE;
	s->seldom = s->alone || held * newest / span < FEW;
}

static ptrdiff_t lacking(const struct search *s) { return s->n < CHUNK ? CHUNK - s->n : CHUNK; }

/* So many hits are asked for as are likely to be a page: of rare words most may be of cases that this actor does not see. */
static ptrdiff_t
ask_for(const struct search *s)
{
	int64_t most = COUNT(s->found) - s->n, likely;

	if (!s->alone || s->looked < CHUNK)
		return s->alone && !s->looked ? NEAR : CHUNK;
	likely = lacking(s) * s->looked / (s->fit + 1);
	return (ptrdiff_t)(likely < CHUNK ? CHUNK : likely < most ? likely : most);
}

/* The next hits: those of them that hold the words. What an index without order finds by steps bears the marks; some more than are
 * lacking are taken along, for of a word that goes on some do so otherwise. */
static enum err
look_on(struct cx *cx, struct search *s)
{
	bool in_order = db_words_in_order(s->d->db), was_alone = s->alone, first = s->alone && !s->looked;
	ptrdiff_t most = in_order ? ask_for(s) : CHUNK + CHUNK / 2, enough = in_order ? most : lacking(s), n;
	struct mark m = cx_mark(cx);
	struct row_search_hits *rows;
	int held = 0;

	TRY(sql_search_hits(cx, s->d->db, spell_words(cx, s, s->seldom), in_order ? S("") : spell_words(cx, s, true),
	    s->alone ? S("") : spell_marks(cx, s), in_order ? S("") : spell_fits(cx, s), s->high, enough, most, &rows, &n));
	s->looked += (int)n;
	for (ptrdiff_t i = 0; i < n; i++) {
		struct found *f = &s->found[s->n];
		bool good = !was_alone || is_marked(s, rows[i].marks);

		if ((!good && !first) || !words_hold(&s->q, rows[i].words))
			continue;
		held++;
		if (!good)
			continue;
		*f = (struct found){ .place = rows[i].place, .case_id = rows[i].case_id, .length = (int)rows[i].words.n };
		if (s->counts)
			words_count(&s->q, rows[i].words, s->counts[s->n].of);
		s->n++;
		s->fit++;
	}
	s->high = n < enough ? -1 : rows[n - 1].place - 1;
	if (first && s->high >= 0)
		judge(s, rows, n, held);
	s->alone = s->alone && s->looked < ALONE_MOST;
	if (was_alone && !s->alone) /* how many were passed over nobody may know */
		s->looked = 0;
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
	return ask_part_rows(cx, s->d, s->a, s->f, at, n, rows);
}

/* Page by page, the newest first. One more than a page is looked for, to know whether there is another. */
static enum err
newest(struct cx *cx, struct search *s, struct ask_page *out)
{
	struct ask_row rows[CHUNK];
	int some = 1;

	s->alone = db_words_in_order(s->d->db);
	while (out->n <= ASK_PAGE && some) {
		while (s->n < CHUNK - out->n && s->high >= 0 && (s->alone || s->looked < LOOK_MOST))
			TRY(look_on(cx, s));
		some = s->n < CHUNK - out->n ? s->n : CHUNK - (int)out->n;
		TRY(take(cx, s, s->found, some, rows));
		for (int i = 0; i < some; i++) {
			if (!rows[i].row)
				continue;
			if (out->n < ASK_PAGE)
				out->after = s->found[i].place;
			out->rows[out->n++] = rows[i];
		}
		s->n -= some;
		memmove(s->found, s->found + some, (size_t)s->n * sizeof *s->found);
	}
	out->more = out->n > ASK_PAGE || s->high >= 0;
	if (out->n > ASK_PAGE) {
		out->n = ASK_PAGE;
	} else if (out->more) {
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
			mean += s->counts[i].of[t] / (double)n;
		weight = 1 / (mean + 0.5);
		for (int i = 0; i < n; i++)
			all[i].score += weight * s->counts[i].of[t] * 2.2 / (s->counts[i].of[t] + 1.2 * (0.25 + 0.75 * all[i].length / length));
	}
}

/* One page: the best of the newest that hold the words. */
static enum err
best(struct cx *cx, struct search *s, struct ask_page *out)
{
	struct ask_row rows[CHUNK];

	s->counts = NEW(cx, struct counts, COUNT(s->found));
	while (s->high >= 0 && s->looked < LOOK_MOST)
		TRY(look_on(cx, s));
	out->looked = s->high >= 0 ? s->looked : 0;
	if (!s->n)
		return OK;
	weigh(s, s->found, s->n);
	qsort(s->found, (size_t)s->n, sizeof *s->found, better);
	for (int i = 0; i < s->n && out->n < ASK_PAGE; i += CHUNK) {
		int some = s->n - i < CHUNK ? s->n - i : CHUNK;

		TRY(take(cx, s, s->found + i, some, rows));
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
	s->high = f->after == INT64_MIN ? INT64_MAX : f->after - 1;
	/* the best are weighed among what they may read alone, or what they may not would have weight in it */
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
