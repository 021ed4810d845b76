#include "desk/registrar.h"

#include "base/code.h"
#include "base/log.h"
#include "desk/desk.h"
#include "sys/ipc.h"
#include "sys/ipc_loop.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include <unistd.h>

enum { WAITING = 512, BATCH = 64, CALLERS = 64, TURN_ROOM = 96 << 20 };
#define SIGN_AFTER (10 * SECOND)

/* Somebody at the other end of a socket: a door, the gate, or a call from the command line. */
struct peer {
	struct registrar *r;
	struct ipc_watch watch;
	bool used, local, clerk, gate;
	bool missed;                 /* an answer found no room: it must ask again */
};
/* A command that waits for its batch, or for the gate. */
struct waiting {
	struct peer *from;
	uint64_t ticket, question;   /* question: for the gate, 0 when there is none */
	struct str request;
	bool asked, judged;
	struct verdict verdict;
	struct str answer;
};
struct registrar {
	struct desk desk;
	struct proc *proc;
	struct cx turn;              /* of the messages that have come since the last batch */
	struct ipc_loop loop;
	struct ipc_watch socket, stop;
	struct peer peers[PROC_MAX + CALLERS];
	struct peer *gate;
	struct waiting waiting[WAITING];
	int n_waiting;
	uint64_t questions;
	when dirty;                  /* boot time of the first entry that is not signed; NEVER: none */
};

struct str
registrar_wrap(struct cx *cx, uint64_t ticket, struct str text)
{
	char *p = NEW(cx, char, REGISTRAR_TICKET + text.n);

	memcpy(p, &ticket, REGISTRAR_TICKET);
	if (text.n)
		memcpy(p + REGISTRAR_TICKET, text.p, (size_t)text.n);
	return (struct str){ p, REGISTRAR_TICKET + text.n };
}

bool
registrar_unwrap(struct str message, uint64_t *ticket, struct str *text)
{
	if (message.n < REGISTRAR_TICKET)
		return false;
	memcpy(ticket, message.p, REGISTRAR_TICKET);
	*text = str_sub(message, REGISTRAR_TICKET, message.n);
	return true;
}

static void
peer_gone(struct peer *p)
{
	struct registrar *r = p->r;

	for (int i = 0; i < r->n_waiting; i++)
		if (r->waiting[i].from == p)
			r->waiting[i].from = NULL; /* it is done all the same: who asks again gets the answer */
	ipc_loop_drop(&r->loop, &p->watch);
	if (p->local)
		close(p->watch.fd);
	p->used = false;
}

static void
send_to(struct registrar *r, struct peer *p, uint64_t ticket, struct str text)
{
	enum ipc sent;

	if (!p || !p->used)
		return;
	sent = ipc_send(p->watch.fd, p->local ? text : registrar_wrap(&r->turn, ticket, text));
	if (sent == IPC_OK)
		return;
	if (p->local) {
		peer_gone(p);
		return;
	}
	/* nothing is kept for a door that does not read its answers: once there is room it is greeted, and asks again */
	p->missed = true;
	ipc_loop_want(&r->loop, &p->watch, IPC_LOOP_READ | IPC_LOOP_WRITE);
}

static void
greet(struct registrar *r, struct peer *p)
{
	p->missed = false;
	ipc_loop_want(&r->loop, &p->watch, IPC_LOOP_READ);
	send_to(r, p, 0, S("{}"));
}

/* The command's own id, so that one which brings the registrar down is never run again. */
static bool
id_of_command(struct str request, struct proc_id *out)
{
	ptrdiff_t at = str_find(request, S("\"id\":\""));

	return at >= 0 && hex_read(str_sub(request, at + 6, 32), out->b, 16);
}

static void
ask_gate(struct registrar *r, struct waiting *w)
{
	struct str question;

	w->asked = true;
	if (desk_gate_question(&r->turn, &r->desk, w->request, &question) != OK || !question.n || !r->gate)
		return;
	w->question = ++r->questions;
	if (ipc_send(r->gate->watch.fd, registrar_wrap(&r->turn, w->question, question)) != IPC_OK)
		w->question = 0; /* busy: the command will say that passwords cannot be checked now */
}

