#include "core/calendar.h"

#include "base/test.h"
#include "core/within.h"
#include <stdlib.h>
#include <time.h>

/* England and Wales, as DOMAIN's vectors use them; the days on which clocks change are no holidays. */
static const struct { int y, m, d; const char *name; } listed[] = {
	{ 2026, 1, 1, "New Year's Day" },
	{ 2026, 4, 3, "Good Friday" },
	{ 2026, 4, 6, "Easter Monday" },
	{ 2026, 5, 4, "Early May" },
	{ 2026, 5, 25, "Spring" },
	{ 2026, 8, 31, "Summer" },
	{ 2026, 12, 25, "Christmas Day" },
	{ 2026, 12, 28, "Boxing Day (substitute)" },
	{ 2027, 1, 1, "New Year's Day" },
	{ 2027, 3, 26, "Good Friday" },
};
static int64_t days[COUNT(listed)];
static struct str names[COUNT(listed)];
static struct holidays england = { { "england", 7 }, COUNT(listed), days, names };

static struct hours
support(void)
{
	for (ptrdiff_t i = 0; i < COUNT(listed); i++) {
		days[i] = day_of(listed[i].y, listed[i].m, listed[i].d);
		names[i] = str_of(listed[i].name);
	}
	return (struct hours){ S("support"), 0x1f, 8 * 60, 17 * 60 + 30, &england };
}

static when
at(const char *text)
{
	struct moment m;

	if (!moment_read(str_of(text), &m))
		fail_msg("%s is no time", text);
	return m.at;
}

#define EXPECT_AT(t, text) do { char a_[WHEN_TEXT], b_[WHEN_TEXT]; when t_ = (t), w_ = at(text); \
	a_[when_text(t_, a_)] = 0; b_[when_text(w_, b_)] = 0; \
	if (t_ != w_) fail_msg("%s is not %s", t_ == NEVER ? "never" : a_, b_); } while (0)

/* The worked vectors of DOMAIN.md §7.1 and §1.3. */
TEST(calendar_meets_the_worked_vectors)
{
	struct hours h = support();
	struct within w72 = { .kind = WITHIN_ELAPSED, .length = 72 * HOUR, .from = FACT_none };

	EXPECT_AT(calendar_add(&h, at("2026-11-27T16:30:00Z"), 2 * HOUR), "2026-11-30T09:00:00Z");
	EXPECT_AT(calendar_add(&h, at("2026-12-24T12:00:00Z"), 9 * HOUR + 30 * MINUTE), "2026-12-29T12:00:00Z");
	EXPECT_AT(calendar_add(&h, at("2026-11-28T10:00:00Z"), 30 * MINUTE), "2026-11-30T08:30:00Z");
	EXPECT_AT(within_due(&w72, at("2026-03-27T16:00:00+00:00"), NULL, 0), "2026-03-30T17:00:00+01:00");
	EXPECT_AT(within_due(&w72, at("2026-10-23T16:00:00+01:00"), NULL, 0), "2026-10-26T15:00:00+00:00");
	EXPECT_AT(within_due(&w72, at("2026-12-24T17:00:00Z"), NULL, 0), "2026-12-27T17:00:00Z");
	(void)cx;
}

TEST(calendar_is_half_open)
{
	struct hours h = support();

	EXPECT(!calendar_open(&h, at("2026-11-27T07:59:59Z")));
	EXPECT(calendar_open(&h, at("2026-11-27T08:00:00Z")));
	EXPECT(calendar_open(&h, at("2026-11-27T17:29:59Z")));
	EXPECT(!calendar_open(&h, at("2026-11-27T17:30:00Z")));
	EXPECT_AT(calendar_opens(&h, at("2026-11-27T17:30:00Z")), "2026-11-30T08:00:00Z");
	EXPECT_AT(calendar_opens(&h, at("2026-11-27T12:00:00Z")), "2026-11-27T12:00:00Z");
	EXPECT_AT(calendar_closes(&h, at("2026-11-27T17:30:00Z")), "2026-11-30T17:30:00Z");
	/* a report at closing time counts from the next opening */
	EXPECT_AT(calendar_add(&h, at("2026-11-27T17:30:00Z"), 1 * HOUR), "2026-11-30T09:00:00Z");
	/* time that is used up exactly at closing is due then, not at the next opening */
	EXPECT_AT(calendar_add(&h, at("2026-11-27T16:30:00Z"), 1 * HOUR), "2026-11-27T17:30:00Z");
	EXPECT_AT(calendar_add(&h, at("2026-11-28T10:00:00Z"), 0), "2026-11-28T10:00:00Z");
	(void)cx;
}

