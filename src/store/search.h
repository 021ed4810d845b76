/* search: the index of words, which follows the journal a little behind, so that no report waits for it. One document a case:
 * its reference, title and department, what happened, and every word that was said on it, with marks of who sees it in
 * full and of what lists are narrowed by. What may not be read may not be searched: a stub leaves no mark.
 *
 * A document is made from views alone and stands at the place of its case's first entry. The clerk asks the writer again and
 * again to go on (the command `index`); `rebuild` makes it whole. Called by effect.c and the desk. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H
#include "core/words.h"
#include "store/db.h"

/* How many places of the journal are in the index. */
MUST_CHECK enum err search_upto(struct cx *, struct db *, int64_t *out);
/* Take in the cases of at most so many entries more. `more`: there are others. In the caller's batch. */
MUST_CHECK enum err search_go_on(struct cx *, struct db *, int64_t most, bool *more);
/* Make all of it again from the views that stand. In the caller's batch. */
MUST_CHECK enum err search_rebuild(struct cx *, struct db *);

/* A case leaves the index with every word of it; true in *was if it was there. What the index still keeps of the words on disk goes when
 * it is ground: step by step until `more` is false, then the log of the database is emptied (desk_tidy). */
MUST_CHECK enum err search_forget(struct cx *, struct db *, struct id case_id, bool *was);
MUST_CHECK enum err search_grind(struct cx *, struct db *, bool *more);

/* The mark of a document: whom it is seen by in full ("sees" and a token), or a part of it by which lists are narrowed. */
struct str search_mark(struct cx *, struct str kind, struct str value);
#endif
