#include "main/serve.h"

#include "base/log.h"
#include "desk/registrar.h"
#include "mail/clerk.h"
#include "main/systemd.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include "web/site.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, ROOM = 1 << 30 };
#define PATIENCE (10 * SECOND)

struct started { struct str where; int manager; };

static void
say(void *arg)
{
	const struct registrar_plan *all = arg;
	const struct started *s = all->own;

	printf("tocsin: listening on %.*s\n", F(s->where));
	fflush(stdout);
	systemd_say(s->manager, S("READY=1"));
}

static enum err
listen_on(struct cx *cx, const struct cli_server *s, int *fd)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV }, *at;
	int on = 1, bad = getaddrinfo(str_z(cx, s->host), str_z(cx, s->port), &hints, &at);

	if (bad)
		return fail(cx, ERR_USAGE, "--listen: “%.*s:%.*s” is not an address: %s", F(s->host), F(s->port),
		    gai_strerror(bad));
	*fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (*fd < 0 || bind(*fd, at->ai_addr, at->ai_addrlen) || listen(*fd, BACKLOG)) {
		freeaddrinfo(at);
		return files_fail(cx, errno, "listen on", str_fmt(cx, "%.*s:%.*s", F(s->host), F(s->port)));
	}
	freeaddrinfo(at);
	return OK;
}

/* The address of a socket as people type it. */
static struct str
where_is(struct cx *cx, int fd)
{
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	socklen_t n = sizeof at;
	char host[INET6_ADDRSTRLEN], port[8];

	if (getsockname(fd, (struct sockaddr *)&at, &n) || (at.ss_family != AF_INET && at.ss_family != AF_INET6) ||
	    getnameinfo((struct sockaddr *)&at, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV))
		return S("a local socket");
	return str_fmt(cx, at.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

/* The manager's socket if it passed one: then the service needs no network of its own. */
static enum err
get_listener(struct cx *cx, const struct cli_server *s, int *fd)
{
	TRY(systemd_socket(cx, fd));
	if (*fd < 0)
		return listen_on(cx, s, fd);
	return s->listens ? fail(cx, ERR_USAGE, "a socket was passed (LISTEN_FDS), and --listen asks for another") : OK;
}

static enum err
open_dir(struct cx *cx, struct registrar_plan *all)
{
	TRY(files_open_dir(cx, FILES_HERE, all->data, &all->dir));
	files_close_later(cx, all->dir);
	return OK;
}

/* Asked before anything is put into somebody else's folder, or anybody is told that we listen. */
static enum err
is_ours(struct cx *cx, const struct registrar_plan *all)
{
	int64_t size;

	if (files_size(cx, all->dir, S("keys/root.key"), &size) == OK)
		return desk_stays(cx, all->dir);
	return fail(cx, ERR_NOT_FOUND, "%.*s is no data directory of ours: run `tocsin init` first", F(all->data));
}

static enum err
open_sockets(struct cx *cx, const struct cli_server *s, struct registrar_plan *all)
{
	TRY(get_listener(cx, s, &all->listen));
	TRY(ipc_listen(cx, str_fmt(cx, "%.*s/run/registrar.sock", F(s->data)), &all->socket));
	all->clerks = -1;
	return s->without_clerk ? ipc_listen(cx, str_fmt(cx, "%.*s/run/clerk.sock", F(s->data)), &all->clerks) : OK;
}

enum err
serve_run(struct cx *cx, const struct cli_server *s)
{
	struct registrar_plan all = { .data = s->data, .https = s->https };
	struct started started;
	int called[3], asked[2], lock;
	const struct proc_row rows[] = {
		{ "registrar", 1, registrar_run, called, s->without_clerk ? 3 : 2 },
		{ "gate", 1, gate_run, &all.dir, 1 },
		{ "web", s->workers, site_run, asked, 2 },
		{ "clerk", 1, clerk_run, &all.dir, 1 },
	};
	struct proc_plan plan = { .rows = rows, .n_rows = (int)COUNT(rows) - s->without_clerk, .arg = &all,
		.room = ROOM, .up = say };

	log_as("tocsin");
	sys_files();
	TRY(open_dir(cx, &all));
	TRY(is_ours(cx, &all));
	TRY(files_lock(cx, all.dir, &lock));
	files_close_later(cx, lock);
	TRY(desk_foresee(cx, s->data));
	TRY(open_sockets(cx, s, &all));
	TRY(systemd_open(cx, &started.manager));
	started.where = where_is(cx, all.listen);
	all.own = &started;
	called[0] = all.socket, called[1] = all.dir, called[2] = all.clerks;
	asked[0] = all.listen, asked[1] = all.dir;
	/* before the first fork: a parent may signal only those who were born inside its own bounds */
	TRY(jail_enter(cx, jail_of(S("parent")), s->data));
	return proc_run(cx, &plan);
}

/* The server may be just starting, or starting again. */
static enum err
call_registrar(struct cx *cx, struct str data, int *fd)
{
	when until = sys_boot() + PATIENCE;
	enum err e;

	while ((e = ipc_connect(cx, str_fmt(cx, "%.*s/run/clerk.sock", F(data)), fd)) == ERR_NOT_FOUND && sys_boot() < until)
		(void)poll(NULL, 0, 100);
	if (e == ERR_NOT_FOUND)
		return fail(cx, ERR_BUSY, "no server runs on %.*s with --without-clerk", F(data));
	TRY(e);
	files_close_later(cx, *fd);
	return OK;
}

enum err
serve_clerk(struct cx *cx, struct str data)
{
	struct registrar_plan all = { .data = data };
	int link;

	log_as("clerk");
	TRY(open_dir(cx, &all));
	TRY(call_registrar(cx, data, &link));
	return proc_alone(cx, "clerk", clerk_run, &all, link);
}
