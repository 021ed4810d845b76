#include "core/calendar.h"

/* Far enough for any duty, near enough that a calendar which never opens is found out at once. */
enum { YEARS = 30 };
#define FAR ((when)YEARS * 366 * DAY)

static int64_t
london_day(when t)
{
	struct civil c = london_of(t);

	return day_of(c.year, c.month, c.day);
}

/* The instant `minute` minutes after midnight of a day, by the clock on the wall. */
static when
at_minute(int64_t day, int minute)
{
	struct civil c = civil_of(day * DAY);

	if (minute == 24 * 60)
		return at_minute(day + 1, 0);
	c.hour = minute / 60;
	c.minute = minute % 60;
	return when_of_london(c);
}

static ptrdiff_t
holiday_at(const struct hours *h, int64_t day)
{
	ptrdiff_t lo = 0, hi = h->holidays ? h->holidays->n : 0;

	while (lo < hi) {
		ptrdiff_t mid = lo + (hi - lo) / 2;

		if (h->holidays->days[mid] == day)
			return mid;
		if (h->holidays->days[mid] < day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

/* The opening and closing of that day; false if it stays shut. */
static bool
day_span(const struct hours *h, int64_t day, struct span *out)
{
	if (!(h->days >> weekday_of(day) & 1) || holiday_at(h, day) >= 0)
		return false;
	*out = (struct span){ at_minute(day, h->from), at_minute(day, h->to) };
	return out->from < out->to;
}

bool
calendar_open(const struct hours *h, when t)
{
	struct span s;

	return day_span(h, london_day(t), &s) && s.from <= t && t < s.to;
}

/* The first span that ends after t. */
static bool
span_after(const struct hours *h, when t, struct span *out)
{
	for (int64_t day = london_day(t), last = day + YEARS * 366LL; day <= last; day++)
		if (day_span(h, day, out) && t < out->to)
			return true;
	return false;
}

when
calendar_opens(const struct hours *h, when t)
{
	struct span s;

	if (!span_after(h, t, &s))
		return NEVER;
	return s.from > t ? s.from : t;
}

when
calendar_closes(const struct hours *h, when t)
{
	struct span s;

	return span_after(h, t, &s) ? s.to : NEVER;
}

struct str
calendar_holiday(const struct hours *h, when t)
{
	ptrdiff_t at = holiday_at(h, london_day(t));

	return at < 0 ? S("") : h->holidays->names[at];
}

when
calendar_add(const struct hours *h, when from, when length)
{
	struct span s;

	if (length <= 0)
		return from;
	for (when t = from; t - from <= FAR && span_after(h, t, &s); t = s.to) {
		when start = s.from > t ? s.from : t;

		if (length <= s.to - start)
			return start + length;
		length -= s.to - start;
	}
	return NEVER;
}

when
calendar_back(const struct hours *h, when to, when length)
{
	struct span s;

	if (length <= 0)
		return to;
	for (int64_t day = london_day(to), last = day - YEARS * 366LL; day >= last; day--) {
		when end;

		if (!day_span(h, day, &s) || s.from >= to)
			continue;
		end = s.to < to ? s.to : to;
		if (length <= end - s.from)
			return end - length;
		length -= end - s.from;
	}
	return NEVER;
}

when
calendar_elapsed(const struct hours *h, when a, when b)
{
	when sum = 0;
	struct span s;

	while (a < b && span_after(h, a, &s) && s.from < b) {
		sum += (s.to < b ? s.to : b) - (s.from > a ? s.from : a);
		a = s.to;
	}
	return sum;
}

when
calendar_add_paused(const struct hours *h, when from, when length, const struct span *pauses, ptrdiff_t n)
{
	when due = calendar_add(h, from, length);

	for (ptrdiff_t i = 0; i < n && due != NEVER && pauses[i].from < due; i++) {
		if (pauses[i].to == NEVER)
			return NEVER;
		if (pauses[i].to <= from)
			continue;
		length += calendar_elapsed(h, pauses[i].from > from ? pauses[i].from : from, pauses[i].to);
		due = calendar_add(h, from, length);
	}
	return due;
}

when
calendar_day(const struct hours *h)
{
	return (h->to - h->from) * MINUTE;
}
