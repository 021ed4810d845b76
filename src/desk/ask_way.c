#include "desk/ask_way.h"

#include "desk/ask_part.h"

enum { CHUNK = ASK_PAGE + 1, CHUNK_MOST = 16 * CHUNK };

/* A case on its way: sees is what the token gives, 0 where an index led to it. */
struct spot { struct id case_id; int64_t soonest, sees; bool wanted; };

/* One token's part of the queue, or the cases of one value of a filter, read a chunk at a time: where an index holds all, more of them
 * the next time. */
struct stream {
	enum by { BY_TOKEN, BY_CATEGORY, BY_DEPARTMENT, BY_LEVEL, BY_OWNER } by;
	struct str is;
	enum sight_level least;       /* what seeing by this token gives at least */
	struct spot *spots;
	ptrdiff_t chunk, n, at;
	int64_t soonest;
	struct id id;
	bool over;
};

struct ask_way {
	const struct actor *who;
	const struct ask_filter *f;
	struct stream *s; ptrdiff_t n;
};

/* What has been read is a spot each, and no more of it is kept: a filter may pass over thousands. */
#define READ(name, is, flag, gives, tells) \
	do { \
		struct row_##name *found; \
		TRY(sql_##name(cx, d->db, is, flag, s->soonest, s->id, s->chunk, &found, &s->n)); \
		for (ptrdiff_t i = 0; i < s->n; i++) \
			s->spots[i] = (struct spot){ found[i].case_id, found[i].soonest, gives, tells }; \
	} while (0)
#define TELLS \
	ask_part_wanted(w->f, w->who, &(struct ask_marks){ found[i].state, found[i].category, found[i].department, found[i].level, \
	    found[i].owner_id, found[i].soonest }, cx->now)

static enum err
read_on(struct cx *cx, const struct desk *d, const struct ask_way *w, struct stream *s)
{
	struct mark m = cx_mark(cx);
	bool closed = w->f->closed;

	switch (s->by) {
	case BY_TOKEN:
		if (ask_part_narrows(w->f))
			READ(queue_narrow, s->is, !closed, found[i].sees, TELLS);
		else
			READ(queue_page, s->is, !closed, found[i].level, true);
		break;
	case BY_CATEGORY:   READ(cases_of_category, s->is, closed, SEES_NOTHING, TELLS); break;
	case BY_DEPARTMENT: READ(cases_of_department, s->is, closed, SEES_NOTHING, TELLS); break;
	case BY_LEVEL:      READ(cases_of_level, s->is, closed, SEES_NOTHING, TELLS); break;
	case BY_OWNER:      READ(cases_of_owner, w->who->id, closed, SEES_NOTHING, TELLS); break;
	}
	cx_back(cx, m);
	return OK;
}

static enum err
refill(struct cx *cx, const struct desk *d, const struct ask_way *w, struct stream *s)
{
	if (s->at < s->n || s->over)
		return OK;
	if (s->n) {
		s->soonest = s->spots[s->n - 1].soonest;
		s->id = s->spots[s->n - 1].case_id;
	}
	if (!s->chunk || (s->by != BY_TOKEN && s->chunk < CHUNK_MOST)) {
		s->chunk = s->chunk ? s->chunk * 2 : CHUNK;
		s->spots = NEW(cx, struct spot, s->chunk);
	}
	TRY(read_on(cx, d, w, s));
	s->at = 0;
	s->over = s->n < s->chunk;
	return OK;
}

static int
spot_cmp(const struct spot *a, const struct spot *b)
{
	if (a->soonest != b->soonest)
		return a->soonest < b->soonest ? -1 : 1;
	return memcmp(a->case_id.b, b->case_id.b, 16);
}

static const struct spot *
ahead(const struct stream *s)
{
	return s->at < s->n ? &s->spots[s->at] : NULL;
}

/* The next case over all streams, once, with the most that any of them lets see. */
enum err
ask_way_next(struct cx *cx, const struct desk *d, struct ask_way *w, struct ask_at *out, bool *there)
{
	const struct spot *best = NULL, *spot;
	int64_t level = 0;

	for (ptrdiff_t i = 0; i < w->n; i++) {
		TRY(refill(cx, d, w, &w->s[i]));
		spot = ahead(&w->s[i]);
		if (spot && (!best || spot_cmp(spot, best) < 0))
			best = spot;
	}
	*there = best != NULL;
	if (!best)
		return OK;
	for (ptrdiff_t i = 0; i < w->n; i++)
		if ((spot = ahead(&w->s[i])) && spot_cmp(spot, best) == 0) {
			int64_t by_this = w->s[i].least ? (int64_t)w->s[i].least : spot->sees;

			if (by_this > level)
				level = by_this;
			w->s[i].at++;
		}
	*out = (struct ask_at){ best->soonest, best->case_id, (enum sight_level)level, best->wanted };
	return OK;
}

static struct ask_way *
way_new(struct cx *cx, const struct actor *a, const struct ask_filter *f, ptrdiff_t most)
{
	struct ask_way *w = NEW(cx, struct ask_way, 1);

	*w = (struct ask_way){ .who = a, .f = f, .s = NEW(cx, struct stream, most) };
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
