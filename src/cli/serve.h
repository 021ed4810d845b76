/* serve: the verb. What it starts lies on floors that a door may not know, so main hands it in. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H
#include "cli/cli.h"

struct cli_server {
	struct str data, host, port;
	int workers;
	bool https;
};
/* Set by main before cli_main. */
extern enum err (*cli_serve)(struct cx *, const struct cli_server *);

MUST_CHECK enum err serve_verb(struct cx *, const struct cli *);
#endif
