/* index: the index of words follows the journal, a little behind: the clerk asks how far, and has the writer go on by the command
 * `index`. Called by the clerk, by verbs, and by whoever measures. */
#ifndef DESK_INDEX_H
#define DESK_INDEX_H
#include "desk/desk.h"

/* How many entries there are, and how many of them are not in the index. */
MUST_CHECK enum err index_behind(struct cx *, const struct desk *, int64_t *entries, int64_t *behind);
/* All that is missing, at once; the writer alone, outside a batch. */
MUST_CHECK enum err index_fill(struct cx *, struct desk *);
#endif