static void
from_gate(struct registrar *r, uint64_t question, struct str answer)
{
	for (int i = 0; i < r->n_waiting; i++) {
		struct waiting *w = &r->waiting[i];

		if (w->question != question || !question)
			continue;
		w->question = 0;
		w->judged = desk_gate_verdict(&r->turn, answer, &w->verdict) == OK;
	}
}

static void
take(struct peer *p, unsigned is)
{
	struct registrar *r = p->r;

	(void)is;
	while (p->used && r->n_waiting < WAITING) {
		struct str message, text;
		uint64_t ticket = 0;
		enum ipc got = ipc_recv(&r->turn, p->watch.fd, &message);

		if (got == IPC_WAIT)
			return;
		if (got != IPC_OK || (!p->local && !registrar_unwrap(message, &ticket, &text))) {
			peer_gone(p);
			return;
		}
		if (p->local)
			text = message;
		if (p->gate)
			from_gate(r, ticket, text);
		else
			r->waiting[r->n_waiting++] = (struct waiting){ .from = p, .ticket = ticket, .request = text };
	}
}

static void
take_ready(struct ipc_watch *w, unsigned is)
{
	struct peer *p = w->arg;

	if (p->missed && (is & IPC_LOOP_WRITE))
		greet(p->r, p);
	take(p, is);
}

static struct peer *
peer_add(struct registrar *r, int fd, bool local, const char *name)
{
	for (int i = 0; i < COUNT(r->peers); i++) {
		struct peer *p = &r->peers[i];

		if (p->used)
			continue;
		*p = (struct peer){ .r = r, .used = true, .local = local, .clerk = !strcmp(name, "clerk"), .gate = !strcmp(name, "gate") };
		p->watch = (struct ipc_watch){ .fd = fd, .wants = IPC_LOOP_READ, .ready = take_ready, .arg = p };
		if (ipc_loop_add(&r->turn, &r->loop, &p->watch) != OK) {
			p->used = false;
			return NULL;
		}
		return p;
	}
	return NULL;
}

static void
accept_call(struct ipc_watch *w, unsigned is)
{
	struct registrar *r = w->arg;
	struct ipc_peer who;
	int fd;

	(void)is;
	while (ipc_accept(w->fd, &fd, &who) == IPC_OK)
		if ((who.uid != geteuid() && who.uid != 0) || !peer_add(r, fd, true, "call"))
			close(fd);
}

static void
stop_asked(struct ipc_watch *w, unsigned is)
{
	struct registrar *r = w->arg;

	(void)is;
	r->loop.over = true;
}

/* One command inside the batch. */
static enum err
run_one(struct registrar *r, struct waiting *w)
{
	struct proc_id id = { { 0 } };
	bool named = id_of_command(w->request, &id);
	enum err e;

	if (named && proc_poisoned(r->proc->shared, &id)) {
		e = fail(&r->turn, ERR_BROKEN, "this command brought the service down once and is not run again");
		w->answer = js_text(&r->turn, desk_error(&r->turn, e));
		return OK;
	}
	proc_about(r->proc->shared, &id);
	r->desk.verdict = w->judged ? &w->verdict : NULL;
	e = desk_do(&r->turn, &r->desk, w->request, w->from && w->from->local, w->from && w->from->clerk, &w->answer);
	proc_done(r->proc->shared);
	return e;
}

static void
sign(struct registrar *r)
{
	struct str note;
	enum err e = desk_sign(&r->turn, &r->desk, &note);

	r->dirty = NEVER;
	if (e != OK)
		log_line("the checkpoint could not be signed: %s", r->turn.why);
}

