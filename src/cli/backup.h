/* backup: the verbs that take a data directory to a safe place and back. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H
#include "cli/cli.h"

MUST_CHECK enum err backup_verb(struct cx *, const struct cli *);
MUST_CHECK enum err backup_verb_keys(struct cx *, const struct cli *);
MUST_CHECK enum err backup_verb_restore(struct cx *, const struct cli *);
#endif
