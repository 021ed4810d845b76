/* A search: whatever is asked for, what comes may be seen by who asks and holds every word. The first line is what the
 * list is narrowed by, as the address of the queue has it. */
#include "core/words.h"
#include "desk/ask.h"
#include "fuzz/fuzz.h"
#include "fuzz/house.h"
#include "web/form.h"

static bool
holds(struct cx *cx, const struct row_case_get *r, struct str typed)
{
	struct buf words = buf_new(cx);
	struct words_query q;

	words_query(cx, typed, &q);
	words_put(&words, str_fmt(cx, "%.*s %.*s %.*s %.*s", F(r->ref), F(r->title), F(r->department), F(r->narrative)));
	return words_hold(&q, buf_str(&words));
}

FUZZ(cx, in)
{
	enum house_who who = (enum house_who)((in.n ? (unsigned char)in.p[0] - (unsigned)'0' : 0u) % HOUSE_LOCAL);
	const struct house *h = house();
	struct ask_filter f = { .after = INT64_MIN };
	struct ask_page page;
	struct form q = { 0 };

	TRY(form_read(cx, house_filled(cx, str_sub(in, 1, in.n)), &q));
	f.words = form_get(&q, S("q"));
	f.category = form_get(&q, S("category"));
	f.department = form_get(&q, S("department"));
	f.state = form_get(&q, S("state"));
	f.closed = form_has(&q, S("closed"));
	f.overdue = form_has(&q, S("overdue"));
	f.personal_data = form_has(&q, S("personal_data"));
	f.either = form_has(&q, S("all"));
	f.best = form_has(&q, S("best"));
	HOLD(ask_queue(cx, &h->desk, &h->actor[who], &f, &page) == OK);
	HOLD(who == HOUSE_HANDLER || who == HOUSE_ADMIN || page.n == 0);
	for (ptrdiff_t i = 0; i < page.n; i++) {
		struct row_case_lines *row = page.rows[i].row;
		struct row_case_get *k;

		HOLD(page.rows[i].sight == SEES_IT_ALL || (!row->facts.n && str_eq(row->title, row->ref)));
		HOLD(sql_case_get(cx, h->desk.db, row->case_id, &k) == OK && k);
		HOLD(holds(cx, k, f.words));
	}
	return OK;
}
