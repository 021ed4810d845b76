/* test: how a unit test is written. TEST(name) { … } registers itself; it runs under cmocka with a fresh turn whose
 * clock stands at T0 and whose chance is a counter. */
#ifndef BASE_TEST_H
#define BASE_TEST_H
#include "base/cx.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#undef fail /* cmocka has one of its own */
#include <cmocka.h>
__attribute__((noreturn)) void _fail(const char *file, int line); /* cmocka does not say so */

struct test { const char *name; void (*run)(struct cx *); struct test *next; };
extern struct test *tests;
/* What must hold once all tests have run; it says itself what does not. NULL: nothing. */
extern bool (*test_at_end)(void);

#define TEST(id) \
	static void id(struct cx *); \
	__attribute__((constructor)) static void id##_add(void) \
	{ static struct test t = { #id, id, NULL }; t.next = tests; tests = &t; } \
	static void id(struct cx *cx)
#define EXPECT(c) do { if (!(c)) fail_msg("%s", #c); } while (0)
/* Two strs; says both when they differ. */
#define EXPECT_STR(a, b) do { struct str a_ = (a), b_ = (b); if (!str_eq(a_, b_)) \
	fail_msg("%.*s\n  is not\n%.*s", F(a_), F(b_)); } while (0)
#define EXPECT_OK(call) do { enum err e_ = (call); if (e_ != OK) \
	fail_msg("%s: %s", err_name(e_).p, cx->why); } while (0)

/* 2026-01-01T00:00:00Z */
#define T0 ((when)1767225600 * SECOND)

/* A turn as tests get it, over 64 MiB. */
void test_begin(struct cx *);
/* A file whole; .p is NULL if there is none. */
struct str test_read(struct cx *, const char *path);
/* A file of ../shared if it is there; otherwise says that the test skips, and why, and skips it. */
struct str test_shared(struct cx *, const char *path);
/* A file below the project's root. */
struct str test_file(struct cx *, const char *path);
/* How many the environment asks for by that name, or `otherwise`. */
long test_count(const char *name, long otherwise);
/* One line to figures.jsonl ($TOCSIN_FIGURES, or build/ below the root) and the same in words. */
void test_figure(const char *name, long tried, long failed, when took, long seed);
#endif
