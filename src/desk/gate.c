/* The gate: reads its key, gives up everything else, and answers one question after the other. */
#include "base/log.h"
#include "desk/desk.h"
#include "desk/registrar.h"
#include "sys/ipc.h"
#include "sys/ipc_loop.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include <unistd.h>

enum { TURN_ROOM = 4 << 20 };

struct gate {
	uint8_t key[32];
	struct cx turn;
	struct ipc_loop loop;
	struct ipc_watch link, stop;
};

static void
answer(struct ipc_watch *w, unsigned is)
{
	struct gate *g = w->arg;
	struct str message, question, said = S("{}");
	uint64_t ticket;

	(void)is;
	sys_turn(&g->turn);
	while (ipc_recv(&g->turn, w->fd, &message) == IPC_OK) {
		if (registrar_unwrap(message, &ticket, &question)) {
			if (desk_gate_work(&g->turn, g->key, question, &said) != OK)
				said = S("{}");
			if (ipc_send(w->fd, registrar_wrap(&g->turn, ticket, said)) != IPC_OK)
				log_line("an answer could not be given");
		}
		cx_end(&g->turn);
	}
}

static void
stop_asked(struct ipc_watch *w, unsigned is)
{
	struct gate *g = w->arg;

	(void)is;
	g->loop.over = true;
}

enum err
gate_run(struct cx *cx, struct proc *proc)
{
	struct registrar_plan *plan = proc->arg;
	struct gate *g = NEW(cx, struct gate, 1);

	TRY(keys_load_gate(cx, plan->dir, g->key));
	close(plan->dir);
	cx_begin(&g->turn, cx_room(TURN_ROOM), TURN_ROOM);
	TRY(ipc_loop_begin(cx, &g->loop));
	TRY(jail_enter(cx, jail_of(S("gate")), plan->data));
	g->link = (struct ipc_watch){ .fd = proc->link, .wants = IPC_LOOP_READ, .ready = answer, .arg = g };
	g->stop = (struct ipc_watch){ .fd = proc->stop, .wants = IPC_LOOP_READ, .ready = stop_asked, .arg = g };
	TRY(ipc_loop_add(cx, &g->loop, &g->link));
	TRY(ipc_loop_add(cx, &g->loop, &g->stop));
	if (ipc_send(proc->link, registrar_wrap(cx, 0, S("{}"))) != IPC_OK)
		log_line("the registrar could not be greeted");
	return ipc_loop_run(cx, &g->loop);
}
