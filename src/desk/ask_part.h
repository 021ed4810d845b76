/* ask_part: what the queue and the search have in common: cases as lines of a list, if this filter wants them. Called by
 * ask_lists.c, ask_way.c and ask_search.c alone. */
#ifndef DESK_ASK_PART_H
#define DESK_ASK_PART_H
#include "desk/ask.h"

/* What lists are narrowed by. */
struct ask_marks { struct str state, category, department, level; struct id owner; int64_t soonest; };
/* As far as these tell: of personal data they know nothing. */
bool ask_part_wanted(const struct ask_filter *, const struct actor *, const struct ask_marks *, when now);
/* Does it ask for what only those know who may read a case? */
bool ask_part_narrows(const struct ask_filter *);

/* A case that a list has come by, and how much of it is seen; SEES_NOTHING: that is to be asked. wanted: as far as its marks tell. */
struct ask_at { int64_t soonest; struct id case_id; enum sight_level sight; bool wanted; };
/* Their lines into out[n]; without a row where it is not seen, or not wanted. What is seen is known of all of them or of none. Of a
 * case that is seen as a stub nothing is shown, and nothing is narrowed by. */
MUST_CHECK enum err ask_part_rows(struct cx *, const struct desk *, const struct actor *, const struct ask_filter *, const struct ask_at *,
    ptrdiff_t n, struct ask_row *out);
#endif
