/* duty: what changed between the duties a case has and those it owes now.
 *
 * The desk calls it after every change of facts and writes the answer into the entry. A duty is (case, rule,
 * role). Pure. */
#ifndef CORE_DUTY_H
#define CORE_DUTY_H
#include "core/evaluate.h"

enum duty_state {
	DUTY_OPEN,
	DUTY_DONE,
	DUTY_LAPSED,               /* was open when its ground went away */
	DUTY_OVER,                 /* was done when its ground went away: if the ground comes back, it is owed anew */
};
#define DUTY_STATES (DUTY_OVER + 1)
struct duty {
	struct str rule, role;
	enum duty_state state;
	when arises;               /* kept for as long as the duty stays owed */
	when from, due;            /* as last computed; NEVER if not known */
	const struct span *pauses; ptrdiff_t n_pauses; /* of a support-time clock */
};

enum duty_change_kind {
	DUTY_OPENED,               /* owed for the first time */
	DUTY_REOPENED,             /* owed again, with a new `arises` */
	DUTY_MOVED,                /* still open; its due time is another */
	DUTY_LET_GO,               /* open, no longer owed: becomes DUTY_LAPSED */
	DUTY_ENDED,                /* done, no longer owed: becomes DUTY_OVER; nobody need be told */
};
struct duty_change {
	enum duty_change_kind kind;
	ptrdiff_t was;             /* index of the duty it concerns, or -1 when opened for the first time */
	struct str rule, role;
	struct owed_duty now;      /* arises, from, due, … as they are from now on; zeroed for let go and ended */
	struct str why;            /* plain words */
};

/* `owed` is what policy_evaluate said for now. Done duties stay done unless their ground went and came back
 * (DUTY_OVER): what was done stays done, whatever is learnt about the time. Order: owed duties first, in order of the
 * pack, then what is no longer owed, in order of `had`. Returns how many changes. */
ptrdiff_t duty_changes(struct cx *, const struct policy *, const struct duty *had, ptrdiff_t n_had,
    const struct owed *, struct duty_change **out);

/* Names as entries and views spell them ("open"), and back (-1 when unknown). */
struct str duty_state_name(enum duty_state);
int duty_state_of_name(struct str);
struct str duty_change_name(enum duty_change_kind);
#endif
