#include "main/serve.h"

#include "base/log.h"
#include "desk/registrar.h"
#include "mail/clerk.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include "web/site.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, ROOM = 1 << 30 };

struct started { struct str host; int port; };

static void
say(void *arg)
{
	const struct registrar_plan *all = arg;
	const struct started *s = all->own;

	printf("tocsin: listening on http://%.*s:%d\n", F(s->host), s->port);
	fflush(stdout);
}

static enum err
listen_on(struct cx *cx, const struct cli_server *s, int *fd, int *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV }, *at;
	union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; } bound = { .v6 = { .sin6_family = AF_INET6 } };
	socklen_t n = sizeof bound;
	int on = 1, bad = getaddrinfo(str_z(cx, s->host), str_z(cx, s->port), &hints, &at);

	if (bad)
		return fail(cx, ERR_USAGE, "--listen: “%.*s:%.*s” is not an address: %s", F(s->host), F(s->port), gai_strerror(bad));
	*fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (*fd < 0 || bind(*fd, at->ai_addr, at->ai_addrlen) || listen(*fd, BACKLOG) ||
	    getsockname(*fd, &bound.any, &n)) {
		freeaddrinfo(at);
		return files_fail(cx, errno, "listen on", str_fmt(cx, "%.*s:%.*s", F(s->host), F(s->port)));
	}
	freeaddrinfo(at);
	*port = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
	return OK;
}

enum err
serve_run(struct cx *cx, const struct cli_server *s)
{
	struct registrar_plan all = { .data = s->data, .https = s->https };
	struct started started = { .host = s->host };
	int called[2], asked[2], lock;
	const struct proc_row rows[] = {
		{ "registrar", 1, registrar_run, called, 2 },
		{ "gate", 1, gate_run, &all.dir, 1 },
		{ "clerk", 1, clerk_run, &all.dir, 1 },
		{ "web", s->workers, site_run, asked, 2 },
	};
	struct proc_plan plan = { .rows = rows, .n_rows = (int)COUNT(rows), .arg = &all, .room = ROOM, .up = say };

	log_as("tocsin");
	sys_files();
	TRY(files_open_dir(cx, FILES_HERE, s->data, &all.dir));
	files_close_later(cx, all.dir);
	TRY(files_lock(cx, all.dir, &lock));
	files_close_later(cx, lock);
	TRY(listen_on(cx, s, &all.listen, &started.port));
	all.own = &started;
	TRY(ipc_listen(cx, str_fmt(cx, "%.*s/run/registrar.sock", F(s->data)), &all.socket));
	called[0] = all.socket, asked[0] = all.listen;
	called[1] = asked[1] = all.dir;
	/* before the first fork: a parent may signal only those who were born inside its own bounds */
	TRY(jail_enter(cx, jail_of(S("parent")), s->data));
	return proc_run(cx, &plan);
}
