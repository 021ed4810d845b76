/* people: the verbs about who is who: person import, list, link; system import. */
#ifndef CLI_PEOPLE_H
#define CLI_PEOPLE_H
#include "cli/cli.h"

enum err people_verb_import(struct cx *, const struct cli *);
enum err people_verb_list(struct cx *, const struct cli *);
enum err people_verb_link(struct cx *, const struct cli *);
enum err people_verb_systems(struct cx *, const struct cli *);
#endif
