/* demo: an invented organisation and invented cases, for showing and trying Tocsin; nothing in it is anybody's. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H
#include "cli/send.h"

/* Everybody and everything of the organisation: people in every role of the policy in force, departments, managers,
 * systems with owners, settings. Called by `init --demo`. */
MUST_CHECK enum err demo_organisation(struct send *);

enum err demo_verb(struct cx *, const struct cli *);
#endif
