#include "core/within.h"

#include "base/test.h"

static int64_t days[] = { 0 };
static const struct str names[] = { { "Boxing Day", 10 } };
static struct holidays holidays = { { "england", 7 }, 1, days, names };
static struct hours hours[] = {
	{ { "support", 7 }, 0x1f, 8 * 60, 17 * 60 + 30, &holidays },
	{ { "on_call", 7 }, 0x7f, 0, 24 * 60, NULL },
};
static const struct source here = { { "within", 6 }, 7, 11, { NULL, 0 } };

static struct within
of(struct cx *cx, const char *text)
{
	days[0] = day_of(2026, 12, 28);
	return within_read(cx, str_of(text), hours, COUNT(hours), &here);
}

TEST(within_reads_what_packs_say)
{
	struct within w = of(cx, "immediately");

	EXPECT(w.kind == WITHIN_IMMEDIATELY && w.from == FACT_none);
	w = of(cx, "2 support hours");
	EXPECT(w.kind == WITHIN_SUPPORT && w.length == 2 * HOUR && w.hours == &hours[0] && w.days == 0);
	w = of(cx, "1 support day");
	EXPECT(w.length == 9 * HOUR + 30 * MINUTE && w.days == 1);
	w = of(cx, "45 on_call minutes");
	EXPECT(w.length == 45 * MINUTE && w.hours == &hours[1]);
	w = of(cx, "72h from aware_at");
	EXPECT(w.kind == WITHIN_ELAPSED && w.length == 72 * HOUR && w.from == FACT_aware_at);
	w = of(cx, "30d");
	EXPECT(w.length == 30 * DAY && cx->n_faults == 0);
}

TEST(within_says_what_is_wrong_and_where)
{
	static const struct { const char *text; int column; const char *words; } wrong[] = {
		{ "soon", 11, "write “immediately”" },
		{ "", 11, "write “immediately”" },
		{ "2 suport hours", 13, "did you mean “support”" },
		{ "2 support weeks", 21, "minutes, hours or days" },
		{ "0 support hours", 11, "write “immediately”" },
		{ "72 h", 14, "no such hours" },
		{ "72h form aware_at", 15, "only “from”" },
		{ "72h from aware_t", 20, "did you mean “aware_at”" },
		{ "72h from kind", 20, "is not a time" },
		{ "72h from aware_at please", 29, "nothing may follow" },
		{ "99999999h", 11, "write “immediately”" },
		{ "999999 support days", 11, "ten years" },
	};

	for (ptrdiff_t i = 0; i < COUNT(wrong); i++) {
		struct within w = of(cx, wrong[i].text);

		EXPECT(w.kind == WITHIN_UNSAID && cx->n_faults == 1);
		if (cx->faults->line != 7 || cx->faults->column != wrong[i].column ||
		    str_find(cx->faults->words, str_of(wrong[i].words)) < 0)
			fail_msg("%s: %d:%d %.*s", wrong[i].text, cx->faults->line, cx->faults->column, F(cx->faults->words));
		cx->faults = NULL;
		cx->n_faults = 0;
	}
}

TEST(within_counts_from_what_is_known)
{
	struct within w = of(cx, "72h from aware_at");
	struct facts f = { 0 };

	EXPECT(within_from(&w, &f, T0) == NEVER && within_due(&w, NEVER, NULL, 0) == NEVER);
	fact_set_time(&f, FACT_aware_at, (struct moment){ T0 + HOUR, EXACT });
	EXPECT(within_due(&w, within_from(&w, &f, T0), NULL, 0) == T0 + 73 * HOUR);
	w = of(cx, "72h");
	EXPECT(within_from(&w, &f, T0) == T0);
}

/* A statutory clock never pauses; a service clock does. */
TEST(within_pauses_support_time_only)
{
	struct within law = of(cx, "72h"), desk = of(cx, "2 on_call hours");
	struct span pause = { T0 + HOUR, T0 + 2 * HOUR };

	EXPECT(within_due(&law, T0, &pause, 1) == T0 + 72 * HOUR);
	EXPECT(within_due(&desk, T0, &pause, 1) == T0 + 3 * HOUR);
}

static struct str
explained(struct cx *cx, const struct within *w, const char *from, const struct span *pauses, ptrdiff_t n)
{
	struct moment m;
	struct str *steps;

	EXPECT(moment_read(str_of(from), &m));
	n = within_steps(cx, w, m.at, pauses, n, &steps);
	return str_join(cx, steps, n, S("\n"));
}

TEST(within_explains_each_step)
{
	struct within w = of(cx, "4 support hours"), law = of(cx, "72h from aware_at");
	struct moment nine;
	struct span pause;

	EXPECT(moment_read(S("2026-12-29T09:00:00Z"), &nine));
	pause = (struct span){ nine.at, nine.at + HOUR };
	EXPECT_STR(explained(cx, &w, "2026-12-25T16:30:00Z", &pause, 1), S(
	    "counting begins when the duty arises: Friday 25 December 2026, 16:30\n"
	    "4 h of support time are allowed\n"
	    "1 h pass until Friday 25 December 2026, 17:30\n"
	    "closed until Tuesday 29 December 2026, 08:00\n"
	    "1 h pass until Tuesday 29 December 2026, 09:00\n"
	    "paused until Tuesday 29 December 2026, 10:00\n"
	    "2 h pass until Tuesday 29 December 2026, 12:00\n"
	    "due Tuesday 29 December 2026, 12:00"));
	EXPECT(str_find(explained(cx, &w, "2026-12-28T10:00:00Z", NULL, 0), S("closed (Boxing Day) until")) > 0);
	EXPECT_STR(explained(cx, &law, "2026-03-27T16:00:00Z", NULL, 0), S(
	    "counting begins at the time we became aware: Friday 27 March 2026, 16:00\n"
	    "72 h pass on the clock, nights and holidays included\n"
	    "the clocks change meanwhile, so the time of day differs by an hour\n"
	    "due Monday 30 March 2026, 17:00"));
}

TEST(within_steps_end_where_the_due_time_is)
{
	struct within w = of(cx, "60 support days");
	struct str *steps;
	ptrdiff_t n = within_steps(cx, &w, T0, NULL, 0, &steps);
	struct str last = within_when_words(cx, within_due(&w, T0, NULL, 0));

	EXPECT(n <= 40); /* what a person can read */
	EXPECT_STR(steps[n - 1], str_fmt(cx, "due %.*s", F(last)));
}
