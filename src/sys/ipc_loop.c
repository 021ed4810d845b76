#include "sys/ipc_loop.h"

#include "sys/files.h"
#include "sys/sys.h"
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

_Static_assert(IPC_LOOP_READ == (int)EPOLLIN && IPC_LOOP_WRITE == (int)EPOLLOUT, "passed on as they are");

enum { AT_ONCE = 64 };

struct ipc_loop_batch { struct epoll_event e[AT_ONCE]; int n; };

enum err
ipc_loop_begin(struct cx *cx, struct ipc_loop *l)
{
	*l = (struct ipc_loop){ .epoll = epoll_create1(EPOLL_CLOEXEC) };
	return l->epoll < 0 ? files_fail(cx, errno, "make", S("an event loop")) : OK;
}

enum err
ipc_loop_add(struct cx *cx, struct ipc_loop *l, struct ipc_watch *w)
{
	struct epoll_event e = { .events = w->wants, .data = { .ptr = w } };

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, w->fd, &e) < 0)
		return files_fail(cx, errno, "watch", S("a descriptor"));
	return OK;
}

void
ipc_loop_want(struct ipc_loop *l, struct ipc_watch *w, unsigned wants)
{
	struct epoll_event e = { .events = wants, .data = { .ptr = w } };

	if (w->wants == wants)
		return;
	w->wants = wants;
	(void)epoll_ctl(l->epoll, EPOLL_CTL_MOD, w->fd, &e);
}

void
ipc_loop_drop(struct ipc_loop *l, struct ipc_watch *w)
{
	(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	/* what was ready in this round is not handed out to one who has left */
	for (int i = 0; l->batch && i < l->batch->n; i++)
		if (l->batch->e[i].data.ptr == w)
			l->batch->e[i].data.ptr = NULL;
}

static void
hand_out(struct ipc_loop *l)
{
	for (int i = 0; i < l->batch->n; i++) {
		struct ipc_watch *w = l->batch->e[i].data.ptr;
		unsigned is = l->batch->e[i].events;

		if (is & (EPOLLHUP | EPOLLERR))
			is |= IPC_LOOP_READ | IPC_LOOP_WRITE;
		if (w)
			w->ready(w, is & (IPC_LOOP_READ | IPC_LOOP_WRITE));
	}
}

static int
millis(when span)
{
	return span <= 0 ? 0 : span > DAY ? (int)(DAY / 1000) : (int)(span / 1000 + 1);
}

enum err
ipc_loop_run(struct cx *cx, struct ipc_loop *l)
{
	struct ipc_loop_batch batch;
	when next = sys_boot() + l->tick_every;

	while (!l->over) {
		batch.n = epoll_wait(l->epoll, batch.e, AT_ONCE, l->tick_every ? millis(next - sys_boot()) : -1);
		if (batch.n < 0 && errno != EINTR)
			return files_fail(cx, errno, "wait for", S("events"));
		l->batch = &batch;
		hand_out(l);
		l->batch = NULL;
		if (batch.n > 0 && l->round)
			l->round(l->arg);
		if (l->tick_every && sys_boot() >= next) {
			l->tick(l->arg);
			next = sys_boot() + l->tick_every;
		}
	}
	return OK;
}

void
ipc_loop_end(struct ipc_loop *l)
{
	close(l->epoll);
	l->epoll = -1;
}
