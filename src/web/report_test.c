#include "web/browse.h"

#include "base/code.h"

/* Monday 23 November 2026, 10:00: the desk is open. */
static struct browse *
begin(struct cx *cx, const char *pack)
{
	cx->now = T0 + 326 * DAY + 10 * HOUR;
	return browse_start(flow_start(cx, str_of(pack)));
}

static void
choose(struct browse *b, const char *category)
{
	browse_get(b, "/");
	browse_expect(b, 200, "/", "If in doubt, report it");
	browse_follow(b, "Report it now");
	browse_expect(b, 200, "/report/category", "What happened?");
	browse_fill(b, "category", category);
	browse_send(b, "/report/category");
	browse_expect(b, 200, "/report/narrative", NULL);
}

/* Press Continue until the answers are to be checked; what is asked may be left empty. Returns how many pages that were. */
static int
press_on(struct browse *b)
{
	int pages = 0;

	while (!str_eq(b->at, S("/report/check"))) {
		if (b->status != 200 || pages > 12)
			browse_expect(b, 200, "/report/check", NULL);
		browse_send(b, str_eq(b->at, S("/report/files")) ? "/report/files/next" : NULL);
		pages++;
	}
	return pages;
}

static struct row_case_get *
case_of(struct browse *b, struct str ref)
{
	struct row_case_get *row;
	struct cx *cx = b->cx;

	EXPECT_OK(sql_case_get(cx, b->flow->desk.db, flow_case(b->flow, ref), &row));
	EXPECT(row != NULL);
	return row;
}

static struct str
sent_ref(struct browse *b)
{
	browse_expect(b, 200, "/report/done", "Thank you");
	return browse_class(b, "app-ref");
}

TEST(each_everyday_kind_is_reported_from_end_to_end)
{
	static const char *const packs[] = { "st-helens", "hmcts" };

	for (ptrdiff_t p = 0; p < COUNT(packs); p++) {
		struct browse *b = begin(cx, packs[p]);
		const struct policy *policy = b->flow->desk.policy;
		int kinds = 0;

		for (ptrdiff_t i = 0; i < policy->n_categories; i++) {
			const struct category *c = &policy->categories[i];
			struct row_case_get *row;
			int pages;

			if (!c->everyday)
				continue;
			kinds++;
			choose(b, str_z(cx, c->id));
			browse_fill(b, "narrative", "It happened on the way to work.");
			browse_send(b, NULL);
			pages = press_on(b);
			EXPECT(pages <= 8);
			EXPECT(browse_sees(b, "It happened on the way to work."));
			browse_send(b, "/report/check");
			row = case_of(b, sent_ref(b));
			EXPECT_STR(row->category, c->id);
			EXPECT_STR(row->narrative, S("It happened on the way to work."));
			EXPECT_STR(row->reporter, S("anonymous"));
			EXPECT_STR(row->channel, S("portal"));
			EXPECT(browse_class(b, "app-code").n == 19);
			browse_send(b, "/report/leave");
		}
		EXPECT(kinds == 8);
		flow_end(b->flow);
	}
}
