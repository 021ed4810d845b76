/* err: the one idiom for errors.
 * What can fail returns `enum err`; its result is the last out-parameter. The detail is said once, where it is
 * first known, by fail(); everybody above only says TRY(call). Bugs are assertions, not errors. */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include "base/str.h"
#include <assert.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define TRY(call) do { enum err e_ = (call); if (e_ != OK) return e_; } while (0)

enum err {
	OK = 0,
#define ERR(kind, http, code, words) ERR_##kind,
#include "base/err.def"
#undef ERR
};

struct cx;

/* Remember why (at most 511 bytes, cut at a character) and return `kind`. */
__attribute__((format(printf, 3, 4)))
MUST_CHECK enum err fail(struct cx *, enum err kind, const char *fmt, ...);
/* What failed is not OK: said where whoever analyses a caller sees it. */
#define fail(...) err_sure(fail(__VA_ARGS__))
MUST_CHECK static inline enum err
err_sure(enum err e)
{
	assert(e != OK);
	return e;
}

/* The HTTP status (200 for OK), the exit code of the command line (0 for OK), the stable name ("BAD_INPUT") and
 * the words for people of a kind. */
int err_http(enum err);
int err_exit(enum err);
struct str err_name(enum err);
struct str err_words(enum err);
/* The kind with that name, or ERR_BROKEN, never OK: used where an error crosses a process as text. */
enum err err_of_name(struct str);

/* One thing wrong in an input that may have many. Lines and columns count from 1; 0 means not known. */
struct fault {
	struct str field, rule, words;
	int line, column;
	struct fault *next;
};

/* Collect a fault and go on (at most 100 are kept, the rest only counted). `field` and `rule` must outlive the turn. */
__attribute__((format(printf, 6, 7)))
void fault_add(struct cx *, struct str field, int line, int column, struct str rule, const char *fmt, ...);
/* OK when there is no fault, else ERR_BAD_INPUT whose detail is the first one. */
MUST_CHECK enum err fault_end(struct cx *);
#endif
