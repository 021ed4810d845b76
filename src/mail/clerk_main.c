/* The clerk as a process: its cage, its line to the registrar, its rounds. */
#include "mail/clerk.h"

#include "base/log.h"
#include "desk/registrar.h"
#include "mail/smtp.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include <poll.h>

enum { TURN = 64 << 20, PASSWORD = 1024 };
#define EVERY (5 * SECOND)
#define PATIENCE (60 * SECOND)
#define OPENING (2 * SECOND)

struct line { struct proc *proc; uint64_t ticket; };

/* Wait for the order to stop and, with events, for the line; at most so long. */
static enum err
wait_for(struct cx *cx, const struct line *l, short events, when patience)
{
	struct pollfd p[] = { { l->proc->stop, POLLIN, 0 }, { l->proc->link, events, 0 } };

	(void)poll(p, events ? 2 : 1, (int)(patience / 1000));
	return p[0].revents ? fail(cx, ERR_BUSY, "asked to stop") : OK;
}

/* Answers to what was given up on are let pass; a greeting means that the registrar is another, which must be asked
 * again. */
static enum err
hear(struct cx *cx, struct line *l, when until, struct str *answer, bool *afresh)
{
	struct str message;
	uint64_t ticket;

	for (;;) {
		enum ipc got = ipc_recv(cx, l->proc->link, &message);

		if (got == IPC_WAIT) {
			when left = until - sys_boot();

			if (left <= 0)
				return fail(cx, ERR_TIMEOUT, "the registrar does not answer");
			TRY(wait_for(cx, l, POLLIN, left));
			continue;
		}
		if (got != IPC_OK || !registrar_unwrap(message, &ticket, answer))
			return fail(cx, ERR_BROKEN, "the line to the registrar is cut");
		if (ticket == 0 && (*afresh = true))
			return OK;
		if (ticket == l->ticket)
			return OK;
	}
}

static enum err
ask(struct cx *cx, void *with, const struct js *request, struct js **answer)
{
	struct line *l = with;
	struct str text = js_text(cx, request), said;
	when until = sys_boot() + PATIENCE;
	bool afresh;

	do {
		struct str message = registrar_wrap(cx, ++l->ticket, text);
		enum ipc is;

		afresh = false;
		while ((is = ipc_send(l->proc->link, message)) == IPC_WAIT) {
			if (sys_boot() > until)
				return fail(cx, ERR_TIMEOUT, "the registrar takes no command");
			TRY(wait_for(cx, l, POLLOUT, SECOND));
		}
		if (is != IPC_OK)
			return fail(cx, ERR_BROKEN, "the line to the registrar is cut");
		TRY(hear(cx, l, until, &said, &afresh));
	} while (afresh);
	return desk_answer(cx, said, answer);
}

/* Nothing of it stays open: this turn is the process's whole life. */
static enum err
read_password(struct cx *cx, int dir, struct str *out)
{
	char *kept = NEW(cx, char, PASSWORD);
	struct mark m = cx_mark(cx);
	enum err e = files_read_secret(cx, dir, S("keys/mail_password"), PASSWORD, out);

	*out = e == OK ? str_trim(*out) : S("");
	memcpy(kept, out->p, (size_t)out->n);
	*out = (struct str){ kept, out->n };
	cx_back(cx, m);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* The registrar opens the database first; a reader that comes too early tries again. */
static enum err
open_desk(struct cx *cx, struct str data, int dir, struct desk *d)
{
	when until = sys_boot() + OPENING;
	enum err e;

	while ((e = desk_open_in(cx, data, dir, false, d)) != OK && sys_boot() < until)
		(void)poll(NULL, 0, 50);
	return e;
}

static enum err
one_round(struct cx *cx, void *clerk)
{
	return clerk_round(cx, clerk);
}

enum err
clerk_run(struct cx *cx, struct proc *proc)
{
	const struct registrar_plan *plan = proc->arg;
	struct line line = { proc, (uint64_t)sys_boot() << 8 };
	struct clerk c = { .command = ask, .with = &line, .swept = NEVER, .desk = NEW(cx, struct desk, 1) };
	struct cx turn = *cx;

	log_as("clerk");
	TRY(smtp_ready(cx));
	TRY(read_password(cx, plan->dir, &c.password));
	TRY(jail_enter(cx, jail_of(S("clerk")), plan->data));
	TRY(open_desk(cx, plan->data, plan->dir, c.desk));
	cx_begin(&turn, cx_room(TURN), TURN);
	while (!proc_stopping()) {
		enum err e;

		sys_turn(&turn);
		e = cx_run(&turn, one_round, &c);
		if (proc_stopping())
			break;
		if (e == ERR_BROKEN)
			return fail(cx, e, "%s", turn.why);
		if (e != OK)
			log_line("a round was not finished: %s", turn.why);
		cx_end(&turn);
		if (wait_for(&turn, &line, 0, EVERY) != OK)
			break;
	}
	return OK;
}
