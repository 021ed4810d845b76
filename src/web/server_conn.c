#include "web/server_inner.h"

#include "base/log.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS = 16, SENDS = 16, DEAF = SECOND / 5, LOOKED_AT = 256, WARM = 64, PAGE = 4096 };

void
server_epoll(struct server *s, int op, int fd, uint32_t events, uint32_t what, uint32_t serial)
{
	struct epoll_event e = { .events = events, .data.u64 = (uint64_t)serial << 32 | what };

	if (epoll_ctl(s->epoll, op, fd, &e) != 0) {
		log_line("epoll_ctl: %s", strerror(errno));
		abort();
	}
}

void
server_listen(struct server *s, bool yes)
{
	if (s->deaf == !yes)
		return;
	s->deaf = !yes;
	s->deaf_until = http_boot_real() + DEAF;
	if (yes)
		server_epoll(s, EPOLL_CTL_ADD, s->listener, EPOLLIN | EPOLLEXCLUSIVE, ON_LISTEN, 0);
	else
		server_epoll(s, EPOLL_CTL_DEL, s->listener, 0, 0, 0);
}

void
server_soil(struct server *s, struct conn *c)
{
	if (!c->dirty)
		s->dirty[s->n_dirty++] = c;
	c->dirty = true;
}

static void
hang_up(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static void
release(struct server *s, struct conn *c)
{
	ptrdiff_t i = c - s->conns, keep = i < WARM ? PAGE : 0;

	hang_up(c);
	http_close(&c->http);
	timer_drop(&s->timers, &c->timer);
	c->used = false;
	/* of the few that are used most the first page stays for the next one; a crowd's memory goes back */
	madvise(s->inputs + i * HEAD_MOST + keep, (size_t)(HEAD_MOST - keep), MADV_DONTNEED);
	s->spare[s->n_spare++] = (int)i;
	if (!s->stopping)
		server_listen(s, true);
}

/* Send what can be sent now. A fast reader of a long answer must let others have their turn. */
static void
flush(struct conn *c)
{
	struct str pieces[3];

	for (int sends = 0, n; sends < SENDS && c->fd >= 0 && (n = http_out(&c->http, pieces)) > 0; sends++) {
		struct iovec v[3];
		struct msghdr m = { .msg_iov = v, .msg_iovlen = (size_t)n };
		ssize_t sent;

		for (int i = 0; i < n; i++)
			v[i] = (struct iovec){ (void *)(uintptr_t)pieces[i].p, (size_t)pieces[i].n };
		sent = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (sent < 0)
			http_gone(&c->http);
		else
			http_sent(&c->http, sent);
	}
}

/* After anything has happened to a connection: send, close, set its timer and what epoll watches for. */
static void
tidy(struct server *s, struct conn *c)
{
	struct str pieces[3];
	ptrdiff_t cap;
	uint32_t events;

	c->dirty = false;
	if (!c->used)
		return;
	flush(c);
	if (c->http.state == HTTP_OVER) {
		release(s, c);
		return;
	}
	timer_set(&s->timers, &c->timer, c->http.due);
	if (c->http.gone)
		hang_up(c);
	if (c->fd < 0)
		return;
	if (c->http.state == HTTP_LINGER && !c->shut) {
		shutdown(c->fd, SHUT_WR);
		c->shut = true;
	}
	http_room(&c->http, &cap);
	events = (cap ? EPOLLIN : 0u) | (http_out(&c->http, pieces) ? EPOLLOUT : 0u);
	if (events != c->events)
		server_epoll(s, EPOLL_CTL_MOD, c->fd, events, (uint32_t)(c - s->conns), c->serial);
	c->events = events;
}

void
server_tidy(struct server *s)
{
	/* tidying one may soil another, even an earlier one */
	while (s->n_dirty)
		tidy(s, s->dirty[--s->n_dirty]);
}

/* How soon a connection should go when there are too many: lower goes first; 0 means not at all. A request that has
 * come whole is always served, and what has just connected is likely to be about to ask. */
static int
worth(const struct server *s, const struct conn *c, when boot)
{
	if (!c->used)
		return 0;
	switch (c->http.state) {
	case HTTP_LINGER: return 1;
	case HTTP_IDLE:   return boot - (c->http.due - s->set.http.idle) > SECOND ? 2 : 4;
	case HTTP_HEAD:   return boot - (c->http.due - s->set.http.head) > SECOND ? 3 : 0;
	default:          return 0;
	}
}

/* Looking at all of them for each that comes would be more work than serving it: a part of them, and on from there
 * the next time, is as good. */
static bool
make_room(struct server *s)
{
	struct conn *least = NULL;
	when boot = http_boot_real();
	int best = 0;

	for (int i = 0; i < s->set.connections && (i < LOOKED_AT || !least); i++) {
		struct conn *c = &s->conns[s->hand++ % (uint32_t)s->set.connections];
		int w = worth(s, c, boot);

		if (w && (!least || w < best || (w == best && c->http.due < least->http.due)))
			least = c, best = w;
	}
	if (!least)
		return false;
	http_over(&least->http);
	server_tidy(s);
	return true;
}

static struct str
peer_text(const struct sockaddr_storage *a, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;

	if (a->ss_family == AF_INET)
		return str_of(inet_ntop(AF_INET, &four->sin_addr, out, INET6_ADDRSTRLEN));
	if (a->ss_family == AF_INET6)
		return str_of(inet_ntop(AF_INET6, &six->sin6_addr, out, INET6_ADDRSTRLEN));
	return S("");
}

static void
welcome(struct server *s, int fd, const struct sockaddr_storage *addr)
{
	int i = s->spare[--s->n_spare];
	struct conn *c = &s->conns[i];
	char peer[INET6_ADDRSTRLEN];

	memset(&c->timer, 0, sizeof c->timer);
	c->fd = fd;
	c->serial = ++s->serial;
	c->used = true;
	c->shut = false;
	c->events = EPOLLIN;
	http_open(&c->http, &s->door, s->inputs + (ptrdiff_t)i * HEAD_MOST, peer_text(addr, peer));
	server_epoll(s, EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)i, c->serial);
	server_soil(s, c);
}

void
server_accept(struct server *s)
{
	for (int i = 0; i < ACCEPTS && !s->stopping; i++) {
		struct sockaddr_storage addr = { 0 };
		socklen_t n = sizeof addr;
		int fd;

		if (s->n_spare == 0) {
			/* only the first is known to be there, so only for that one somebody has to go */
			if (i > 0)
				return;
			if (!make_room(s)) {
				server_listen(s, false);
				return;
			}
		}
		fd = accept4(s->listener, (struct sockaddr *)&addr, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
				server_listen(s, false); /* until one is released or a while has passed */
			return;
		}
		welcome(s, fd, &addr);
	}
}

void
server_conn_event(struct server *s, struct conn *c, uint32_t events)
{
	ptrdiff_t cap;
	char *room = http_room(&c->http, &cap);
	ssize_t n;

	server_soil(s, c);
	if (cap && (events & EPOLLIN)) {
		n = recv(c->fd, room, (size_t)cap, MSG_DONTWAIT);
		if (n > 0)
			http_took(&c->http, n);
		else if (n == 0)
			http_eof(&c->http);
		else if (errno != EAGAIN && errno != EINTR)
			http_gone(&c->http);
	} else if (events & (EPOLLERR | EPOLLHUP)) {
		http_gone(&c->http);
	}
}
