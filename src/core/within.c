#include "core/within.h"

/* No duty of a policy is longer; keeps every sum of times far from its limits. */
#define LONGEST (3660 * DAY)

static const struct { struct str word; when each; } units[] = {
	{ { "minutes", 7 }, MINUTE }, { { "minute", 6 }, MINUTE },
	{ { "hours", 5 }, HOUR },     { { "hour", 4 }, HOUR },
	{ { "days", 4 }, 0 },         { { "day", 3 }, 0 },
};

/* What is being read: the text, and where the next word begins. */
struct reading { struct cx *cx; struct str text; ptrdiff_t at; const struct source *from; };

static struct str
word(struct reading *r)
{
	ptrdiff_t start;

	while (r->at < r->text.n && r->text.p[r->at] == ' ')
		r->at++;
	start = r->at;
	while (r->at < r->text.n && r->text.p[r->at] != ' ')
		r->at++;
	return str_sub(r->text, start, r->at - start);
}

static bool
wrong(struct reading *r, struct str at, const char *what)
{
	source_fault(r->cx, r->from, r->text, at.p - r->text.p, S("within"), "“%.*s”: %s", F(utf8_cut(at, 40)), what);
	return false;
}

/* "72h", "90m", "30d" */
static bool
elapsed_read(struct str w, when *out)
{
	char last = w.n ? w.p[w.n - 1] : 0;
	when unit = last == 'm' ? MINUTE : last == 'h' ? HOUR : last == 'd' ? DAY : 0;
	int64_t n;

	if (!unit || !str_int(str_sub(w, 0, w.n - 1), &n) || n < 0 || n > LONGEST / unit)
		return false;
	*out = n * unit;
	return true;
}

static bool
support_read(struct reading *r, int64_t n, const struct hours *hours, ptrdiff_t n_hours, struct within *out)
{
	struct str whose = word(r), unit = word(r), ids[64];
	ptrdiff_t k = 0;

	for (ptrdiff_t i = 0; i < n_hours && !out->hours; i++) {
		if (str_eq(hours[i].id, whose))
			out->hours = &hours[i];
		else if (k < COUNT(ids))
			ids[k++] = hours[i].id;
	}
	if (!out->hours) {
		struct str near = str_nearest(whose, ids, k);

		return near.n ? wrong(r, whose, str_fmt(r->cx, "no such hours; did you mean “%.*s”?", F(near)).p) :
		    wrong(r, whose, "no such hours: write “2 support hours”, or “72h” for hours on the clock");
	}
	for (ptrdiff_t i = 0; i < COUNT(units); i++) {
		when each = units[i].each ? units[i].each : calendar_day(out->hours);

		if (!str_eq(units[i].word, unit))
			continue;
		if (n > LONGEST / each)
			return wrong(r, r->text, "that is longer than ten years");
		out->kind = WITHIN_SUPPORT;
		out->length = n * each;
		out->days = units[i].each ? 0 : n;
		return true;
	}
	return wrong(r, unit, "should be minutes, hours or days");
}

static bool
from_read(struct reading *r, struct within *out)
{
	struct str w = word(r), near;

	if (w.n == 0)
		return true;
	if (!str_eq(w, S("from")))
		return wrong(r, w, "only “from” and a time fact may follow");
	w = word(r);
	out->from = fact_of_name(w);
	if (out->from == FACT_none) {
		near = fact_nearest(w);
		return near.n ? wrong(r, w, str_fmt(r->cx, "there is no such fact; did you mean “%.*s”?", F(near)).p) :
		    wrong(r, w, "there is no such fact");
	}
	if (fact_about(out->from)->type != FACT_TIME)
		return wrong(r, w, "is not a time");
	w = word(r);
	return w.n == 0 || wrong(r, w, "nothing may follow");
}

struct within
within_read(struct cx *cx, struct str text, const struct hours *hours, ptrdiff_t n_hours, const struct source *from)
{
	struct reading r = { cx, text, 0, from };
	struct within w = { .from = FACT_none, .text = text };
	struct str first = word(&r);
	int64_t n;

	if (str_eq(first, S("immediately"))) {
		w.kind = WITHIN_IMMEDIATELY;
	} else if (elapsed_read(first, &w.length)) {
		w.kind = WITHIN_ELAPSED;
	} else if (!str_int(first, &n) || n < 1) {
		wrong(&r, first.n ? first : text, "write “immediately”, “2 support hours”, “72h”, “90m” or “30d”");
		return (struct within){ .from = FACT_none };
	} else if (!support_read(&r, n, hours, n_hours, &w)) {
		return (struct within){ .from = FACT_none };
	}
	return from_read(&r, &w) ? w : (struct within){ .from = FACT_none };
}

when
within_from(const struct within *w, const struct facts *facts, when arises)
{
	return w->from == FACT_none ? arises : fact_when(facts, w->from);
}

