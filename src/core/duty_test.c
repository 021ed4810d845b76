#include "core/duty.h"

#include "base/test.h"
#include "pack/pack.h"

/* 2026-11-23T10:00:00Z, a Monday */
#define NOW ((when)1795428000 * SECOND)

struct change { const struct policy *p; struct duty_change *c; ptrdiff_t n; };

/* What changes for a case that has these duties when these facts hold. */
static struct change
changes(struct cx *cx, const char *json, when now, const struct duty *had, ptrdiff_t n_had)
{
	struct facts f = { 0 };
	struct change r;
	struct owed owed;
	struct js *j;

	EXPECT_OK(pack_read(cx, test_file(cx, "src/pack/testdata/pack.yaml"), &r.p));
	EXPECT_OK(js_read(cx, str_of(json), &j));
	facts_read(cx, j, &f);
	EXPECT(cx->n_faults == 0);
	policy_evaluate(cx, r.p, &f, now, &owed);
	r.n = duty_changes(cx, r.p, had, n_had, &owed, &r.c);
	return r;
}

static struct duty
duty(const char *rule, const char *role, enum duty_state state, when from, when due)
{
	return (struct duty){ str_of(rule), str_of(role), state, NOW, from, due, NULL, 0 };
}

TEST(duty_opens_what_is_owed_for_the_first_time)
{
	struct change r = changes(cx, "{\"personal_data\":\"yes\"}", NOW, NULL, 0);

	EXPECT(r.n == 2 && r.c[0].kind == DUTY_OPENED && r.c[0].was == -1 && r.c[0].now.due == NOW);
	EXPECT_STR(r.c[1].rule, S("audit-directly"));
	EXPECT(str_ends(r.c[1].why, S("personal data is yes")));
}

TEST(duty_that_stays_owed_does_not_change)
{
	struct duty had[] = { duty("manager-first", "line_manager", DUTY_OPEN, NOW, NOW),
		duty("audit-directly", "audit", DUTY_OPEN, NOW, NOW + 30 * MINUTE) };

	/* later, with other facts; both still owed: `arises` is kept, so nothing moves */
	EXPECT(changes(cx, "{\"personal_data\":\"unsure\",\"intent\":\"deliberate\"}", NOW + DAY, had, 2).n == 0);
}

TEST(duty_moves_when_what_it_counts_from_does)
{
	struct duty had[] = { duty("manager-first", "line_manager", DUTY_DONE, NOW, NOW),
		duty("regulator", "dpo", DUTY_OPEN, NEVER, NEVER) };
	struct change r =
	    changes(cx, "{\"regulator_threshold_met\":true,\"aware_at\":\"2026-11-20T09:00:00Z\"}", NOW + DAY, had, 2);

	EXPECT(r.n == 1 && r.c[0].kind == DUTY_MOVED && r.c[0].was == 1);
	EXPECT(r.c[0].now.arises == NOW && r.c[0].now.due == r.c[0].now.from + 72 * HOUR && r.c[0].now.n_warns == 2);
	EXPECT_STR(r.c[0].why, S("the time we became aware is now Friday 20 November 2026, 09:00"));
}

TEST(duty_lapses_and_says_why)
{
	struct duty had[] = { duty("manager-first", "line_manager", DUTY_OPEN, NOW, NOW),
		duty("audit-directly", "audit", DUTY_OPEN, NOW, NOW), duty("old-rule", "audit", DUTY_OPEN, NOW, NOW),
		duty("desk", "desk", DUTY_LAPSED, NOW, NOW) };
	struct change r = changes(cx, "{\"personal_data\":\"no\",\"line_manager_involved\":true}", NOW, had, 4);

	EXPECT(r.n == 3 && r.c[0].kind == DUTY_LET_GO && r.c[1].kind == DUTY_LET_GO && r.c[2].kind == DUTY_LET_GO);
	EXPECT(str_ends(r.c[0].why, S("not The line manager, because the line manager is involved")));
	EXPECT(str_ends(r.c[1].why, S("no longer, because personal data is no and it is not particularly sensitive")));
	EXPECT_STR(r.c[2].why, S("the policy in force has no rule “old-rule”"));
}

