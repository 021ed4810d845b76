/* Lists: each is a merge of what stands under the actor's tokens, so that nothing else can be in it. */
#include "base/buf.h"
#include "desk/ask_part.h"
#include "desk/ask_way.h"

#include <stdlib.h>

/* So many cases are passed over for a page at most: on the way along what the actor sees, and on one that an index holds all of. */
enum { CHUNK = ASK_PAGE + 1, SCAN_MOST = 4000, INDEX_MOST = 4 * SCAN_MOST, TURNS_MOST = 64 };

/* One way through the cases, and what was found on it. */
struct going {
	struct ask_way *way;
	struct ask_row *rows;
	struct ask_at last;           /* where the page ends */
	ptrdiff_t n, passed, most, asked;
	bool over, ready;
};

/* Some cases further, which are read together. One more than a page is looked for, to know whether there is another. */
static enum err
go_on(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct going *g)
{
	struct ask_at some[CHUNK], at, passed = g->last;
	struct ask_row rows[CHUNK];
	ptrdiff_t n = 0, had = g->n;
	struct mark m;

	for (int i = 0; i < CHUNK && !g->over && g->passed < g->most; i++) {
		bool there;

		TRY(ask_way_next(cx, d, g->way, &at, &there));
		g->passed++;
		g->over = !there || (f->overdue && at.soonest > cx->now);
		if (g->over)
			break;
		passed = at;
		if (at.wanted)
			some[n++] = at;
	}
	m = cx_mark(cx);
	g->asked += n;
	TRY(ask_part_rows(cx, d, a, f, some, n, rows));
	for (ptrdiff_t i = 0; i < n && g->n <= ASK_PAGE; i++) {
		if (rows[i].row && g->n < ASK_PAGE)
			g->last = some[i];
		if (rows[i].row)
			g->rows[g->n++] = rows[i];
	}
	if (g->n > ASK_PAGE)
		g->over = false;
	else
		g->last = passed;
	if (g->n == had) /* a filter may pass over thousands */
		cx_back(cx, m);
	g->ready = g->over || g->n > ASK_PAGE;
	return OK;
}

/* Some steps on one way. Where an index holds all that is asked, to pass over a case costs a fraction of what it costs elsewhere, but
 * not to ask for one: the turn ends after a page of these. */
static enum err
turn(struct cx *cx, const struct desk *d, const struct actor *a, const struct ask_filter *f, struct going *g, int turns,
    struct going **ready)
{
	ptrdiff_t before = g->asked;

	for (int i = 0; i < turns && !g->ready && g->passed < g->most && g->asked - before < CHUNK; i++)
		TRY(go_on(cx, d, a, f, g));
	if (g->ready)
		*ready = g;
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
		all[i] = (struct going){ .way = ways[i], .rows = NEW(cx, struct ask_row, ASK_PAGE + 1), .most = i ? INDEX_MOST : SCAN_MOST };
	for (int turns = 1; !g && all[0].passed < SCAN_MOST; turns = turns < TURNS_MOST ? turns * 2 : turns)
		for (int i = 0; i < n && !g; i++)
			TRY(turn(cx, d, a, f, &all[i], i ? turns : 1, &g));
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
	for (ptrdiff_t i = a->n_tokens + (a->all > SEES_NOTHING); i-- > 0 && *out <= ASK_COUNT;) {
		struct row_queue_count *row;

		TRY(sql_queue_count(cx, d->db, i == a->n_tokens ? S("*") : a->tokens[i], !closed, ASK_COUNT + 1, &row));
		if (row->n > *out)
			*out = row->n;
	}
	return OK;
}

/* The cases whose keys stand one behind the other; NULL where one is not there. */
static enum err
cases_of(struct cx *cx, const struct desk *d, struct str ids, struct str tokens, const struct row_case_lines ***out)
{
	struct row_case_lines *rows;
	ptrdiff_t n = 0;

	*out = NEW(cx, const struct row_case_lines *, ids.n / 16);
	if (ids.n)
		TRY(sql_case_lines(cx, d->db, ids, tokens, SEES_NOTHING, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		(*out)[rows[i].nth] = &rows[i];
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
	const struct row_case_lines **cases;
	struct buf ids;

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
	ids = buf_new(cx);
	for (ptrdiff_t i = 0; i < *n; i++)
		buf_put(&ids, id_str(&all[i].row.case_id));
	TRY(cases_of(cx, d, buf_str(&ids), access_tokens(cx, a), &cases));
	for (ptrdiff_t i = 0; i < *n; i++) {
		all[i].ref = cases[i] ? cases[i]->ref : S("");
		all[i].title = cases[i] && access_sight_by(a, cases[i]->sees) == SEES_IT_ALL ? cases[i]->title : all[i].ref;
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
	const struct row_case_lines **cases;
	struct buf ids;

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
	ids = buf_new(cx);
	for (ptrdiff_t i = 0; i < *n; i++)
		buf_put(&ids, id_str(&all[i].row.case_id));
	TRY(cases_of(cx, d, buf_str(&ids), S("[]"), &cases));
	for (ptrdiff_t i = 0; i < *n; i++) {
		all[i].ref = cases[i] ? cases[i]->ref : S("");
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
