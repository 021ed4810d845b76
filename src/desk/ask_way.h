/* ask_way: ways through the cases that somebody may see, in the order of queues: the soonest clock first, then by id. One goes along
 * what is addressed to the actor; others along an index of what the list is narrowed by, and ask of each case whether the actor
 * sees it. All lead by the wanted cases in the same order; which comes to a page's end first depends on how many there are
 * beside each, which nobody needs to know beforehand: the queue goes along all of them by turns. Called by ask_lists.c. */
#ifndef DESK_ASK_WAY_H
#define DESK_ASK_WAY_H
#include "desk/ask.h"

struct ask_at;
struct ask_way;
enum { ASK_WAYS = 5 };
/* The first goes along the actor's sights: all of its cases are seen, some as stubs. On the others, one each for category,
 * department, level and owner where the filter has them, some are not seen: then not even where they stand may be told. */
int ask_ways(struct cx *, const struct actor *, const struct ask_filter *, struct ask_way *out[ASK_WAYS]);
/* The next case, of which on all ways but the first is not said how much of it is seen; *there: false at the way's end. */
MUST_CHECK enum err ask_way_next(struct cx *, const struct desk *, struct ask_way *, struct ask_at *out, bool *there);
#endif