TEST(duty_goes_over_to_another_role)
{
	struct duty had[] = { duty("manager-first", "line_manager", DUTY_OPEN, NOW, NOW) };
	struct change r = changes(cx, "{\"line_manager_absent\":true}", NOW + HOUR, had, 1);

	EXPECT(r.n == 2 && r.c[0].kind == DUTY_OPENED && r.c[1].kind == DUTY_LET_GO);
	EXPECT_STR(r.c[0].role, S("alternative_manager"));
	EXPECT(str_ends(r.c[1].why, S("because the line manager is away")));
}

/* Done is done, until its ground has gone and come back. */
TEST(duty_done_is_reopened_only_when_its_ground_came_back)
{
	struct duty had[] = { duty("manager-first", "line_manager", DUTY_DONE, NOW, NOW),
		duty("audit-directly", "audit", DUTY_DONE, NOW, NOW + 30 * MINUTE) };
	struct change r = changes(cx, "{\"personal_data\":\"yes\"}", NOW + DAY, had, 2);

	EXPECT(r.n == 0);
	r = changes(cx, "{\"personal_data\":\"no\"}", NOW + DAY, had, 2);
	EXPECT(r.n == 1 && r.c[0].kind == DUTY_ENDED && r.c[0].was == 1);
	had[1].state = DUTY_OVER;
	EXPECT(changes(cx, "{\"personal_data\":\"no\"}", NOW + DAY, had, 2).n == 0);
	r = changes(cx, "{\"personal_data\":\"yes\"}", NOW + DAY, had, 2);
	EXPECT(r.n == 1 && r.c[0].kind == DUTY_REOPENED && r.c[0].was == 1 && r.c[0].now.arises == NOW + DAY);
}

TEST(duty_done_stays_done_when_its_anchor_moves)
{
	struct moment nine;
	struct duty had[2];

	EXPECT(moment_read(S("2026-11-20T09:00:00Z"), &nine));
	had[0] = duty("manager-first", "line_manager", DUTY_DONE, NOW, NOW);
	had[1] = duty("regulator", "dpo", DUTY_DONE, nine.at, nine.at + 72 * HOUR);
	EXPECT(
	    changes(cx, "{\"regulator_threshold_met\":true,\"aware_at\":\"2026-11-20T09:00:00Z\"}", NOW, had, 2).n == 0);
	EXPECT(changes(cx, "{\"regulator_threshold_met\":true}", NOW, had, 2).n == 0);
	EXPECT(
	    changes(cx, "{\"regulator_threshold_met\":true,\"aware_at\":\"2026-11-19T09:00:00Z\"}", NOW, had, 2).n == 0);
}

TEST(duty_pauses_move_support_time)
{
	struct span pause = { NOW + 10 * MINUTE, NOW + 70 * MINUTE };
	struct duty had[] = { duty("manager-first", "line_manager", DUTY_DONE, NOW, NOW),
		duty("audit-directly", "audit", DUTY_OPEN, NOW, NOW + 30 * MINUTE) };
	struct change r;

	had[1].pauses = &pause;
	had[1].n_pauses = 1;
	r = changes(cx, "{\"personal_data\":\"yes\"}", NOW + HOUR, had, 2);
	EXPECT(r.n == 1 && r.c[0].kind == DUTY_MOVED && r.c[0].now.due == NOW + 90 * MINUTE);
}

TEST(duty_names_go_there_and_back)
{
	for (int s = 0; s < (int)DUTY_STATES; s++)
		EXPECT(duty_state_of_name(duty_state_name((enum duty_state)s)) == s);
	EXPECT(duty_state_of_name(S("opened")) == -1);
	(void)cx;
}
