#include "web/typed.h"

#include "base/test.h"

TEST(times_are_read_as_people_write_them)
{
	static const struct { const char *typed; int minutes; } cases[] = {
		{ "9", 540 }, { "9am", 540 }, { "9:14", 554 }, { "09.14", 554 }, { "9.14 PM", 1274 }, { "0914", 554 },
		{ "12am", 0 }, { "12:30pm", 750 }, { "noon", 720 }, { "midnight", 0 }, { "23:59", 1439 }, { "2 p.m.", 840 },
		{ "24:00", -1 }, { "13pm", -1 }, { "0am", -1 }, { "9:5", -1 }, { "soon", -1 }, { "", -1 }, { "914", -1 },
		{ "9:60", -1 }, { "-9", -1 }, { "pm", -1 }, { "1:234", -1 },
	};

	for (ptrdiff_t i = 0; i < COUNT(cases); i++) {
		int minutes = -1;

		if (typed_time(cx, str_of(cases[i].typed), &minutes) != (cases[i].minutes >= 0) ||
		    minutes != cases[i].minutes)
			fail_msg("%s gives %d", cases[i].typed, minutes);
	}
}

/* It is 2026-11-23T10:00:00Z. */
TEST(dates_keep_the_precision_they_were_given)
{
	static const struct { const char *day, *month, *year, *time, *want; } cases[] = {
		{ "20", "11", "2026", "9:14am", "2026-11-20T09:14:00Z" },
		{ "1", "7", "2026", "9:14", "2026-07-01T08:14:00Z" }, { "20", "11", "2026", "", "2026-11-20" },
		{ "20", "Nov", "26", "", "2026-11-20" }, { "", "3", "2026", "", "2026-03" }, { "", "", "2025", "", "2025" },
		{ "24", "11", "", "", "2025-11-24" }, { "23", "11", "", "", "2026-11-23" },
		{ "", "december", "", "", "2025-12" }, { "29", "2", "2024", "", "2024-02-29" },
		{ "05", "01", "", "", "2026-01-05" }, { "29", "2", "2026", "", "There is no such day" },
		{ "24", "11", "2026", "", "This lies in the future" },
		{ "32", "1", "2026", "", "Write the day as a number from 1 to 31" },
		{ "1", "13", "2026", "", "Write the month as a number from 1 to 12" },
		{ "1", "ma", "2026", "", "Write the month as a number from 1 to 12" },
		{ "1", "1", "226", "", "Write the year with four digits" }, { "1", "", "2026", "", "Say which month" },
		{ "", "", "", "9:00", "Say on which day" },
		{ "", "1", "2026", "9:00", "Say on which day, or leave the time empty" },
		{ "20", "11", "2026", "morning", "Write the time like 9:30am or 14:30" },
	};
	when now = T0 + 326 * DAY + 10 * HOUR;

	for (ptrdiff_t i = 0; i < COUNT(cases); i++) {
		struct typed t = { str_of(cases[i].day), str_of(cases[i].month), str_of(cases[i].year),
		    str_of(cases[i].time) };
		struct moment m;
		char text[WHEN_TEXT];

		cx->faults = NULL;
		cx->n_faults = 0;
		if (typed_moment(cx, S("when"), &t, now, now, &m)) {
			EXPECT(cx->n_faults == 0);
			moment_text(m, text);
			EXPECT_STR(str_of(text), str_of(cases[i].want));
		} else {
			EXPECT(cx->n_faults == 1);
			EXPECT_STR(cx->faults->words, str_of(cases[i].want));
			EXPECT_STR(cx->faults->field, S("when"));
		}
	}
}
