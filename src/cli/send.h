/* send: how a verb reaches the one writer of a data directory. When a server runs there, its registrar is asked over
 * run/registrar.sock; otherwise the verb takes the directory's lock and is the registrar itself until it ends. Every
 * verb that writes goes this way; nothing else in cli opens a desk to write. */
#ifndef CLI_SEND_H
#define CLI_SEND_H
#include "cli/cli.h"
#include "desk/desk.h"

enum { SEND_MOST = 64 };   /* commands a batch: one commit where we are the registrar ourselves */

struct send {
	struct cx *cx;
	struct desk *desk;         /* NULL: a server runs, and `fd` leads to it */
	int fd, lock;
	bool wrote;
	long batches;
};

/* A command as desk_do wants it, with an id of its own, so that it may be sent again. `args` may be NULL, `ref`
 * empty. */
struct js *send_request(struct cx *, const char *command, struct str ref, struct js *args);

/* Closed at the end of the turn; what this process has written is signed then by send_close, which should be called
 * where all went well. ERR_BUSY: somebody holds the directory and does not answer. */
MUST_CHECK enum err send_open(struct cx *, struct str data, struct send *out);
/* Up to SEND_MOST commands; one that has a credential (`as`) is that person's where we are the registrar ourselves,
 * all others are the command line's; answers[i] is that of requests[i], as desk_do gives it (desk_answer reads it).
 * When an error is returned, it is not known which of them were done; each may be sent again. */
MUST_CHECK enum err send_all(struct send *, struct js *const *requests, ptrdiff_t n, struct str *answers);
/* One command; a refusal is an error whose faults stand in cx. */
MUST_CHECK enum err send_one(struct send *, const struct js *request, struct js **answer);
/* Sign what was written here. A server signs by itself. */
MUST_CHECK enum err send_close(struct send *);

/* A desk to ask questions of, until the end of the turn; a server may run at the same time. */
MUST_CHECK enum err cli_desk(struct cx *, struct str data, struct desk **out);

/* All of it for one command. */
MUST_CHECK enum err cli_command(struct cx *, struct str data, const struct js *request, struct js **answer);
#endif
