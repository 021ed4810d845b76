/* policy: the verbs `tocsin policy …`, and where packs are found, for other verbs that take one. */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H
#include "cli/cli.h"
#include "core/policy.h"

/* The path of a pack's pack.yaml: `name` is that file, its folder, or the id of a pack in ./policy, in the folder
 * that TOCSIN_POLICY names, or where Tocsin's own packs were installed. ERR_NOT_FOUND names the places. */
MUST_CHECK enum err policy_pack_path(struct cx *, struct str name, struct str *path);
/* Its bytes and what they mean; faults are printed against the file. */
MUST_CHECK enum err policy_pack_open(struct cx *, struct str name, struct str *yaml, const struct policy **out);

enum err policy_verb_check(struct cx *, const struct cli *);
enum err policy_verb_cases(struct cx *, const struct cli *);
enum err policy_verb_explain(struct cx *, const struct cli *);
#endif
