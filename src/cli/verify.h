/* verify: the verb `tocsin verify`: an exported bundle, read file by file, given to core's verifier. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H
#include "cli/cli.h"

enum err verify_verb(struct cx *, const struct cli *);
#endif
