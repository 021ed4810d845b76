/* keep: the verbs that look after a journal: export, verify --data, rebuild, doctor. */
#ifndef CLI_KEEP_H
#define CLI_KEEP_H
#include "cli/cli.h"

enum err keep_verb_export(struct cx *, const struct cli *);
enum err keep_verb_export_case(struct cx *, const struct cli *);
enum err keep_verb_vkey(struct cx *, const struct cli *);
enum err keep_verb_rebuild(struct cx *, const struct cli *);
enum err keep_verb_doctor(struct cx *, const struct cli *);
/* `verify --data DIR`; called by verify_verb. */
MUST_CHECK enum err keep_verify(struct cx *, struct str data, bool json);
#endif
