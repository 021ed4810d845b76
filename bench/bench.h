/* bench: what the programmes that measure share. Nothing here is of the product.
 *
 * A tape is what bench/record.c writes down: for each statement, in the machine's own order of bytes, two uint16_t (its number in
 * enum sql, how many values), and for each value two int64_t (its enum db_type; the number itself, or how many bytes follow).
 * In place of a statement's number one of the words below. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H
#include "base/cx.h"

enum { TAPE_TIDY = 0xfffd, TAPE_BEGIN = 0xfffe, TAPE_COMMIT = 0xffff, TAPE_VALUES = 40 /* most of one statement */ };

/* All of a tape; freed by the caller. Ends the programme when it cannot be read. */
char *bench_tape(const char *path, size_t *n);

/* One turn with so much room; what went wrong is said under the programme's name. What the programme exits with. */
int bench_run(const char *name, ptrdiff_t room, enum err (*work)(struct cx *, void *), void *arg);
#endif
