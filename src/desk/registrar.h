/* registrar: the one process that may write, and the gate beside it that alone reads password hashes. Run by `serve` under
 * the parent (sys/proc).
 *
 * A door's message is eight bytes of ticket and a command; the answer carries the same ticket. A message with ticket 0 is a
 * greeting: a new registrar has started, what was asked before must be asked again (ids make that harmless). The command
 * line connects to run/registrar.sock and sends bare commands. A clerk that runs as a service of its own connects to
 * run/clerk.sock and speaks as doors do. */
#ifndef DESK_REGISTRAR_H
#define DESK_REGISTRAR_H
#include "base/cx.h"
#include "sys/proc.h"

/* What all processes of a server are told by the parent: the plan's arg. */
struct registrar_plan {
	struct str data;        /* the data directory */
	int dir;                /* the same, opened before any jail, for from inside one it cannot be; inherited */
	int socket;             /* where the command line connects; inherited; -1: nowhere */
	int clerks;             /* where a clerk connects that is no child of the parent; inherited; -1: nowhere */
	int listen;             /* where the web workers accept; inherited */
	const void *own;        /* of whoever made the plan */
	bool https;             /* people reach the service by https: cookies are for that only */
};

enum { REGISTRAR_TICKET = 8 };
/* Commands and answers with their ticket. */
struct str registrar_wrap(struct cx *, uint64_t ticket, struct str text);
bool registrar_unwrap(struct str message, uint64_t *ticket, struct str *text);

/* Mains of the two processes. */
MUST_CHECK enum err registrar_run(struct cx *, struct proc *);
MUST_CHECK enum err gate_run(struct cx *, struct proc *);
#endif