TEST(calendar_follows_the_clocks)
{
	struct hours h = support(), night = { S("night"), 0x7f, 0, 24 * 60, NULL };

	/* BST: the desk opens at seven by UTC */
	EXPECT_AT(calendar_opens(&h, at("2026-03-29T12:00:00Z")), "2026-03-30T07:00:00Z");
	EXPECT_AT(calendar_opens(&h, at("2026-10-25T12:00:00Z")), "2026-10-26T08:00:00Z");
	/* a week of support time, across the change, is a week on the wall */
	EXPECT_AT(calendar_add(&h, at("2026-03-27T09:00:00Z"), calendar_day(&h)), "2026-03-30T08:00:00Z");
	/* days are as long as they are: 23 and 25 hours */
	EXPECT(calendar_elapsed(&night, at("2026-03-29T00:00:00Z"), at("2026-03-29T23:00:00Z")) == 23 * HOUR);
	EXPECT(calendar_elapsed(&night, at("2026-10-24T23:00:00Z"), at("2026-10-26T00:00:00Z")) == 25 * HOUR);
	/* always open: support time is time */
	EXPECT_AT(calendar_add(&night, at("2026-03-28T12:00:00Z"), 48 * HOUR), "2026-03-30T12:00:00Z");
	(void)cx;
}

TEST(calendar_knows_holidays)
{
	struct hours h = support();

	EXPECT_STR(calendar_holiday(&h, at("2026-12-28T12:00:00Z")), S("Boxing Day (substitute)"));
	/* 23:30 UTC in summer is the next day in London */
	EXPECT_STR(calendar_holiday(&h, at("2026-05-03T23:30:00Z")), S("Early May"));
	EXPECT_STR(calendar_holiday(&h, at("2026-05-03T22:30:00Z")), S(""));
	EXPECT_AT(calendar_opens(&h, at("2026-04-02T16:30:00Z")), "2026-04-07T07:00:00Z"); /* Easter */
	(void)cx;
}

TEST(calendar_pauses)
{
	struct hours h = support();
	when from = at("2026-11-23T10:00:00Z");
	struct span within = { at("2026-11-23T11:00:00Z"), at("2026-11-23T12:30:00Z") };
	struct span overnight[] = { { at("2026-11-23T09:00:00Z"), at("2026-11-23T10:30:00Z") },
		{ at("2026-11-23T17:00:00Z"), at("2026-11-24T08:30:00Z") } };
	struct span open = { at("2026-11-23T11:00:00Z"), NEVER }, late = { at("2026-11-23T12:00:00Z"), NEVER };

	EXPECT_AT(calendar_add_paused(&h, from, 2 * HOUR, &within, 1), "2026-11-23T13:30:00Z");
	EXPECT_AT(calendar_add_paused(&h, from, 8 * HOUR, overnight, 2), "2026-11-24T10:00:00Z");
	EXPECT(calendar_add_paused(&h, from, 2 * HOUR, &open, 1) == NEVER);
	EXPECT_AT(calendar_add_paused(&h, from, 2 * HOUR, &late, 1), "2026-11-23T12:00:00Z"); /* too late to matter */
	(void)cx;
}

TEST(calendar_that_never_opens_is_found_out)
{
	static int64_t mondays[4000];
	static struct str called[4000];
	struct holidays all = { S("all"), COUNT(mondays), mondays, called };
	struct hours h = { S("mondays"), 1, 8 * 60, 9 * 60, &all };

	for (ptrdiff_t i = 0; i < COUNT(mondays); i++)
		mondays[i] = day_of(1990, 1, 1) + 7 * i;
	EXPECT(calendar_opens(&h, T0) == NEVER && calendar_add(&h, T0, HOUR) == NEVER &&
	       calendar_back(&h, T0, 8 * HOUR) == NEVER);
	EXPECT(calendar_elapsed(&h, T0, T0 + 365 * DAY) == 0);
	(void)cx;
}

static uint64_t seed;

static int64_t
pick(int64_t below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (int64_t)((seed >> 33) % (uint64_t)below);
}

/* Slow and simple: is the minute that begins at t one of support? */
static bool
minute_counts(const struct hours *h, when t)
{
	struct civil c = london_of(t);
	int64_t day = day_of(c.year, c.month, c.day);
	int minute = c.hour * 60 + c.minute;

	for (ptrdiff_t i = 0; h->holidays && i < h->holidays->n; i++)
		if (h->holidays->days[i] == day)
			return false;
	return h->days >> weekday_of(day) & 1 && minute >= h->from && minute < h->to;
}

static const char *const near[] = { "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-12-25T00:00:00Z",
	"2026-04-03T00:00:00Z", "2027-03-28T01:00:00Z", "2026-08-31T00:00:00Z" };

static int64_t
civil_day(const char *text)
{
	struct civil c = london_of(at(text));

	return day_of(c.year, c.month, c.day);
}

