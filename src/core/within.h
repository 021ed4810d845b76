/* within: how long a duty may take: "immediately", "2 support hours", "72h from aware_at". Written in packs, read
 * once, turned into due times by the policy engine. Pure. */
#ifndef CORE_WITHIN_H
#define CORE_WITHIN_H
#include "core/calendar.h"
#include "core/fact.h"
#include "core/source.h"

enum within_kind { WITHIN_UNSAID, WITHIN_IMMEDIATELY, WITHIN_ELAPSED, WITHIN_SUPPORT };

struct within {
	enum within_kind kind;
	when length;               /* of elapsed time; of support time, unless it is counted in days */
	int64_t days;              /* support days, when that is what was said, else 0 */
	const struct hours *hours; /* support time */
	enum fact from;            /* the time fact it counts from, or FACT_none: from when the duty arises */
	struct str text;           /* as the pack has it */
};

/* A zeroed within after a fault. Hours are looked up by the word before hours, minutes or days ("support"). */
struct within within_read(
    struct cx *, struct str text, const struct hours *, ptrdiff_t n_hours, const struct source *);
/* Where counting begins: the fact's time, `arises`, or NEVER if it counts from what is not known. */
when within_from(const struct within *, const struct facts *, when arises);
/* `from` plus the time allowed; NEVER if from is NEVER or nothing was said. Pauses count for support time only: a
 * statutory clock never pauses. */
when within_due(const struct within *, when from, const struct span *pauses, ptrdiff_t n);
/* Each step from `from` to the due time, in order and in plain words, for "explain this due time". Returns
 * how many. */
ptrdiff_t within_steps(struct cx *, const struct within *, when from, const struct span *pauses, ptrdiff_t n,
    struct str **steps);
/* "Friday 27 November 2026, 16:30" in London. */
struct str within_when_words(struct cx *, when);
/* "9 h 30 min". */
struct str within_length_words(struct cx *, when length);
#endif
