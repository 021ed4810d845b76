/* Questions: what lists, counts and notices give to whom. */
#include "desk/ask.h"

#include "desk/flow.h"
#include "desk/upkeep.h"

#define LETTER "{\"narrative\":\"A letter went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\",\"personal_data\":\"yes\"}}"

static void
close_case(struct flow *f, struct str as, struct str ref)
{
	struct row_duties_of_case *duties;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	flow_do(f, as, "triage", ref, "{\"assessed\":\"near_miss\",\"reasons\":\"It came back unopened.\",\"next\":\"Close.\"}");
	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &duties, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(duties[i].state, S("open")))
			flow_do(f, S("local"), "not_needed", ref, str_fmt(cx, "{\"duty\":\"%.*s\",\"why\":\"It is back.\"}",
			    F(id_hex(cx, duties[i].duty_id))).p);
	flow_do(f, as, "close", ref, "{\"reason\":\"It is back.\",\"to_reporter\":\"Thank you.\"}");
}

TEST(counts_are_of_what_one_may_see)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), ref;
	struct actor all = flow_actor(f, audit), nobody = flow_actor(f, flow_sign_in(f, "rita"));
	int64_t n;

	for (int i = 0; i < 3; i++)
		ref = js_str(flow_do(f, S(""), "report", S(""), LETTER), S("ref"));
	close_case(f, audit, ref);
	EXPECT_OK(ask_queue_count(cx, &f->desk, &all, false, &n));
	EXPECT(n == 2);
	EXPECT_OK(ask_queue_count(cx, &f->desk, &all, true, &n));
	EXPECT(n == 1);
	EXPECT_OK(ask_queue_count(cx, &f->desk, &nobody, false, &n));
	EXPECT(n == 0);
	flow_end(f);
}

TEST(notices_are_new_until_they_were_seen)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit");
	struct actor a = flow_actor(f, audit);
	struct ask_notice *all;
	ptrdiff_t n, unseen;

	flow_do(f, S(""), "report", S(""), LETTER);
	EXPECT_OK(ask_notices(cx, &f->desk, &a, 50, &all, &n, &unseen));
	EXPECT(n > 0 && unseen == n);
	flow_do(f, audit, "notice_seen", S(""), str_fmt(cx, "{\"upto\":%lld}", (long long)all[0].row.seq).p);
	EXPECT_OK(ask_notices(cx, &f->desk, &a, 50, &all, &n, &unseen));
	EXPECT(n > 0 && unseen == 0);
	flow_end(f);
}

TEST(open_cases_come_in_pages_and_closed_ones_not_at_all)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str audit = flow_sign_in(f, "internal_audit"), ref = S("");
	struct id after = { { 0 } };
	struct upkeep_case *cases;
	ptrdiff_t n, all = 0;

	for (int i = 0; i < 4; i++)
		ref = js_str(flow_do(f, S(""), "report", S(""), LETTER), S("ref"));
	close_case(f, audit, ref);
	do {
		EXPECT_OK(upkeep_open_cases(cx, &f->desk, after, 2, &cases, &n));
		for (ptrdiff_t i = 0; i < n; i++, all++) {
			EXPECT(!str_eq(cases[i].ref, ref));
			after = cases[i].id;
		}
	} while (n == 2);
	EXPECT(all == 3);
	flow_end(f);
}
