/* cx: what one turn carries (a request, a mail, a verb, a tick): its memory, its time, its chance, its errors.
 *
 * The one idiom for memory: each turn has one arena, given back whole at the end; what is not memory (a statement, a
 * file, a transaction) is registered with cx_defer, so early return is always right. No free() above base.
 *
 * When an arena is full the input is too big, which is neither a bug nor something each caller should have to test
 * for: arena_take never returns NULL but gives up the turn, which cx_run answers with ERR_TOO_BIG after running the
 * turn's defers. That jump is safe because a turn owns nothing that it has not deferred; therefore nothing that can
 * take memory is ever called from inside a library's callback. */
#ifndef BASE_CX_H
#define BASE_CX_H
#include "base/err.h"
#include "base/str.h"
#include "base/time.h"
#include <setjmp.h>

struct arena { char *start, *at, *end; jmp_buf *over; };
struct defer { void (*run)(void *); void *arg; struct defer *below; };

struct cx {
	struct arena a;
	struct defer *defers;
	when now;                            /* the wall clock as this turn sees it: UTC microseconds */
	when boot;                           /* the monotonic clock that counts through sleep, microseconds */
	void (*chance)(void *p, size_t n);   /* fills p with randomness; tests set a counter */
	struct fault *faults;                /* in order of discovery */
	int n_faults;
	char why[512];                       /* the detail of the last fail(), NUL-terminated UTF-8 */
};

/* n zeroed objects of `size` bytes, aligned to 16; never NULL. n may be 0. */
void *arena_take(struct arena *, ptrdiff_t size, ptrdiff_t n);
/* The same with whatever lies there: for what is written before it is read. */
void *arena_room(struct arena *, ptrdiff_t size, ptrdiff_t n);
#define NEW(cx, T, n) ((T *)arena_take(&(cx)->a, (ptrdiff_t)sizeof(T), (n)))

/* Make the arena of a turn from room that the caller owns. */
void cx_begin(struct cx *, void *room, ptrdiff_t size);
/* Room for an arena straight from the system: pages cost nothing until touched. Aborts if there is none. */
void *cx_room(ptrdiff_t size);
/* Run at the end of the turn, last registered first. */
void cx_defer(struct cx *, void (*run)(void *), void *arg);
/* Run fn; if it asks for more than the arena has, run its defers and return ERR_TOO_BIG. Nests. */
MUST_CHECK enum err cx_run(struct cx *, enum err (*fn)(struct cx *, void *arg), void *arg);
/* The defers, then the arena back to empty; faults and why are forgotten. */
void cx_end(struct cx *);

/* A place to come back to inside a turn: what was taken after cx_mark is given back by cx_back, its defers run first.
 * For loops over many records. */
struct mark { char *at; struct defer *defers; };
struct mark cx_mark(struct cx *);
void cx_back(struct cx *, struct mark);

/* Copies into the arena. str_z adds a NUL behind (not counted). */
struct str str_copy(struct cx *, struct str);
const char *str_z(struct cx *, struct str);
__attribute__((format(printf, 2, 3)))
struct str str_fmt(struct cx *, const char *fmt, ...);
struct str str_lower(struct cx *, struct str); /* ASCII only */
struct str str_join(struct cx *, const struct str *, ptrdiff_t n, struct str between);
#endif
