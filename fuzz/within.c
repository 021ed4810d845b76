/* How long a duty may take: what a pack may say gives a due time that is never before its beginning, with its steps. */
#include "core/within.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	static const struct source here = { { "within", 6 }, 1, 1, { NULL, 0 } };
	static int64_t days[] = { 20812, 20815, 20819 };
	static struct str names[] = { { "Christmas Day", 13 }, { "Boxing Day", 10 }, { "New Year's Day", 14 } };
	static const struct holidays holidays = { { "england", 7 }, COUNT(days), days, names };
	static const struct hours hours[] = { { { "support", 7 }, 0x1f, 8 * 60, 17 * 60 + 30, &holidays },
		{ { "night", 5 }, 0x7f, 0, 24 * 60, NULL } };
	struct within w = within_read(cx, in, hours, COUNT(hours), &here), again;
	struct facts none = { 0 };
	struct str *steps;
	when due;

	HOLD(cx->n_faults <= 1 && (cx->n_faults == 0 || w.kind == WITHIN_UNSAID));
	if (cx->n_faults)
		return OK;
	again = within_read(cx, w.text, hours, COUNT(hours), &here);
	HOLD(again.kind == w.kind && again.length == w.length && again.days == w.days && again.hours == w.hours &&
	    again.from == w.from);
	HOLD(w.from != FACT_none ? within_from(&w, &none, cx->now) == NEVER : within_from(&w, &none, cx->now) == cx->now);
	due = within_due(&w, cx->now, NULL, 0);
	HOLD(due == NEVER || due >= cx->now);
	HOLD(within_due(&w, NEVER, NULL, 0) == NEVER);
	if (due != NEVER)
		HOLD(within_steps(cx, &w, cx->now, NULL, 0, &steps) > 0 && within_when_words(cx, due).n);
	return OK;
}
