/* serve: the verbs that run it as a service. What they start lies on floors that a door may not know, so main hands it
 * in. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H
#include "cli/cli.h"

struct cli_server {
	struct str data, host, port;
	int workers;
	bool https;
	bool listens;        /* --listen was given */
	bool without_clerk;  /* the clerk is a service of its own */
};
/* Set by main before cli_main. */
extern enum err (*cli_serve)(struct cx *, const struct cli_server *);
extern enum err (*cli_clerk)(struct cx *, struct str data);

MUST_CHECK enum err serve_verb(struct cx *, const struct cli *);
MUST_CHECK enum err serve_verb_clerk(struct cx *, const struct cli *);
#endif
