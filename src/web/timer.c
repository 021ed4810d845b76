#include "web/timer.h"

static void
put(struct timers *ts, struct timer *t, int place)
{
	ts->heap[place - 1] = t;
	t->place = place;
}

static void
up(struct timers *ts, struct timer *t)
{
	int i = t->place;

	for (; i > 1 && ts->heap[i / 2 - 1]->due > t->due; i /= 2)
		put(ts, ts->heap[i / 2 - 1], i);
	put(ts, t, i);
}

static void
down(struct timers *ts, struct timer *t)
{
	int i = t->place;

	for (int child; (child = 2 * i) <= ts->n; i = child) {
		if (child < ts->n && ts->heap[child]->due < ts->heap[child - 1]->due)
			child++;
		if (ts->heap[child - 1]->due >= t->due)
			break;
		put(ts, ts->heap[child - 1], i);
	}
	put(ts, t, i);
}

void
timer_set(struct timers *ts, struct timer *t, when due)
{
	t->due = due;
	if (!t->place)
		put(ts, t, ++ts->n);
	up(ts, t);
	down(ts, t);
}

void
timer_drop(struct timers *ts, struct timer *t)
{
	struct timer *last;

	if (!t->place)
		return;
	last = ts->heap[--ts->n];
	if (last != t) {
		put(ts, last, t->place);
		up(ts, last);
		down(ts, last);
	}
	t->place = 0;
}

struct timer *
timer_first(const struct timers *ts)
{
	return ts->n ? ts->heap[0] : NULL;
}
