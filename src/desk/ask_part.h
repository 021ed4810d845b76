/* ask_part: what the queue and the search have in common: one case as a line of a list, if this filter wants it. Called by
 * ask_lists.c, ask_way.c and ask_search.c alone. */
#ifndef DESK_ASK_PART_H
#define DESK_ASK_PART_H
#include "desk/ask.h"

/* What lists are narrowed by. */
struct ask_marks { struct str state, category, department, level; struct id owner; int64_t soonest; };
/* As far as these tell: of personal data they know nothing. */
bool ask_part_wanted(const struct ask_filter *, const struct actor *, const struct ask_marks *, when now);

/* *take: it is wanted. Of a case that is seen as a stub nothing is shown, and nothing is narrowed by. */
MUST_CHECK enum err ask_part_row(struct cx *, const struct desk *, const struct actor *, const struct ask_filter *, struct id case_id,
    enum sight_level, struct ask_row *out, bool *take);
/* Does it ask for what only those know who may read a case? */
bool ask_part_narrows(const struct ask_filter *);
#endif
