/* copy: the verb that takes a body to another database. */
#ifndef CLI_COPY_H
#define CLI_COPY_H
#include "cli/cli.h"

enum err copy_verb(struct cx *, const struct cli *);
#endif
