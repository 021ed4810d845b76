/* Lists: each is a merge of what stands under the actor's tokens, so that nothing else can be in it. */
#include "desk/ask_part.h"
#include "desk/ask_way.h"

#include <stdlib.h>

enum { CHUNK = ASK_PAGE + 1, SCAN_MOST = 4000 };

/* One way through the cases, and what was found on it. */
struct going {
	struct ask_way *way;
	struct ask_row *rows;
	struct ask_at last;           /* where the page ends */
	ptrdiff_t n, passed;
	bool over, ready;
};

/* Some cases further. One more than a page is looked for, to know whether there is another. */
static enum err
go_on(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct going *g)
{
	for (int i = 0; i < CHUNK && !g->ready && g->passed < SCAN_MOST; i++) {
		struct ask_at at;
		bool there, take = false;
		struct mark m;

		TRY(ask_way_next(cx, d, g->way, &at, &there));
		g->passed++;
		g->over = !there || (f->overdue && at.soonest > cx->now);
		m = cx_mark(cx);
		if (!g->over && at.wanted && at.sight > SEES_NOTHING)
			TRY(ask_part_row(cx, d, a, f, at.case_id, at.sight, &g->rows[g->n], &take));
		if (!take) /* a filter may pass over thousands */
			cx_back(cx, m);
		if (!g->over && g->n < ASK_PAGE)
			g->last = at;
		g->n += take;
		g->ready = g->over || g->n > ASK_PAGE;
	}
	return OK;
}

enum err
ask_queue(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct ask_page *out)
{
	struct ask_way *ways[ASK_WAYS];
	struct going all[ASK_WAYS] = { { .way = NULL } }, *g = NULL;
	int n;

	if (f->words.n)
		return ask_search(cx, d, a, f, out);
	n = ask_ways(cx, a, f, ways);
	for (int i = 0; i < n; i++)
		all[i] = (struct going){ .way = ways[i], .rows = NEW(cx, struct ask_row, ASK_PAGE + 1) };
	while (!g && all[0].passed < SCAN_MOST)
		for (int i = 0; i < n && !g; i++) {
			TRY(go_on(cx, d, a, f, &all[i]));
			if (all[i].ready)
				g = &all[i];
		}
	if (!g) /* only on this way may be told how far it went */
		g = &all[0];
	*out = (struct ask_page){ .rows = g->rows, .n = g->n > ASK_PAGE ? ASK_PAGE : g->n, .more = !g->over, .after = g->last.soonest,
		.after_id = g->last.case_id, .looked = !g->ready && !g->over ? SCAN_MOST : 0 };
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
