/* ipc_loop: the event loop of the processes that are not web: registrar, gate and clerk. One thread,
 * level-triggered. */
#ifndef SYS_IPC_LOOP_H
#define SYS_IPC_LOOP_H
#include "base/cx.h"

enum { IPC_LOOP_READ = 1, IPC_LOOP_WRITE = 4 }; /* as EPOLLIN and EPOLLOUT */

/* One descriptor that is watched. The caller owns it and keeps it in place until it is dropped. `ready` gets what is
 * ready; a closed peer shows as both. It may drop any watch, itself included. */
struct ipc_watch {
	int fd;
	unsigned wants;
	void (*ready)(struct ipc_watch *, unsigned is);
	void *arg;
};

struct ipc_loop {
	int epoll;
	bool over;                    /* set by anybody: the loop ends after this round */
	when tick_every;              /* microseconds; 0 for none */
	void (*tick)(void *arg);
	void (*round)(void *arg);     /* after all that was ready has been handed out: commit and answer here */
	void *arg;
	struct ipc_loop_batch *batch; /* what is being handed out; private */
};

MUST_CHECK enum err ipc_loop_begin(struct cx *, struct ipc_loop *);
MUST_CHECK enum err ipc_loop_add(struct cx *, struct ipc_loop *, struct ipc_watch *);
void ipc_loop_want(struct ipc_loop *, struct ipc_watch *, unsigned wants);
/* The descriptor stays open. */
void ipc_loop_drop(struct ipc_loop *, struct ipc_watch *);
/* Until `over`. */
MUST_CHECK enum err ipc_loop_run(struct cx *, struct ipc_loop *);
void ipc_loop_end(struct ipc_loop *);
#endif