/* Everything that waits, at most BATCH in one commit; nobody is answered before it. Returns how many were done. */
static int
batch(struct registrar *r)
{
	struct waiting *done[BATCH];
	uint64_t before = r->desk.journal.tree.size;
	enum err e = OK;
	int n = 0;

	sys_turn(&r->turn);
	r->desk.sign_now = false;
	for (int i = 0; i < r->n_waiting && n < BATCH; i++) {
		struct waiting *w = &r->waiting[i];

		if (!w->asked)
			ask_gate(r, w);
		if (!w->question)
			done[n++] = w;
	}
	if (!n)
		return 0;
	e = desk_begin(&r->turn, &r->desk);
	for (int i = 0; e == OK && i < n; i++) {
		e = run_one(r, done[i]);
		if (r->desk.sign_now)
			n = i + 1; /* an export ends the batch: it is signed before anything follows */
	}
	e = e == OK ? desk_end(&r->turn, &r->desk) : e;
	if (e != OK) {
		desk_undo(&r->turn, &r->desk);
		log_line("a batch of %d was undone: %s", n, r->turn.why);
		for (int i = 0; i < n; i++)
			done[i]->answer = js_text(&r->turn, desk_error(&r->turn, e));
	}
	if (r->desk.journal.tree.size != before && r->dirty == NEVER)
		r->dirty = r->turn.boot;
	if (r->desk.sign_now)
		sign(r);
	for (int i = 0; i < n; i++) {
		send_to(r, done[i]->from, done[i]->ticket, done[i]->answer);
		done[i]->answer = (struct str){ NULL, 0 };
		done[i]->asked = done[i]->judged = true;
		done[i]->request.n = -1; /* to be dropped */
	}
	return n;
}

static void
drop_done(struct registrar *r)
{
	int kept = 0;

	for (int i = 0; i < r->n_waiting; i++)
		if (r->waiting[i].request.n >= 0)
			r->waiting[kept++] = r->waiting[i];
	r->n_waiting = kept;
}

static void
round_over(void *arg)
{
	struct registrar *r = arg;

	while (r->n_waiting && batch(r))
		drop_done(r);
	if (!r->n_waiting)
		cx_end(&r->turn); /* the messages lay in it */
}

static void
tick(void *arg)
{
	struct registrar *r = arg;

	sys_turn(&r->turn);
	if (r->dirty != NEVER && r->turn.boot - r->dirty > SIGN_AFTER)
		sign(r);
	db_tidy(r->desk.db);
	if (!r->n_waiting)
		cx_end(&r->turn);
}

static enum err
begin(struct cx *cx, struct registrar *r)
{
	struct registrar_plan *plan = r->proc->arg;

	cx_begin(&r->turn, cx_room(TURN_ROOM), TURN_ROOM);
	sys_turn(&r->turn);
	r->dirty = NEVER;
	TRY(jail_enter(cx, jail_of(S("registrar")), plan->data));
	TRY(desk_open_in(cx, plan->data, plan->dir, true, &r->desk));
	TRY(ipc_loop_begin(cx, &r->loop));
	r->loop.tick_every = SECOND;
	r->loop.tick = tick;
	r->loop.round = round_over;
	r->loop.arg = r;
	r->socket = (struct ipc_watch){ .fd = plan->socket, .wants = IPC_LOOP_READ, .ready = accept_call, .arg = r };
	r->stop = (struct ipc_watch){ .fd = r->proc->stop, .wants = IPC_LOOP_READ, .ready = stop_asked, .arg = r };
	TRY(ipc_loop_add(cx, &r->loop, &r->stop));
	if (plan->socket >= 0)
		TRY(ipc_loop_add(cx, &r->loop, &r->socket));
	for (int i = 0; i < r->proc->n_links; i++) {
		struct peer *p = peer_add(r, r->proc->links[i].fd, false, r->proc->links[i].name);

		if (!p)
			return fail(cx, ERR_BROKEN, "too many processes for one registrar");
		if (p->gate)
			r->gate = p;
		else
			greet(r, p);
	}
	return OK;
}

enum err
registrar_run(struct cx *cx, struct proc *proc)
{
	struct registrar *r = NEW(cx, struct registrar, 1);
	enum err e;

	r->proc = proc;
	TRY(begin(cx, r));
	e = ipc_loop_run(cx, &r->loop);
	sys_turn(&r->turn);
	sign(r); /* what was entered last is signed before the process ends */
	return e;
}
