/* serve: the server as a whole: the sockets, then the parent with registrar, gate, clerk and web workers. Called by the verb
 * `serve` through main, the only floor that knows all of them. */
#ifndef MAIN_SERVE_H
#define MAIN_SERVE_H
#include "cli/serve.h"

/* Until it is told to stop. Prints the address once everything has started. */
MUST_CHECK enum err serve_run(struct cx *, const struct cli_server *);
/* The clerk of a server that was started without one. Until it is told to stop, or the server ends. */
MUST_CHECK enum err serve_clerk(struct cx *, struct str data);
#endif
