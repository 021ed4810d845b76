#include "desk/registrar.h"

#include "base/code.h"
#include "base/log.h"
#include "desk/batch.h"
#include "desk/care.h"
#include "sys/ipc.h"
#include "sys/ipc_loop.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include <unistd.h>

enum { WAITING = 512, BATCH = 64, CALLERS = 64, WORK_ROOM = 96 << 20 };
/* What waits for the gate, when it is moved together; what has come since; one message more; a batch of answers, and the
 * same with their tickets. */
enum { GATE_MOST = 64 << 10, KEPT = WAITING * GATE_MOST, ANSWERS = 2 * BATCH * DESK_ANSWER,
	TURN_ROOM = KEPT + 2 * IPC_MAX + ANSWERS };

/* Somebody at the other end of a socket: a door, the gate, or a call from the command line. */
struct peer {
	struct registrar *r;
	struct ipc_watch watch;
	bool used, local, clerk, gate;
	bool called;                 /* came by one of the sockets: closed when it is gone */
	bool missed;                 /* an answer found no room: it must ask again */
};
/* A command that waits for its batch, or for the gate. */
struct waiting {
	struct peer *from;
	uint64_t ticket, question;   /* question: for the gate, 0 when there is none */
	struct str request;
	int asked;                   /* how often the gate was */
	bool judged, joined;         /* joined: stands in the batch that is being done */
	struct verdict verdict;
	struct batch_one one;
};
struct registrar {
	struct desk desk;
	struct proc *proc;
	struct cx turns[2], *turn;   /* of the messages that have come, and their answers; the other one is empty */
	struct cx work;              /* of the command that runs */
	struct batch batch;
	struct ipc_loop loop;
	struct ipc_watch socket, clerks, stop;
	struct peer peers[PROC_MAX + CALLERS];
	struct peer *gate;
	struct waiting waiting[WAITING];
	int n_waiting;
	uint64_t questions;
	struct care care;
	enum err fate;               /* not OK: the process must end, and answers nobody */
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
	if (p->called)
		close(p->watch.fd);
	p->used = false;
}

static void
send_to(struct registrar *r, struct peer *p, uint64_t ticket, struct str text)
{
	enum ipc sent;

	if (!p || !p->used)
		return;
	sent = ipc_send(p->watch.fd, p->local ? text : registrar_wrap(r->turn, ticket, text));
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

	w->asked++;
	if (w->request.n > GATE_MOST || !r->gate)
		return; /* whoever asks for a password's sake says little */
	sys_turn(&r->work);
	if (desk_gate_question(&r->work, &r->desk, w->request, &question) == OK && question.n) {
		w->question = ++r->questions;
		if (ipc_send(r->gate->watch.fd, registrar_wrap(&r->work, w->question, question)) != IPC_OK)
			w->question = 0; /* busy: the command will say that passwords cannot be checked now */
	}
	cx_end(&r->work);
}

/* A question of 0 is a greeting: a gate that begins knows nothing of what the one before was asked. It is asked once more and
 * not for ever, for a question may have ended the other one. */
static void
from_gate(struct registrar *r, uint64_t question, struct str answer)
{
	for (int i = 0; i < r->n_waiting; i++) {
		struct waiting *w = &r->waiting[i];

		if (!w->question || (question && w->question != question))
			continue;
		w->question = 0;
		if (question)
			w->judged = desk_gate_verdict(r->turn, answer, &w->verdict) == OK;
		else if (w->asked == 1)
			ask_gate(r, w);
	}
}

static void
take(struct peer *p, unsigned is)
{
	struct registrar *r = p->r;

	(void)is;
	/* what the gate says is always heard: it is what makes room */
	while (p->used && (p->gate || r->n_waiting < WAITING) && r->turn->a.end - r->turn->a.at >= IPC_MAX + ANSWERS) {
		struct str message, text;
		uint64_t ticket = 0;
		enum ipc got = ipc_recv(r->turn, p->watch.fd, &message);

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
		if (ipc_loop_add(r->turn, &r->loop, &p->watch) != OK) {
			p->used = false;
			return NULL;
		}
		return p;
	}
	return NULL;
}

