/* test_dir: a directory of a test's own below $TMPDIR, gone when the test ends. Used by tests alone. */
#ifndef SYS_TEST_DIR_H
#define SYS_TEST_DIR_H
#include "base/cx.h"

/* Its descriptor. */
int test_dir(struct cx *);
/* The path of the directory that test_dir made last. */
const char *test_dir_path(void);
#endif