when
within_due(const struct within *w, when from, const struct span *pauses, ptrdiff_t n)
{
	if (from == NEVER)
		return NEVER;
	switch (w->kind) {
	case WITHIN_UNSAID:      return NEVER;
	case WITHIN_IMMEDIATELY: return from;
	case WITHIN_ELAPSED:     return from + w->length;
	case WITHIN_SUPPORT:     break;
	}
	return calendar_add_paused(w->hours, from, w->length, pauses, n);
}

struct str
within_when_words(struct cx *cx, when t)
{
	static const char *const days[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
		"Sunday" };
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December" };
	struct civil c = london_of(t);

	return str_fmt(cx, "%s %d %s %d, %02d:%02d", days[weekday_of(day_of(c.year, c.month, c.day))], c.day,
	    months[c.month - 1], c.year, c.hour, c.minute);
}

struct str
within_length_words(struct cx *cx, when length)
{
	int64_t m = length / MINUTE;

	if (m < 60)
		return str_fmt(cx, "%lld min", (long long)m);
	return m % 60 ? str_fmt(cx, "%lld h %lld min", (long long)(m / 60), (long long)(m % 60)) :
	    str_fmt(cx, "%lld h", (long long)(m / 60));
}

/* Steps are kept to what a person reads; the stretch between is said in one. */
enum { STEPS = 40 };

/* The pause that t lies in, else the first after it, else NULL. */
static const struct span *
pause_at(const struct span *pauses, ptrdiff_t n, when t)
{
	for (ptrdiff_t i = 0; i < n; i++)
		if (pauses[i].to == NEVER || pauses[i].to > t)
			return &pauses[i];
	return NULL;
}

static struct str
closed_words(struct cx *cx, const struct hours *h, when t, when opens)
{
	struct str holiday = calendar_holiday(h, t), until = within_when_words(cx, opens);

	return holiday.n ? str_fmt(cx, "closed (%.*s) until %.*s", F(holiday), F(until)) :
	    str_fmt(cx, "closed until %.*s", F(until));
}

static ptrdiff_t
support_steps(
    struct cx *cx, const struct within *w, when t, const struct span *pauses, ptrdiff_t n_pauses, struct str *out)
{
	when left = w->length;
	ptrdiff_t n = 0;

	while (left > 0 && n < STEPS - 5) {
		const struct span *p = pause_at(pauses, n_pauses, t);
		when opens = calendar_opens(w->hours, t), end = calendar_closes(w->hours, t);

		if (p && p->from <= t && p->to == NEVER)
			return out[n++] = S("paused, and not yet going on"), n;
		if (opens == NEVER)
			return n;
		if (p && p->from <= t) {
			t = p->to;
			out[n++] = str_fmt(cx, "paused until %.*s", F(within_when_words(cx, t)));
		} else if (opens > t) {
			out[n++] = closed_words(cx, w->hours, t, opens);
			t = opens;
		} else {
			when run = (p && p->from < end ? p->from : end) - t;

			run = run < left ? run : left;
			left -= run;
			t += run;
			out[n++] =
			    str_fmt(cx, "%.*s pass until %.*s", F(within_length_words(cx, run)), F(within_when_words(cx, t)));
		}
	}
	if (left > 0)
		out[n++] = str_fmt(cx, "and so on for another %.*s of support time", F(within_length_words(cx, left)));
	return n;
}

ptrdiff_t
within_steps(struct cx *cx, const struct within *w, when from, const struct span *pauses, ptrdiff_t n_pauses,
    struct str **steps)
{
	struct str *out = *steps = NEW(cx, struct str, STEPS);
	when due = within_due(w, from, pauses, n_pauses);
	ptrdiff_t n = 0;

	if (w->kind == WITHIN_UNSAID)
		return out[n++] = S("the policy sets no time"), n;
	if (from == NEVER)
		return out[n++] =
		           str_fmt(cx, "counting begins at %.*s, which is not known yet", F(fact_about(w->from)->words)),
		       n;
	out[n++] = w->from == FACT_none ?
	    str_fmt(cx, "counting begins when the duty arises: %.*s", F(within_when_words(cx, from))) :
	    str_fmt(cx, "counting begins at %.*s: %.*s", F(fact_about(w->from)->words), F(within_when_words(cx, from)));
	if (w->kind == WITHIN_ELAPSED) {
		out[n++] = str_fmt(
		    cx, "%.*s pass on the clock, nights and holidays included", F(within_length_words(cx, w->length)));
		if (london_offset(from) != london_offset(due))
			out[n++] = S("the clocks change meanwhile, so the time of day differs by an hour");
	} else if (w->kind == WITHIN_SUPPORT) {
		out[n++] = str_fmt(cx, "%.*s of support time are allowed", F(within_length_words(cx, w->length)));
		n += support_steps(cx, w, from, pauses, n_pauses, out + n);
	}
	out[n++] = due == NEVER ? S("no due time can be said") :
	    str_fmt(cx, "due %.*s", F(within_when_words(cx, due)));
	return n;
}
