#include "web/server_inner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 128 };

void
server_defaults(struct server_settings *s)
{
	*s = (struct server_settings){ .connections = SERVER_CONNECTIONS, .grace = 20 * SECOND };
	http_defaults(&s->http);
}

/* One server a process: http's callback has no argument but the connection. */
static struct server *only;

static void
woken(struct http *h)
{
	server_soil(only, (struct conn *)(void *)((char *)h - offsetof(struct conn, http)));
}

/* Take the next n objects of a size off the room at *at. */
static void *
carve(char **at, size_t size, int n)
{
	char *p = *at;

	*at += (size * (size_t)n + 63) & ~(size_t)63;
	return p;
}

static void
tables_open(struct server *s, char *at)
{
	int n = s->set.connections;

	s->conns = carve(&at, sizeof *s->conns, n);
	s->spare = carve(&at, sizeof *s->spare, n);
	s->dirty = (struct conn **)carve(&at, sizeof(struct conn *), n);
	s->timers.heap = (struct timer **)carve(&at, sizeof(struct timer *), n);
	s->inputs = cx_room((ptrdiff_t)n * HEAD_MOST);
	for (int i = n; i-- > 0;)
		s->spare[s->n_spare++] = i;
}

struct server *
server_open(int listen_fd, const struct server_settings *set, const struct web_app *app)
{
	int n = set->connections, one = 1;
	ptrdiff_t size = (ptrdiff_t)sizeof(struct server) + 1024 + n * (ptrdiff_t)(sizeof(struct conn) + sizeof(int) +
	    sizeof(struct conn *) + sizeof(struct timer *));
	struct server *s = cx_room(size);
	char *at = (char *)s;

	assert(n > 0 && n < ON_WATCH && !only);
	only = s;
	carve(&at, sizeof *s, 1);
	s->set = *set;
	s->size = size;
	tables_open(s, at);
	for (int i = 0; i < SERVER_WATCHES; i++)
		s->watches[i].fd = -1;
	http_door_open(&s->door, app, &set->http);
	s->door.wake = woken;
	s->listener = listen_fd;
	fcntl(listen_fd, F_SETFL, fcntl(listen_fd, F_GETFL) | O_NONBLOCK);
	/* inherited by what is accepted; a local socket does not know it, which is no harm */
	setsockopt(listen_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->epoll < 0 || s->bell < 0)
		abort();
	server_epoll(s, EPOLL_CTL_ADD, s->bell, EPOLLIN, ON_BELL, 0);
	s->deaf = true;
	server_listen(s, true);
	return s;
}

static void
watch_event(struct server *s, struct watch *w, uint32_t events)
{
	int what = (events & EPOLLIN ? SERVER_READ : 0) | (events & EPOLLOUT ? SERVER_WRITE : 0) |
	    (events & (EPOLLERR | EPOLLHUP) ? SERVER_BROKEN : 0);

	(void)s;
	w->fn(w->arg, what);
}

static void
dispatch(struct server *s, const struct epoll_event *e)
{
	uint32_t what = (uint32_t)e->data.u64, serial = (uint32_t)(e->data.u64 >> 32);
	uint64_t rings;

	if (what == ON_LISTEN) {
		server_accept(s);
	} else if (what == ON_BELL) {
		if (read(s->bell, &rings, sizeof rings) < 0)
			return; /* somebody was faster */
	} else if (what >= ON_WATCH) {
		struct watch *w = &s->watches[what - ON_WATCH];

		if (w->fd >= 0 && w->serial == serial)
			watch_event(s, w, e->events);
	} else {
		struct conn *c = &s->conns[what];

		if (c->used && c->fd >= 0 && c->serial == serial)
			server_conn_event(s, c, e->events);
	}
}

/* `boot` is when it was last looked what has come: a turn may have kept everybody waiting since (for a database that has fallen
 * silent, say), and nobody is late whose words lie there unread. */
static void
run_timers(struct server *s, when boot)
{
	struct timer *t;

	while ((t = timer_first(&s->timers)) && t->due <= boot) {
		struct conn *c = (struct conn *)(void *)((char *)t - offsetof(struct conn, timer));

		timer_drop(&s->timers, t);
		if (c->http.due <= boot)
			http_due(&c->http);
		server_soil(s, c);
	}
	server_tidy(s);
	if (s->tick && s->next_tick <= boot) {
		s->next_tick = boot + s->every;
		s->tick(s->tick_arg);
	}
	if (s->deaf && !s->stopping && s->deaf_until <= boot)
		server_listen(s, true);
}