static bool
has_clerk(const struct registrar *r)
{
	for (int i = 0; i < COUNT(r->peers); i++)
		if (r->peers[i].used && r->peers[i].clerk)
			return true;
	return false;
}

/* Which socket somebody came by says what they are: the command line, or the clerk, of whom there is one. */
static void
accept_call(struct ipc_watch *w, unsigned is)
{
	struct registrar *r = w->arg;
	bool clerk = w == &r->clerks;
	struct ipc_peer who;
	struct peer *p;
	int fd;

	(void)is;
	while (ipc_accept(w->fd, &fd, &who) == IPC_OK) {
		bool welcome = (who.uid == geteuid() || who.uid == 0) && !(clerk && has_clerk(r));

		p = welcome ? peer_add(r, fd, !clerk, clerk ? "clerk" : "call") : NULL;
		if (p)
			p->called = true;
		else
			close(fd);
	}
}

static void
stop_asked(struct ipc_watch *w, unsigned is)
{
	struct registrar *r = w->arg;

	(void)is;
	r->loop.over = true;
}

/* One command inside the batch, in a turn of its own: what it takes is not missing to the next. */
static enum err
run_one(struct cx *cx, void *arg, struct batch_one *one)
{
	struct registrar *r = arg;
	struct proc_id id = { { 0 } };
	enum err e;

	if (id_of_command(one->request, &id) && proc_poisoned(r->proc->shared, &id)) {
		e = fail(cx, ERR_BROKEN, "this command brought the service down once and is not run again");
		one->answer = js_text(cx, desk_error(cx, e));
		return OK;
	}
	sys_turn(&r->work);
	proc_about(r->proc->shared, &id);
	e = desk_do(&r->work, &r->desk, one->request, one->local, one->clerk, &one->answer);
	proc_done(r->proc->shared);
	if (e == OK)
		one->answer = str_copy(cx, one->answer);
	else
		e = fail(cx, e, "%s", r->work.why);
	cx_end(&r->work);
	return e;
}

/* What could not be brought to the disk ends the process, by this error: the next one believes only what it finds there. */
static void
fall(struct registrar *r, enum err e)
{
	r->fate = e;
	r->loop.over = true;
}

/* Those that wait and are in no batch yet, behind the n that are, as far as BATCH. */
static int
gather(struct registrar *r, struct batch_one **ones, int n)
{
	for (int i = 0; i < r->n_waiting && n < BATCH; i++) {
		struct waiting *w = &r->waiting[i];

		if (!w->asked)
			ask_gate(r, w);
		if (w->question || w->joined)
			continue;
		w->joined = true;
		w->one = (struct batch_one){ .request = w->request, .local = w->from && w->from->local,
			.clerk = w->from && w->from->clerk, .verdict = w->judged ? &w->verdict : NULL };
		ones[n++] = &w->one;
	}
	return n;
}

static int
more(void *arg, struct batch_one **ones, int n)
{
	struct registrar *r = arg;

	for (int i = 0; i < COUNT(r->peers) && n < BATCH; i++)
		if (r->peers[i].used)
			take(&r->peers[i], 0);
	return gather(r, ones, n);
}

/* Everything that waits, at most BATCH in one commit; nobody is answered before it. Returns how many were done. */
static int
batch(struct registrar *r)
{
	struct batch_one *ones[BATCH];
	uint64_t before = r->desk.journal.tree.size;
	int n, done;
	enum err e;

	sys_turn(r->turn);
	n = gather(r, ones, 0);
	if (!n)
		return 0;
	e = batch_do(r->turn, &r->batch, ones, n, &done);
	if (e != OK) {
		fall(r, e);
		return 0;
	}
	if (r->desk.journal.tree.size != before)
		care_wrote(r->turn, &r->care);
	for (int i = 0; i < done; i++) {
		struct waiting *w = (struct waiting *)(void *)((char *)ones[i] - offsetof(struct waiting, one));

		send_to(r, w->from, w->ticket, ones[i]->answer);
		w->request.n = -1; /* to be dropped */
	}
	return done;
}

