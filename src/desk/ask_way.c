#include "desk/ask_way.h"

#include "desk/ask_part.h"

enum { CHUNK = ASK_PAGE + 1 };

/* One token's part of the queue, or the cases of one value of a filter, read a chunk at a time. */
struct stream {
	enum by { BY_TOKEN, BY_CATEGORY, BY_DEPARTMENT, BY_LEVEL, BY_OWNER } by;
	struct str is;
	enum sight_level least;       /* what seeing by this token gives at least */
	struct row_queue_page *rows;
	ptrdiff_t n, at;
	int64_t soonest;
	struct id id;
	bool over;
};

struct ask_way {
	const struct actor *who;
	bool open;
	struct stream *s; ptrdiff_t n;
};

/* Rows of an index of cases are like those of a queue, but what is seen of them is still to be asked for. */
#define LIKE_QUEUE(name, is) \
	do { \
		struct row_##name *found; \
		TRY(sql_##name(cx, d->db, is, !open, s->soonest, s->id, CHUNK, &found, &s->n)); \
		s->rows = NEW(cx, struct row_queue_page, s->n); \
		for (ptrdiff_t i = 0; i < s->n; i++) \
			s->rows[i] = (struct row_queue_page){ .case_id = found[i].case_id, .soonest = found[i].soonest }; \
	} while (0)

static enum err
read_on(struct cx *cx, const struct desk *d, const struct actor *who, struct stream *s, bool open)
{
	switch (s->by) {
	case BY_TOKEN:      return sql_queue_page(cx, d->db, s->is, open, s->soonest, s->id, CHUNK, &s->rows, &s->n);
	case BY_CATEGORY:   LIKE_QUEUE(cases_of_category, s->is); break;
	case BY_DEPARTMENT: LIKE_QUEUE(cases_of_department, s->is); break;
	case BY_LEVEL:      LIKE_QUEUE(cases_of_level, s->is); break;
	case BY_OWNER:      LIKE_QUEUE(cases_of_owner, who->id); break;
	}
	return OK;
}

static enum err
refill(struct cx *cx, const struct desk *d, const struct actor *who, struct stream *s, bool open)
{
	if (s->at < s->n || s->over)
		return OK;
	if (s->n) {
		s->soonest = s->rows[s->n - 1].soonest;
		s->id = s->rows[s->n - 1].case_id;
	}
	TRY(read_on(cx, d, who, s, open));
	s->at = 0;
	s->over = s->n < CHUNK;
	return OK;
}

static int
key_cmp(const struct row_queue_page *a, const struct row_queue_page *b)
{
	if (a->soonest != b->soonest)
		return a->soonest < b->soonest ? -1 : 1;
	return memcmp(a->case_id.b, b->case_id.b, 16);
}

static const struct row_queue_page *
ahead(const struct stream *s)
{
	return s->at < s->n ? &s->rows[s->at] : NULL;
}

/* The next case over all streams, once, with the most that any of them lets see. */
enum err
ask_way_next(struct cx *cx, const struct desk *d, struct ask_way *w, struct ask_at *out, bool *there)
{
	const struct row_queue_page *best = NULL, *row;
	int64_t level = 0;

	for (ptrdiff_t i = 0; i < w->n; i++) {
		TRY(refill(cx, d, w->who, &w->s[i], w->open));
		row = ahead(&w->s[i]);
		if (row && (!best || key_cmp(row, best) < 0))
			best = row;
	}
	*there = best != NULL;
	if (!best)
		return OK;
	for (ptrdiff_t i = 0; i < w->n; i++)
		if ((row = ahead(&w->s[i])) && key_cmp(row, best) == 0) {
			int64_t by_this = w->s[i].least ? (int64_t)w->s[i].least : row->level;

			if (by_this > level)
				level = by_this;
			w->s[i].at++;
		}
	*out = (struct ask_at){ best->soonest, best->case_id, (enum sight_level)level };
	return w->s[0].by == BY_TOKEN ? OK : access_sight(cx, d->db, w->who, best->case_id, &out->sight);
}

static struct ask_way *
way_new(struct cx *cx, const struct actor *a, const struct ask_filter *f, ptrdiff_t most)
{
	struct ask_way *w = NEW(cx, struct ask_way, 1);

	*w = (struct ask_way){ .who = a, .open = !f->closed, .s = NEW(cx, struct stream, most) };
	return w;
}

static void
along(struct ask_way *w, const struct ask_filter *f, enum by by, struct str is, enum sight_level least)
{
	w->s[w->n++] = (struct stream){ .by = by, .is = is, .least = least, .soonest = f->after, .id = f->after_id };
}

/* Whoever sees all needs one stream; of stubs a narrowed list has none. */
static struct ask_way *
along_sights(struct cx *cx, const struct actor *a, const struct ask_filter *f)
{
	struct ask_way *w = way_new(cx, a, f, a->n_tokens + 1);

	for (ptrdiff_t i = 0; i < a->n_tokens && a->all < SEES_IT_ALL; i++)
		along(w, f, BY_TOKEN, a->tokens[i], SEES_NOTHING);
	if (a->all == SEES_IT_ALL || (a->all > SEES_NOTHING && !ask_part_narrows(f)))
		along(w, f, BY_TOKEN, S("*"), a->all);
	return w;
}

int
ask_ways(struct cx *cx, const struct actor *a, const struct ask_filter *f, struct ask_way *out[ASK_WAYS])
{
	const struct { enum by by; struct str is; } narrowed[] = { { BY_CATEGORY, f->category }, { BY_DEPARTMENT, f->department },
		{ BY_LEVEL, f->level } };
	int n = 0;

	out[n++] = along_sights(cx, a, f);
	for (int i = 0; i < COUNT(narrowed); i++)
		if (narrowed[i].is.n) {
			out[n] = way_new(cx, a, f, 1);
			along(out[n++], f, narrowed[i].by, narrowed[i].is, SEES_NOTHING);
		}
	if (f->mine) {
		out[n] = way_new(cx, a, f, 1);
		along(out[n++], f, BY_OWNER, S(""), SEES_NOTHING);
	}
	return n;
}
