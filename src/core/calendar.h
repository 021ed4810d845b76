/* calendar: support hours: when a desk is open, and time counted only while it is.
 *
 * Hours are local time of Europe/London and half-open: [08:00, 17:30). A day on which the clocks change has as much
 * support time as really passes between its opening and its closing. Used by whatever has a due time. Pure. */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H
#include "base/time.h"

struct holidays {
	struct str id;
	ptrdiff_t n;
	const int64_t *days;       /* since 1970-01-01, ascending, none twice */
	const struct str *names;
};
struct hours {
	struct str id;
	unsigned days;             /* bit 0 Monday … bit 6 Sunday; never 0 */
	int from, to;              /* minutes after midnight, 0 <= from < to <= 1440 */
	const struct holidays *holidays; /* NULL: none */
};
/* Time that does not count; to == NEVER: not over yet. */
struct span { when from, to; };

bool calendar_open(const struct hours *, when);
/* The first instant >= t at which it is open; the first closing > t. NEVER if there is none within thirty years. */
when calendar_opens(const struct hours *, when t);
when calendar_closes(const struct hours *, when t);
/* The name of the holiday that day is (London), or the empty str. */
struct str calendar_holiday(const struct hours *, when);

/* The earliest instant by which `length` of support time has passed since `from` (length 0: `from` itself), and the
 * latest from which on `length` passes until `to`. NEVER when that lies more than thirty years away. */
when calendar_add(const struct hours *, when from, when length);
when calendar_back(const struct hours *, when to, when length);
/* Support time in [a, b); 0 if b <= a. */
when calendar_elapsed(const struct hours *, when a, when b);
/* As calendar_add, but nothing counts within the n spans (ascending, apart). NEVER while one that matters is open. */
when calendar_add_paused(const struct hours *, when from, when length, const struct span *, ptrdiff_t n);
/* Support time of one whole working day. */
when calendar_day(const struct hours *);
#endif
