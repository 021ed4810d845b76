/* Lists: each is a merge of what stands under the actor's tokens, so that nothing else can be in it. */
#include "desk/ask.h"

#include <stdlib.h>

enum { CHUNK = ASK_PAGE + 1, SCAN_MOST = 4000 };

/* One token's part of the queue, read a chunk at a time. */
struct stream_of {
	struct str token;
	enum sight_level least;       /* what seeing by this token gives at least */
	struct row_queue_page *rows;
	ptrdiff_t n, at;
	int64_t soonest;
	struct id id;
	bool over;
};

static enum err
refill(struct cx *cx, const struct desk *d, struct stream_of *s, bool open)
{
	if (s->at < s->n || s->over)
		return OK;
	if (s->n) {
		s->soonest = s->rows[s->n - 1].soonest;
		s->id = s->rows[s->n - 1].case_id;
	}
	TRY(sql_queue_page(cx, d->db, s->token, open, s->soonest, s->id, CHUNK, &s->rows, &s->n));
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
ahead(const struct stream_of *s)
{
	return s->at < s->n ? &s->rows[s->at] : NULL;
}

/* The next case over all streams, once, with the most that any of them lets see. */
static enum err
next_of(struct cx *cx, const struct desk *d, struct stream_of *s, ptrdiff_t n, bool open, struct row_queue_page *out, bool *there)
{
	const struct row_queue_page *best = NULL, *row;

	for (ptrdiff_t i = 0; i < n; i++) {
		TRY(refill(cx, d, &s[i], open));
		row = ahead(&s[i]);
		if (row && (!best || key_cmp(row, best) < 0))
			best = row;
	}
	*there = best != NULL;
	if (!best)
		return OK;
	*out = *best;
	out->level = 0;
	for (ptrdiff_t i = 0; i < n; i++)
		if ((row = ahead(&s[i])) && key_cmp(row, out) == 0) {
			int64_t level = s[i].least ? (int64_t)s[i].least : row->level;

			if (level > out->level)
				out->level = level;
			s[i].at++;
		}
	return OK;
}

static bool
wanted(const struct ask_filter *f, const struct row_case_get *r, const struct facts *facts, const struct actor *a, when now)
{
	if (f->category.n && !str_eq(r->category, f->category))
		return false;
	if (f->department.n && !str_eq(r->department, f->department))
		return false;
	if (f->level.n && !str_eq(r->level, f->level))
		return false;
	if (f->state.n && !str_eq(r->state, f->state))
		return false;
	if (f->mine && !id_eq(r->owner_id, a->id))
		return false;
	if (f->overdue && r->soonest > now)
		return false;
	if (f->personal_data && !fact_is(facts, FACT_personal_data, S("yes")) && !fact_is(facts, FACT_personal_data, S("unsure")))
		return false;
	return true;
}

/* Words are looked for where this actor may read them, ASCII case aside. */
static bool
has_words(struct cx *cx, const struct ask_filter *f, const struct row_case_get *r)
{
	struct mark m = cx_mark(cx);
	struct str rest = str_lower(cx, f->words), word;
	struct str text = str_lower(cx, str_fmt(cx, "%.*s %.*s %.*s %.*s", F(r->ref), F(r->title), F(r->narrative), F(r->department)));
	bool all = true;

	while (str_next(&rest, ' ', &word))
		if (word.n && str_find(text, word) < 0)
			all = false;
	cx_back(cx, m);
	return all;
}

static bool
narrows(const struct ask_filter *f)
{
	return f->category.n || f->department.n || f->level.n || f->personal_data || f->words.n || f->mine;
}

static enum err
row_of(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, const struct row_queue_page *q,
    struct ask_row *out, bool *take)
{
	struct facts facts = { 0 };

	*take = false;
	out->sight = (enum sight_level)q->level;
	TRY(sql_case_get(cx, d->db, q->case_id, &out->row));
	if (!out->row)
		return OK;
	if (out->sight < SEES_IT_ALL) {
		/* what may not be read may not be searched or filtered by either */
		if (narrows(f))
			return OK;
		ask_stub(out->row);
	} else if (f->personal_data) {
		TRY(kase_facts(cx, out->row->facts, &facts));
		if (d->policy)
			policy_derive(d->policy, &facts, &facts);
	}
	*take = wanted(f, out->row, &facts, a, cx->now) && (!f->words.n || has_words(cx, f, out->row));
	return *take ? ask_person(cx, d, out->row->owner_id, &out->owner) : OK;
}

static struct stream_of *
streams(struct cx *cx, const struct actor *a, const struct ask_filter *f, ptrdiff_t *n)
{
	struct stream_of *s = NEW(cx, struct stream_of, a->n_tokens + 1);

	*n = 0;
	for (ptrdiff_t i = 0; i < a->n_tokens; i++)
		s[(*n)++] = (struct stream_of){ .token = a->tokens[i], .soonest = f->after, .id = f->after_id };
	if (a->all)
		s[(*n)++] = (struct stream_of){ .token = S("*"), .least = a->all, .soonest = f->after, .id = f->after_id };
	return s;
}

enum err
ask_queue(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct ask_page *out)
{
	struct stream_of *s;
	struct row_queue_page q;
	ptrdiff_t n, scanned = 0;
	bool there = true, take;

	*out = (struct ask_page){ .rows = NEW(cx, struct ask_row, ASK_PAGE) };
	s = streams(cx, a, f, &n);
	while (out->n < ASK_PAGE && scanned++ < SCAN_MOST) {
		TRY(next_of(cx, d, s, n, !f->closed, &q, &there));
		if (!there)
			return OK;
		struct mark m = cx_mark(cx);

		TRY(row_of(cx, d, a, f, &q, &out->rows[out->n], &take));
		out->n += take;
		if (!take) /* a search may look through thousands */
			cx_back(cx, m);
	}
	TRY(next_of(cx, d, s, n, !f->closed, &q, &there));
	out->more = there;
	return OK;
}

enum err
ask_queue_count(struct cx *cx, const struct desk *d, const struct actor *a, bool closed, int64_t *out)
{
	*out = 0;
	for (ptrdiff_t i = 0; i <= a->n_tokens; i++) {
		struct row_queue_count *row;

		if (i == a->n_tokens && !a->all)
			break;
		TRY(sql_queue_count(cx, d->db, i == a->n_tokens ? S("*") : a->tokens[i], !closed, ASK_COUNT + 1, &row));
		if (row->n > *out)
			*out = row->n;
	}
	return OK;
}

static int
duty_cmp(const void *a, const void *b)
{
	const struct ask_duty *x = a, *y = b;

	return x->row.soonest < y->row.soonest ? -1 : x->row.soonest > y->row.soonest ? 1 : memcmp(x->row.duty_id.b, y->row.duty_id.b, 16);
}

enum err
ask_work(struct cx *cx, const struct desk *d, const struct actor *a, ptrdiff_t most, struct ask_duty **out, ptrdiff_t *n)
{
	struct ask_duty *all = NEW(cx, struct ask_duty, most * a->n_tokens);

	*n = 0;
	for (ptrdiff_t i = 0; i < a->n_tokens; i++) {
		struct row_work_page *rows;
		ptrdiff_t m;

		TRY(sql_work_page(cx, d->db, a->tokens[i], INT64_MIN, (struct id){ { 0 } }, most, &rows, &m));
		for (ptrdiff_t j = 0; j < m; j++)
			all[(*n)++].row = rows[j];
	}
	if (*n)
		qsort(all, (size_t)*n, sizeof *all, duty_cmp);
	if (*n > most)
		*n = most;
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct row_case_get *k;
		enum sight_level sight;

		TRY(sql_case_get(cx, d->db, all[i].row.case_id, &k));
		TRY(access_sight(cx, d->db, a, all[i].row.case_id, &sight));
		all[i].ref = k ? k->ref : S("");
		all[i].title = k && sight == SEES_IT_ALL ? k->title : all[i].ref;
	}
	*out = all;
	return OK;
}

