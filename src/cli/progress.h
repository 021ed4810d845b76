/* progress: how far a long verb has come, to standard error: a bar that is written over on a terminal, and elsewhere a plain
 * line now and then, so that a log shows it too. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
#include "base/cx.h"
#include "base/watch.h"

/* For the turn; `quiet` says nothing where there is no terminal. */
struct watch progress_begin(struct cx *, bool quiet);
/* The bar is wiped away. */
void progress_end(struct watch);
/* The line itself, for tests: `columns` wide at the most. */
struct str progress_line(struct cx *, const char *what, int64_t n, int64_t of, int columns);
#endif
