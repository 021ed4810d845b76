#include "web/typed.h"

struct typed
typed_of(struct cx *cx, const struct form *form, struct str name)
{
	return (struct typed){ .day = str_trim(form_get(form, str_fmt(cx, "%.*s-day", F(name)))),
		.month = str_trim(form_get(form, str_fmt(cx, "%.*s-month", F(name)))),
		.year = str_trim(form_get(form, str_fmt(cx, "%.*s-year", F(name)))),
		.time = str_trim(form_get(form, str_fmt(cx, "%.*s-time", F(name)))) };
}

bool
typed_empty(const struct typed *t)
{
	return !t->day.n && !t->month.n && !t->year.n && !t->time.n;
}

/* A small number that may begin with zeros. */
static bool
number(struct str s, int least, int most, int *out)
{
	int64_t n;

	while (s.n > 1 && s.p[0] == '0')
		s = str_sub(s, 1, s.n);
	if (!str_int(s, &n) || n < least || n > most)
		return false;
	*out = (int)n;
	return true;
}

static const struct str months[] = {
	{ "January", 7 }, { "February", 8 }, { "March", 5 }, { "April", 5 }, { "May", 3 }, { "June", 4 }, { "July", 4 },
	{ "August", 6 }, { "September", 9 }, { "October", 7 }, { "November", 8 }, { "December", 8 },
};

static bool
month_of(struct cx *cx, struct str s, int *out)
{
	struct str low = str_lower(cx, s);

	for (int i = 0; i < 12; i++)
		if (low.n >= 3 && str_starts(str_lower(cx, months[i]), low)) {
			*out = i + 1;
			return true;
		}
	return number(s, 1, 12, out);
}

/* Off the end of *s, if it stands there. */
static bool
drop(struct str *s, struct str end)
{
	if (!str_ends(*s, end))
		return false;
	*s = str_trim(str_sub(*s, 0, s->n - end.n));
	return true;
}

bool
typed_time(struct cx *cx, struct str typed, int *minutes)
{
	struct str s = str_lower(cx, str_trim(typed)), hour, minute;
	bool pm = drop(&s, S("pm")) || drop(&s, S("p.m.")), am = !pm && (drop(&s, S("am")) || drop(&s, S("a.m.")));
	int h, m = 0;

	if (str_eq(s, S("noon")) || str_eq(s, S("midday")))
		s = S("12:00");
	if (str_eq(s, S("midnight")))
		s = S("0:00");
	if (!str_cut(s, ':', &hour, &minute) && !str_cut(s, '.', &hour, &minute)) {
		hour = s.n == 4 ? str_sub(s, 0, 2) : s;
		minute = s.n == 4 ? str_sub(s, 2, 2) : S("00");
	}
	if (hour.n > 2 || minute.n != 2 || !number(hour, am || pm ? 1 : 0, am || pm ? 12 : 23, &h) ||
	    !number(minute, 0, 59, &m))
		return false;
	if (am || pm)
		h = h % 12 + (pm ? 12 : 0);
	*minutes = h * 60 + m;
	return true;
}

static bool
wrong(struct cx *cx, struct str name, const char *words)
{
	fault_add(cx, name, 0, 0, S("date"), "%s", words);
	return false;
}

/* Year, month and day as numbers, 0 where nothing was typed. */
static bool
parts(struct cx *cx, struct str name, const struct typed *t, struct civil *c, struct str *year)
{
	*year = t->year;
	if (t->day.n && !number(t->day, 1, 31, &c->day))
		return wrong(cx, name, "Write the day as a number from 1 to 31");
	if (t->month.n && !month_of(cx, t->month, &c->month))
		return wrong(cx, name, "Write the month as a number from 1 to 12");
	if (t->year.n && !number(t->year.n == 2 ? str_fmt(cx, "20%.*s", F(t->year)) : t->year, 1900, 9999, &c->year))
		return wrong(cx, name, "Write the year with four digits");
	if (t->day.n && !t->month.n)
		return wrong(cx, name, "Say which month");
	if (!t->month.n && !t->year.n)
		return wrong(cx, name, "Say on which day");
	if (t->time.n && !t->day.n)
		return wrong(cx, name, "Say on which day, or leave the time empty");
	return true;
}

bool
typed_moment(struct cx *cx, struct str name, const struct typed *t, when now, when latest, struct moment *out)
{
	struct civil c = { .year = 0 }, today = london_of(now);
	struct str year;
	int minutes = 0;

	if (!parts(cx, name, t, &c, &year))
		return false;
	if (t->time.n && !typed_time(cx, t->time, &minutes))
		return wrong(cx, name, "Write the time like 9:30am or 14:30");
	out->to = t->time.n ? TO_MINUTE : c.day ? TO_DAY : c.month ? TO_MONTH : TO_YEAR;
	if (!year.n)
		c.year = today.year - (latest <= now &&
		    (c.month > today.month || (c.month == today.month && c.day > today.day)));
	c.month += c.month == 0;
	c.day += c.day == 0;
	c.hour = minutes / 60;
	c.minute = minutes % 60;
	if (!civil_ok(c))
		return wrong(cx, name, "There is no such day");
	out->at = when_of_london(c);
	if (out->at > latest)
		return wrong(cx, name, "This lies in the future");
	return true;
}

struct str
typed_words(struct cx *cx, struct moment m)
{
	struct civil c = london_of(m.at);
	struct str month = months[c.month - 1];

	switch (m.to) {
	case TO_YEAR:  return str_fmt(cx, "%d", c.year);
	case TO_MONTH: return str_fmt(cx, "%.*s %d", F(month), c.year);
	case TO_DAY:   return str_fmt(cx, "%d %.*s %d", c.day, F(month), c.year);
	case EXACT: case TO_MINUTE: break;
	}
	return str_fmt(cx, "%d %.*s %d at %02d:%02d", c.day, F(month), c.year, c.hour, c.minute);
}
