/* server_inner: what the two files of server share; nobody else includes it. */
#ifndef WEB_SERVER_INNER_H
#define WEB_SERVER_INNER_H
#include "web/http_inner.h"
#include "web/server.h"
#include "web/timer.h"
#include <stdatomic.h>

/* What an event is about: the low half of its data; connections count from 0. The high half is the serial number of
 * who is meant, for events outlive those they were meant for. */
enum { ON_WATCH = 1 << 24, ON_LISTEN = ON_WATCH + SERVER_WATCHES, ON_BELL };

struct conn {
	struct http http;
	struct timer timer;
	int fd;                   /* -1: closed, though a parked turn may remain */
	uint32_t serial, events;  /* events: what epoll watches for */
	bool used, dirty, shut;
};

struct watch { int fd; uint32_t serial; void (*fn)(void *, int); void *arg; };

struct server {
	struct server_settings set;
	struct http_door door;
	int epoll, listener, bell;
	bool deaf, stopping;
	when deaf_until;          /* then listen again, whatever the reason was */
	atomic_bool stop;
	when end;                 /* when stopping gives up */
	struct conn *conns;
	char *inputs;
	int *spare, n_spare;
	struct conn **dirty;      /* whose sockets, timers and interests must be looked at */
	int n_dirty;
	struct timers timers;
	struct watch watches[SERVER_WATCHES];
	uint32_t serial, hand;    /* hand: where to look next for one that can go */
	when every, next_tick;
	void (*tick)(void *);
	void *tick_arg;
	ptrdiff_t size;
};

/* server_conn.c */
void server_epoll(struct server *, int op, int fd, uint32_t events, uint32_t what, uint32_t serial);
void server_listen(struct server *, bool yes);
/* Note that a connection must be tidied; tidy all of those. */
void server_soil(struct server *, struct conn *);
void server_tidy(struct server *);
void server_accept(struct server *);
void server_conn_event(struct server *, struct conn *, uint32_t events);
#endif
