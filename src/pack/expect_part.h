/* expect_part: an expectation while it is read, for the files that understand them; nobody else includes this. */
#ifndef PACK_EXPECT_PART_H
#define PACK_EXPECT_PART_H
#include "pack/expect.h"

struct expecting {
	const struct scene *s;
	struct cx *cx;
	const struct policy *p;
	const struct source *from;
	struct str text, word;     /* word: the one last taken */
	ptrdiff_t at;
	bool wrong;                /* a fault was added */
	struct str why;            /* empty: it holds */
};

/* The next word; a comma is one by itself; "…" is one without its quotes. Empty at the end. */
struct str expect_next(struct expecting *);
bool expect_peek(struct expecting *, const char *word);
bool expect_take(struct expecting *, const char *word); /* if it is the next */
void expect_must(struct expecting *, const char *word); /* or a fault */
/* Whatever is left, trimmed and without quotes. */
struct str expect_rest(struct expecting *);
when expect_time(struct expecting *);
struct str expect_when(struct expecting *, when); /* as text */

/* At the word last taken; only the first counts. */
__attribute__((format(printf, 2, 3)))
void expect_fault(struct expecting *, const char *fmt, ...);
/* It is understood, but does not hold. */
void expect_fails(struct expecting *, struct str why);

/* A word that must be the id of something in the pack. */
#define KNOWN(e, kind, T) ((const struct T *)expect_known(e, #kind, policy_##kind(e->p, expect_next(e))))
const void *expect_known(struct expecting *, const char *what, const void *found);

/* Expectations of duties; the first word was taken, of expect_no_duty the word “no”. */
void expect_duty(struct expecting *);
void expect_nothing(struct expecting *);
void expect_no_duty(struct expecting *);
void expect_withheld(struct expecting *);
void expect_count(struct expecting *, int64_t n);
void expect_warns(struct expecting *);
void expect_escalates(struct expecting *);
#endif
