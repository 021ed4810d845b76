/* clerk: the process that lets the clock tick and tells people by mail that there is something for them. It reads the
 * database, writes nothing, and says by commands what became of each mail. A mail holds a reference and a link, never
 * a word of a case: whoever reads it signs in to see more.
 *
 * Each notice becomes a letter per address, which is tried until the mail server takes it, refuses it for good, or
 * ten tries are over; then it is undelivered, which administrators and `doctor` see. A clerk that dies in between
 * sends at worst one letter twice, with the same Message-ID. So does one that was stopped for so long that another
 * node's clerk went on: of several nodes on one database one has the clerk (desk/lease.h), and each asks before it works. */
#ifndef MAIL_CLERK_H
#define MAIL_CLERK_H
#include "desk/desk.h"
#include "sys/proc.h"

struct clerk {
	struct desk *desk;          /* to read */
	/* Send a command and wait for its answer; a refusal is an error. */
	enum err (*command)(struct cx *, void *with, const struct js *request, struct js **answer);
	void *with;
	struct str password;        /* of mail_user on the mail server; empty: none */
	when swept;                 /* boot time of the last sweep; NEVER: not yet */
	int64_t entries;            /* how many there were in the round before; 0: not known */
	bool said_no_server;
};

/* One round of work: the ticks that are due, new notices into letters, letters that are due into mails, once an hour
 * a sweep. Errors are the registrar's or the database's: try again later. */
MUST_CHECK enum err clerk_round(struct cx *, struct clerk *);

/* The process: rounds every five seconds until it is asked to stop. The password is read before the cage, from the
 * file keys/mail_password (mode 0600) if there is one. */
MUST_CHECK enum err clerk_run(struct cx *, struct proc *);
#endif
