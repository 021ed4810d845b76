/* report_walk: somebody who reports, for tests: from the first page to the confirmation. Tests only. */
#ifndef WEB_REPORT_WALK_H
#define WEB_REPORT_WALK_H
#include "web/browse.h"

/* A browser on a fresh service with that pack, on Monday 23 November 2026 at 10:00, when the desk is open. */
struct browse *walk_begin(struct cx *, const char *pack);
/* Another person's browser on the same service. */
struct browse *walk_other(struct browse *);
/* From the first page to the one that asks for words. */
void walk_choose(struct browse *, const char *category);
/* Press Continue, leaving what may be left, until the address is `until`. Returns how many pages that were. */
int walk_to(struct browse *, const char *until);
/* Tell this and say nothing else; at the check page. */
void walk_tell(struct browse *, const char *category, const char *words);
/* Send it; the reference, and the code (may be NULL). */
struct str walk_send(struct browse *, struct str *code);
struct row_case_get *walk_case(struct browse *, struct str ref);
/* What the report's command asked for, as the journal keeps it. */
struct js *walk_asked(struct browse *, struct str ref);
#endif