static int
notice_cmp(const void *a, const void *b)
{
	const struct ask_notice *x = a, *y = b;

	return x->row.seq > y->row.seq ? -1 : x->row.seq < y->row.seq;
}

enum err
ask_notices(struct cx *cx, const struct desk *d, const struct actor *a, ptrdiff_t most, struct ask_notice **out, ptrdiff_t *n,
    ptrdiff_t *unseen)
{
	struct ask_notice *all = NEW(cx, struct ask_notice, most * a->n_tokens);

	*n = *unseen = 0;
	for (ptrdiff_t i = 0; i < a->n_tokens; i++) {
		struct row_notices_of *rows;
		ptrdiff_t m;

		TRY(sql_notices_of(cx, d->db, a->tokens[i], INT64_MAX, most, &rows, &m));
		for (ptrdiff_t j = 0; j < m; j++)
			all[(*n)++] = (struct ask_notice){ .row = rows[j], .token = a->tokens[i] };
	}
	if (*n)
		qsort(all, (size_t)*n, sizeof *all, notice_cmp);
	if (*n > most)
		*n = most;
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct row_case_get *k;

		TRY(sql_case_get(cx, d->db, all[i].row.case_id, &k));
		all[i].ref = k ? k->ref : S("");
		*unseen += all[i].row.seen_at == NEVER;
	}
	*out = all;
	return OK;
}

enum err
ask_people(struct cx *cx, const struct desk *d, struct str after, ptrdiff_t most, struct row_people_page **out, ptrdiff_t *n)
{
	return sql_people_page(cx, d->db, after, most, out, n);
}

enum err
ask_departments(struct cx *cx, const struct desk *d, struct row_departments **out, ptrdiff_t *n)
{
	return sql_departments(cx, d->db, out, n);
}

enum err
ask_vacant(struct cx *cx, const struct desk *d, const struct role ***out, ptrdiff_t *n)
{
	const struct policy *p = d->policy;

	*n = 0;
	*out = NEW(cx, const struct role *, p ? p->n_roles : 0);
	for (ptrdiff_t i = 0; p && i < p->n_roles; i++) {
		struct row_role_holders *rows;
		ptrdiff_t held;

		if (p->roles[i].is != ROLE_POST && p->roles[i].is != ROLE_MAILBOX && p->roles[i].is != ROLE_TEAM_OF_DEPARTMENT)
			continue;
		TRY(sql_role_holders(cx, d->db, p->roles[i].id, &rows, &held));
		if (!held)
			(*out)[(*n)++] = &p->roles[i];
	}
	return OK;
}