/* Near holidays and clock changes more often than not. */
static when
some_minute(void)
{
	if (pick(3) == 0)
		return at("2026-01-01T00:00:00Z") + pick(400 * DAY / MINUTE) * MINUTE;
	return at(near[pick(COUNT(near))]) + pick(8 * DAY / MINUTE) * MINUTE - 4 * DAY;
}

/* As another pack might have them: on days about those on which clocks change, and on those days themselves. */
static const struct holidays *
some_holidays(void)
{
	static int64_t day[12];
	static struct str called[COUNT(day)];
	static struct holidays made = { { "made", 4 }, 0, day, called };
	int64_t at = civil_day(near[pick(COUNT(near))]) - 6;

	made.n = 0;
	while (made.n < COUNT(day) && pick(8)) {
		called[made.n] = S("a holiday");
		day[made.n++] = at;
		at += 1 + pick(pick(3) ? 2 : 5);
	}
	return &made;
}

/* Hours avoid 01:00 to 02:00, the hour which the wall clock skips or repeats: there a minute is not one instant. */
static struct hours
some_hours(void)
{
	struct hours h = support();

	h.days = (unsigned)pick(127) + 1;
	h.from = (int)(pick(2) ? 0 : 120 + pick(1200));
	h.to = h.from == 0 ? (int)(pick(2) ? 1440 : 120 + pick(1320)) : h.from + 1 + (int)pick(1440 - h.from);
	if (pick(2))
		h.holidays = pick(2) ? some_holidays() : NULL;
	return h;
}

/* The first minute of support from t on, or NEVER; the first from t on that is none, with one before it. */
static when
slow_opens(const struct hours *h, when t)
{
	for (when until = t + 60 * DAY; t < until; t += MINUTE)
		if (minute_counts(h, t))
			return t;
	return NEVER;
}

static when
slow_closes(const struct hours *h, when t)
{
	t = slow_opens(h, t);
	while (t != NEVER && minute_counts(h, t))
		t += MINUTE;
	return t;
}

/* Two pauses, perhaps without length, perhaps about the beginning. */
static void
some_pauses(when from, struct span p[2])
{
	p[0].from = from + (pick(600) - 200) * MINUTE;
	p[0].to = p[0].from + pick(3000) * MINUTE;
	p[1].from = p[0].to + (1 + pick(600)) * MINUTE;
	p[1].to = p[1].from + pick(600) * MINUTE;
}

static void
paused_trial(const struct hours *h, when from, int64_t minutes)
{
	struct span p[2];
	int64_t left = minutes;
	when t = from;

	some_pauses(from, p);
	for (; left > 0 && t < from + 60 * DAY; t += MINUTE)
		left -= minute_counts(h, t) && !(t >= p[0].from && t < p[0].to) && !(t >= p[1].from && t < p[1].to);
	if (left == 0 && calendar_add_paused(h, from, minutes * MINUTE, p, 2) != t)
		fail_msg("seed %llx: pauses", (unsigned long long)seed);
}

static void
one_trial(void)
{
	struct hours h = some_hours();
	when from = some_minute(), t = from, last, due;
	int64_t minutes = 1 + pick(pick(8) ? 900 : 4000), left = minutes;

	for (; left > 0 && t < from + 60 * DAY; t += MINUTE)
		left -= minute_counts(&h, t);
	due = calendar_add(&h, from, minutes * MINUTE);
	if (left > 0)
		return;
	if (due != t)
		fail_msg("seed %llx: %lld minutes after %lld are due at %lld, not %lld", (unsigned long long)seed,
		    (long long)minutes, (long long)(from / SECOND), (long long)(t / SECOND), (long long)(due / SECOND));
	EXPECT(calendar_elapsed(&h, from, due) == minutes * MINUTE);
	EXPECT(calendar_open(&h, from) == minute_counts(&h, from));
	/* going back from there gives the last instant from which as much passes */
	for (last = due, left = minutes; left > 0; last -= MINUTE)
		left -= minute_counts(&h, last - MINUTE);
	EXPECT(calendar_back(&h, due, minutes * MINUTE) == last);
	EXPECT(calendar_opens(&h, from) == slow_opens(&h, from));
	EXPECT(h.to == 24 * 60 || calendar_closes(&h, from) == slow_closes(&h, from));
	paused_trial(&h, from, minutes);
}

TEST(calendar_agrees_with_counting_minute_by_minute)
{
	long trials = test_count("CALENDARS", 2000);
	uint64_t first = seed = 0x7063696e;
	clock_t start = clock();

	for (long i = 0; i < trials; i++)
		one_trial();
	test_figure("clocks", trials, 0, (when)(clock() - start) * SECOND / CLOCKS_PER_SEC, (long)first);
	(void)cx;
}
