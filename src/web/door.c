#include "web/door.h"

#include "desk/registrar.h"
#include "sys/ipc.h"
#include "sys/sys.h"

/* A command under way. It stands in the turn's arena and is unhooked when the turn ends. */
struct door_wait {
	struct door *door;
	uint64_t ticket;
	struct str message;
	bool sent;
	door_then *then;
	void *arg;
	struct door_wait *next, **at;
};

static void
unhook(void *p)
{
	struct door_wait *w = p;

	if (!w->at)
		return;
	*w->at = w->next;
	if (w->next)
		w->next->at = w->at;
	else
		w->door->end = w->at;
	w->at = NULL;
}

/* Behind all others: whoever came first is sent first. */
static void
hook(struct cx *cx, struct door *d, struct door_wait *w)
{
	w->at = d->waiting ? d->end : &d->waiting;
	*w->at = w;
	d->end = &w->next;
	cx_defer(cx, unhook, w);
}

/* What found no room in the channel yet, for as long as there is room. A registrar being started greets: then all is sent
 * again. */
static enum ipc
send_waiting(struct door *d)
{
	enum ipc is = IPC_OK;

	for (struct door_wait *w = d->waiting; w && is == IPC_OK; w = w->next)
		if (!w->sent) {
			is = ipc_send(d->link, w->message);
			w->sent = is == IPC_OK;
		}
	if (d->server)
		server_watch_for(d->server, d->link, is == IPC_WAIT ? SERVER_READ | SERVER_WRITE : SERVER_READ);
	return is;
}

static struct str
request(struct cx *cx, struct id id, struct credential c, struct str command, struct str ref, struct js *args)
{
	struct js *r = js_object(cx), *as = js_object(cx);

	if (!id_zero(id))
		js_set_str(cx, r, S("id"), id_hex(cx, id));
	js_set_str(cx, r, S("command"), command);
	if (ref.n)
		js_set_str(cx, r, S("case"), ref);
	if (c.session.n)
		js_set_str(cx, as, S("session"), c.session);
	if (c.token.n)
		js_set_str(cx, as, S("token"), c.token);
	js_set(cx, r, S("as"), as);
	js_set(cx, r, S("args"), args);
	return js_text(cx, r);
}

/* The turn goes on with the answer. */
static enum err
answered(struct turn *t, void *arg, const void *word)
{
	struct door_wait *w = arg;
	const struct str *answer = word;
	struct js *ok = NULL;
	enum err e;

	unhook(w);
	e = desk_answer(t->cx, str_copy(t->cx, *answer), &ok);
	return w->then(t, w->arg, e, ok);
}

enum err
door_send(struct door *d, struct turn *t, struct id id, struct credential c, struct str command, struct str ref, struct js *args,
    door_then *then, void *arg)
{
	struct str text = request(t->cx, id, c, command, ref, args);
	struct door_wait *w = NEW(t->cx, struct door_wait, 1);
	struct js *ok = NULL;
	enum err e;

	if (d->here) {
		struct js *r;

		TRY(js_read(t->cx, text, &r));
		e = desk_do_now(t->cx, d->here, r, false, &ok);
		return then(t, arg, e, ok);
	}
	if (text.n > IPC_MAX - REGISTRAR_TICKET)
		return fail(t->cx, ERR_TOO_BIG, "this is too much for one command");
	*w = (struct door_wait){ .door = d, .then = then, .arg = arg };
	w->ticket = turn_park(t, answered, w);
	w->message = registrar_wrap(t->cx, w->ticket, text);
	hook(t->cx, d, w);
	send_waiting(d);
	return OK;
}

void
door_tell(struct door *d, struct cx *cx, struct credential c, struct str command, struct js *args)
{
	struct str text = request(cx, (struct id){ { 0 } }, c, command, S(""), args);
	enum err e = OK;

	if (d->here) {
		struct js *r, *ok;

		if (js_read(cx, text, &r) == OK)
			e = desk_do_now(cx, d->here, r, false, &ok);
	} else if (ipc_send(d->link, registrar_wrap(cx, UINT64_MAX, text)) != IPC_OK) {
		return; /* it may get lost */
	}
	(void)e;
}

static void
receive(struct door *d)
{
	struct str message, text;
	uint64_t ticket;

	sys_turn(&d->turn);
	while (ipc_recv(&d->turn, d->link, &message) == IPC_OK) {
		if (!registrar_unwrap(message, &ticket, &text))
			continue;
		for (struct door_wait *w = ticket ? NULL : d->waiting; w; w = w->next)
			w->sent = false;
		if (ticket)
			turn_resume(d->http, ticket, &text);
		cx_end(&d->turn);
	}
}

void
door_ready(struct door *d, int events)
{
	if (events & SERVER_READ)
		receive(d);
	send_waiting(d);
}