static void
drop_done(struct registrar *r)
{
	int kept = 0;

	for (int i = 0; i < r->n_waiting; i++)
		if (r->waiting[i].request.n >= 0) {
			r->waiting[kept] = r->waiting[i];
			r->waiting[kept++].joined = false;
		}
	r->n_waiting = kept;
}

/* The messages lie in the turn. Those that still wait are moved into the other one when they would keep too much. */
static void
give_back(struct registrar *r)
{
	struct cx *other = r->turn == &r->turns[0] ? &r->turns[1] : &r->turns[0];

	if (r->n_waiting && r->turn->a.at - r->turn->a.start < KEPT)
		return;
	for (int i = 0; i < r->n_waiting; i++)
		r->waiting[i].request = str_copy(other, r->waiting[i].request);
	cx_end(r->turn);
	r->turn = other;
	sys_turn(r->turn);
}

static void
round_over(void *arg)
{
	struct registrar *r = arg;

	while (r->n_waiting && r->fate == OK && batch(r)) {
		drop_done(r);
		give_back(r);
	}
}

static void
tick(void *arg)
{
	struct registrar *r = arg;
	enum err e;

	sys_turn(r->turn);
	e = care_tick(r->turn, &r->care, has_clerk(r));
	if (e != OK)
		fall(r, e);
	give_back(r);
}

static enum err
begin(struct cx *cx, struct registrar *r)
{
	struct registrar_plan *plan = r->proc->arg;

	for (int i = 0; i < COUNT(r->turns); i++)
		cx_begin(&r->turns[i], cx_room(TURN_ROOM), TURN_ROOM);
	cx_begin(&r->work, cx_room(WORK_ROOM), WORK_ROOM);
	r->turn = &r->turns[0];
	sys_turn(r->turn);
	r->batch = (struct batch){ .desk = &r->desk, .run = run_one, .more = more, .arg = r };
	r->care = care_of(r->turn, &r->desk, &r->proc->shared->pause);
	sys_chance(&r->questions, sizeof r->questions); /* what the gate still answers to the registrar before fits none of ours */
	TRY(jail_enter(cx, jail_of(S("registrar")), plan->data));
	TRY(desk_open_in(cx, plan->data, plan->dir, true, &r->desk));
	TRY(desk_warm(cx, &r->desk));
	TRY(ipc_loop_begin(cx, &r->loop));
	r->loop.tick_every = SECOND;
	r->loop.tick = tick;
	r->loop.round = round_over;
	r->loop.arg = r;
	r->socket = (struct ipc_watch){ .fd = plan->socket, .wants = IPC_LOOP_READ, .ready = accept_call, .arg = r };
	r->clerks = (struct ipc_watch){ .fd = plan->clerks, .wants = IPC_LOOP_READ, .ready = accept_call, .arg = r };
	r->stop = (struct ipc_watch){ .fd = r->proc->stop, .wants = IPC_LOOP_READ, .ready = stop_asked, .arg = r };
	TRY(ipc_loop_add(cx, &r->loop, &r->stop));
	if (plan->socket >= 0)
		TRY(ipc_loop_add(cx, &r->loop, &r->socket));
	if (plan->clerks >= 0)
		TRY(ipc_loop_add(cx, &r->loop, &r->clerks));
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
	TRY(ipc_loop_run(cx, &r->loop));
	sys_turn(r->turn);
	if (r->fate != OK) {
		e = fail(cx, r->fate, "%s", r->turn->why);
		care_fall(r->turn, &r->care);
		return e;
	}
	e = care_end(r->turn, &r->care);
	return e == OK ? OK : fail(cx, e, "%s", r->turn->why);
}
