/* org: the verbs that set an organisation up: init, join, token, setting, policy set. */
#ifndef CLI_ORG_H
#define CLI_ORG_H
#include "cli/cli.h"

enum err org_verb_init(struct cx *, const struct cli *);
enum err org_verb_join(struct cx *, const struct cli *);
enum err org_verb_token_add(struct cx *, const struct cli *);
enum err org_verb_setting_set(struct cx *, const struct cli *);
enum err org_verb_setting_list(struct cx *, const struct cli *);
enum err org_verb_policy_set(struct cx *, const struct cli *);
#endif
