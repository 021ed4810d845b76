/* evaluate: the policy at work: facts in, duties out, each with its clause and the reason in plain words.
 *
 * Pure: the same policy, facts and moment give the same duties in the same order (that of the pack's rules). The desk
 * calls it whenever facts change; `tocsin policy explain` prints it. */
#ifndef CORE_EVALUATE_H
#define CORE_EVALUATE_H
#include "core/policy.h"

struct alarm { when at; const struct role *role; };  /* role NULL: whoever holds the duty */

struct owed_duty {
	const struct rule *rule;
	const struct role *role;   /* the rule's, or the one instead of it */
	when arises;
	when from;                 /* where `within` counts from; NEVER if that is not known yet */
	when due;                  /* NEVER: owed without a due time (none given, or from is NEVER) */
	const when *warns; ptrdiff_t n_warns; /* in order of the pack; none while from is NEVER */
	const struct alarm *escalations; ptrdiff_t n_escalations;
	struct str because;        /* "4.2-1 Tell the line manager first: the kind of report is event" */
};
struct withheld {
	const struct rule *rule;
	const struct role *role;
	struct str because;
};
struct owed {
	struct facts facts;        /* as given, with what category and derivations add */
	const struct owed_duty *duties; ptrdiff_t n_duties;
	const struct withheld *withheld; ptrdiff_t n_withheld;
};

/* What is owed under these facts if every duty arises at `arises`. */
void policy_evaluate(struct cx *, const struct policy *, const struct facts *, when arises, struct owed *out);
/* Add what follows: the category's meanings, then the derivations in order; a fact that is known is never changed. */
void policy_derive(const struct policy *, const struct facts *, struct facts *out);
/* ERR_BAD_INPUT-worthy faults for what only the policy knows: the category must be one of its own. */
void policy_facts_check(struct cx *, const struct policy *, const struct facts *);
/* The first severity whose condition holds, NULL if none does; facts as derived. */
const struct severity *policy_severity(const struct policy *, const struct facts *);

/* Lists for these (derived) facts, in order, none twice. Return how many. */
ptrdiff_t policy_cards(struct cx *, const struct policy *, const struct facts *, const struct card *const **out);
ptrdiff_t policy_asks(struct cx *, const struct policy *, const struct facts *, const struct question *const **out);
/* Answers {"question": "value" | ["value", …] | number} into facts, through `sets` and the options' `means` (which
 * set only facts that are still absent). What does not fit becomes a fault whose field is the question. */
void policy_answers(struct cx *, const struct policy *, const struct js *answers, struct facts *);

/* Due time, warnings and escalations of a rule that counts from `from`, as policy_evaluate gives them. */
void policy_times(struct cx *, const struct rule *, when from, struct owed_duty *);
/* {"duties":[{"rule","clause","do","role","within","due","because"}],"withheld":[{"role","because"}]}: the contract
 * of `tocsin policy explain`. A due time that is not known is null. */
struct js *policy_explain(struct cx *, const struct owed *);
#endif
