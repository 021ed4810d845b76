/* effect: from entries to views, the one way there is. The registrar applies an entry's effects in the batch that appends
 * it; `rebuild` applies those of every entry again. Both pass the same JSON through the same functions, which is why
 * the two are equal. Called by the desk; the names stand in effect.def. */
#ifndef STORE_EFFECT_H
#define STORE_EFFECT_H
#include "base/js.h"
#include "core/record.h"
#include "store/db.h"
#include "store/journal.h"

/* The entry whose effects are applied. */
struct applied {
	struct db *db;
	int64_t seq;                         /* its place in the whole journal */
	when at;
	struct id case_id, actor_id;
	struct hash leaf;
	const struct js *asked;              /* content's `asked` */
	/* The rest is effect_apply's: what the effects make of the case, written once behind them all. */
	struct row_case_now *kase;           /* NULL: there is none */
	struct js *facts;                    /* of kase, once an effect sets some */
	const struct js *opened;             /* the effect that opens it: the row is still to be added */
	const struct js **sights;
	ptrdiff_t n_sights;
};

/* Apply all of content's `did`, then what follows for the case (its soonest duty, its place in the queues). An effect
 * that is not known is ERR_TAMPERED: content is written by us alone. */
MUST_CHECK enum err effect_apply(struct cx *, struct applied *, const struct js *content);

/* Empty every view and make it again from the journal. In the caller's batch. n gets how many entries. */
MUST_CHECK enum err effect_rebuild(struct cx *, struct db *, const struct keys *, uint64_t *n);

/* Reading fields of an effect: a time (NEVER if absent), an id (zero if absent or empty). */
when effect_when(const struct js *, struct str key);
struct id effect_id(const struct js *, struct str key);

/* Add the row of the case that a->opened opens. */
MUST_CHECK enum err effect_case_add(struct cx *, struct applied *, int64_t soonest);

#define EFFECT(name) MUST_CHECK enum err effect_##name(struct cx *, struct applied *, const struct js *);
#include "store/effect.def"
#undef EFFECT
#endif
