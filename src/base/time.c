#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>

/* Days and dates after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t
day_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct civil
civil_of(when utc)
{
	int64_t days = floor_div(utc, DAY), in = utc - days * DAY, z = days + 719468;
	int64_t era = floor_div(z, 146097), doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil){ (int)(yoe + era * 400 + (month <= 2)), month, (int)(doy - (153 * mp + 2) / 5 + 1),
	    (int)(in / HOUR), (int)(in / MINUTE % 60), (int)(in / SECOND % 60), (int)(in % SECOND) };
}

when
when_of(struct civil c)
{
	return day_of(c.year, c.month, c.day) * DAY + c.hour * HOUR + c.minute * MINUTE + c.second * SECOND + c.micro;
}

int
weekday_of(int64_t day)
{
	return (int)(((day + 3) % 7 + 7) % 7);
}

bool
civil_ok(struct civil c)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = c.year % 4 == 0 && (c.year % 100 != 0 || c.year % 400 == 0);

	return c.year >= 1 && c.year <= 9999 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
	    c.day <= days[c.month - 1] + (c.month == 2 && leap) && c.hour >= 0 && c.hour <= 23 && c.minute >= 0 &&
	    c.minute <= 59 && c.second >= 0 && c.second <= 59 && c.micro >= 0 && c.micro < SECOND;
}

static when
last_sunday_1am(int year, int month)
{
	int64_t last = day_of(year, month, 31);

	return (last - (weekday_of(last) + 1) % 7) * DAY + HOUR;
}

when
london_offset(when utc)
{
	int year = civil_of(utc).year;

	return utc >= last_sunday_1am(year, 3) && utc < last_sunday_1am(year, 10) ? HOUR : 0;
}

struct civil
london_of(when utc)
{
	return civil_of(utc + london_offset(utc));
}

when
when_of_london(struct civil local)
{
	when naive = when_of(local), summer = naive - HOUR;

	return london_offset(summer) == HOUR ? summer : naive;
}

/* n digits at *s, which is moved past them. */
static bool
digits(struct str *s, int n, int *out)
{
	*out = 0;
	if (s->n < n)
		return false;
	for (int i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		*out = *out * 10 + (s->p[i] - '0');
	}
	*s = str_sub(*s, n, s->n);
	return true;
}

static bool
skip(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

/* "16:00:00.5+01:00" behind a date already read into *c. */
static bool
clock_read(struct str s, struct civil *c, when *offset)
{
	int scale = 100000, oh, om;
	bool minus;

	if (!digits(&s, 2, &c->hour) || !skip(&s, ':') || !digits(&s, 2, &c->minute) || !skip(&s, ':') ||
	    !digits(&s, 2, &c->second))
		return false;
	if (skip(&s, '.')) {
		ptrdiff_t before = s.n;
		int d;

		for (; digits(&s, 1, &d); scale /= 10)
			c->micro += d * scale;
		if (s.n == before || before - s.n > 9)
			return false;
	}
	if (skip(&s, 'Z') || skip(&s, 'z'))
		return *offset = 0, s.n == 0;
	minus = s.n && s.p[0] == '-';
	if (!(skip(&s, '+') || skip(&s, '-')) || !digits(&s, 2, &oh) || !skip(&s, ':') || !digits(&s, 2, &om) || s.n ||
	    oh > 23 || om > 59)
		return false;
	*offset = (oh * HOUR + om * MINUTE) * (minus ? -1 : 1);
	return true;
}

bool
moment_read(struct str s, struct moment *out)
{
	struct civil c = { .month = 1, .day = 1 };
	when offset;

	if (!digits(&s, 4, &c.year) || c.year == 0)
		return false;
	out->to = TO_YEAR;
	if (s.n) {
		if (!skip(&s, '-') || !digits(&s, 2, &c.month))
			return false;
		out->to = TO_MONTH;
	}
	if (s.n) {
		if (!skip(&s, '-') || !digits(&s, 2, &c.day))
			return false;
		out->to = TO_DAY;
	}
	if (s.n == 0) {
		if (!civil_ok(c))
			return false;
		out->at = when_of_london(c);
		return true;
	}
	if (!(skip(&s, 'T') || skip(&s, 't')) || !clock_read(s, &c, &offset) || !civil_ok(c))
		return false;
	*out = (struct moment){ when_of(c) - offset, EXACT };
	return true;
}

/* n digits of v and what follows them; by hand, for every entry holds dozens of times. */
static char *
put(char *p, int v, int n, char then)
{
	for (int i = n; i-- > 0; v /= 10)
		p[i] = (char)('0' + v % 10);
	p[n] = then;
	return p + n + 1;
}

int
when_text(when utc, char out[WHEN_TEXT])
{
	struct civil c = civil_of(utc);
	char *p = out;

	p = put(p, abs(c.year % 10000), 4, '-');
	p = put(p, c.month, 2, '-');
	p = put(p, c.day, 2, 'T');
	p = put(p, c.hour, 2, ':');
	p = put(p, c.minute, 2, ':');
	p = put(p, c.second, 2, c.micro ? '.' : 'Z');
	if (c.micro)
		p = put(p, c.micro, 6, 'Z');
	*p = 0;
	return (int)(p - out);
}

int
moment_text(struct moment m, char out[WHEN_TEXT])
{
	struct civil c = london_of(m.at);

	switch (m.to) {
	case TO_YEAR:  return snprintf(out, WHEN_TEXT, "%04d", c.year % 10000);
	case TO_MONTH: return snprintf(out, WHEN_TEXT, "%04d-%02d", c.year % 10000, c.month);
	case TO_DAY:   return snprintf(out, WHEN_TEXT, "%04d-%02d-%02d", c.year % 10000, c.month, c.day);
	case EXACT:
	case TO_MINUTE: break;
	}
	return when_text(m.at, out);
}