/* Milliseconds until something is due; rounded up, or it would be asked for too early again and again. */
static int
patience(const struct server *s)
{
	when boot = http_boot_real(), next = boot + HOUR;
	struct timer *t = timer_first(&s->timers);

	if (t && t->due < next)
		next = t->due;
	if (s->tick && s->next_tick < next)
		next = s->next_tick;
	if (s->deaf && !s->stopping && s->deaf_until < next)
		next = s->deaf_until;
	if (s->stopping && s->end < next)
		next = s->end;
	return next <= boot ? 0 : (int)((next - boot + 999) / 1000);
}

static void
begin_stop(struct server *s)
{
	s->stopping = s->door.stopping = true;
	s->end = http_boot_real() + s->set.grace;
	server_listen(s, false);
	for (int i = 0; i < s->set.connections; i++)
		if (s->conns[i].used && s->conns[i].http.state == HTTP_IDLE)
			http_over(&s->conns[i].http);
	server_tidy(s);
}

void
server_run(struct server *s)
{
	struct epoll_event events[EVENTS];

	for (;;) {
		when looked;
		int n;

		if (atomic_load(&s->stop) && !s->stopping)
			begin_stop(s);
		if (s->stopping && (server_connections(s) == 0 || http_boot_real() >= s->end))
			return;
		n = epoll_wait(s->epoll, events, EVENTS, patience(s));
		looked = http_boot_real();
		for (int i = 0; i < n; i++)
			dispatch(s, &events[i]);
		server_tidy(s);
		run_timers(s, looked);
		server_tidy(s);
	}
}

void
server_stop(struct server *s)
{
	uint64_t one = 1;
	int kept = errno;

	atomic_store(&s->stop, true);
	if (write(s->bell, &one, sizeof one) < 0)
		errno = kept; /* it rings already */
}

void
server_close(struct server *s)
{
	for (int i = 0; i < s->set.connections; i++)
		if (s->conns[i].used) {
			http_over(&s->conns[i].http);
			server_tidy(s);
		}
	http_door_close(&s->door);
	close(s->epoll);
	close(s->bell);
	munmap(s->inputs, (size_t)s->set.connections * HEAD_MOST);
	only = NULL;
	munmap(s, (size_t)s->size);
}

static struct watch *
watch_of(struct server *s, int fd)
{
	for (int i = 0; i < SERVER_WATCHES; i++)
		if (s->watches[i].fd == fd)
			return &s->watches[i];
	return NULL;
}

static uint32_t
interest(int events)
{
	return (events & SERVER_READ ? EPOLLIN : 0u) | (events & SERVER_WRITE ? EPOLLOUT : 0u);
}

void
server_watch(struct server *s, int fd, int events, void (*fn)(void *arg, int events), void *arg)
{
	struct watch *w = watch_of(s, -1);

	assert(fd >= 0 && w && !watch_of(s, fd));
	*w = (struct watch){ fd, ++s->serial, fn, arg };
	server_epoll(s, EPOLL_CTL_ADD, fd, interest(events), (uint32_t)(ON_WATCH + (w - s->watches)), w->serial);
}

void
server_watch_for(struct server *s, int fd, int events)
{
	struct watch *w = watch_of(s, fd);

	assert(w);
	server_epoll(s, EPOLL_CTL_MOD, fd, interest(events), (uint32_t)(ON_WATCH + (w - s->watches)), w->serial);
}

void
server_unwatch(struct server *s, int fd)
{
	struct watch *w = watch_of(s, fd);

	assert(w);
	server_epoll(s, EPOLL_CTL_DEL, fd, 0, 0, 0);
	w->fd = -1;
}

void
server_tick(struct server *s, when every, void (*fn)(void *arg), void *arg)
{
	s->every = every;
	s->tick = fn;
	s->tick_arg = arg;
	s->next_tick = http_boot_real() + every;
}

void
server_pause(struct server *s, bool yes)
{
	if (s->door.paused == yes)
		return;
	s->door.paused = yes;
	for (int i = 0; !yes && i < s->set.connections; i++)
		if (s->conns[i].used && s->conns[i].http.state == HTTP_HELD) {
			http_unpause(&s->conns[i].http);
			server_soil(s, &s->conns[i]);
		}
}

struct http_door *
server_door(struct server *s)
{
	return &s->door;
}

int
server_connections(const struct server *s)
{
	return s->set.connections - s->n_spare;
}
