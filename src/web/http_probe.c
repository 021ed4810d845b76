/* httpprobe: the HTTP door with nothing behind it, for hostile clients to try themselves on. Only tests run it.
 *     httpprobe [head-seconds [idle-seconds]]
 * listens on a free port of 127.0.0.1, prints its number, and serves until it is told to stop. */
#include "web/server.h"

#include "base/log.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct server *server;

static enum err
home(struct turn *t)
{
	turn_answer(t, 200, S("text/plain; charset=utf-8"), S("here\n"));
	return OK;
}

static enum err
made(struct turn *t)
{
	struct buf *b;

	if (!form_has(&t->form, S("title")))
		return fail(t->cx, ERR_BAD_INPUT, "there is no title");
	b = turn_answer_buf(t, 200, S("text/plain; charset=utf-8"));
	buf_put(b, form_get(&t->form, S("title")));
	buf_char(b, '\n');
	return OK;
}

static enum err
route(struct turn *t, struct plan *plan)
{
	if (t->n_segs == 0 && t->method == METHOD_GET)
		*plan = (struct plan){ .handler = home };
	else if (t->n_segs == 1 && str_eq(t->segs[0], S("new")) && t->method == METHOD_POST)
		*plan = (struct plan){ .handler = made, .take = PLAN_FORM, .limit = 64 << 10 };
	else
		return fail(t->cx, ERR_NOT_FOUND, "only / and /new are here");
	return OK;
}

static void
stop(int sig)
{
	(void)sig;
	server_stop(server);
}

static int
listen_anywhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 511) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return -1;
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	static const struct web_field fields[] = { { { "X-Content-Type-Options", 22 }, { "nosniff", 7 } } };
	struct web_app app = { .route = route, .fields = fields, .n_fields = 1 };
	struct server_settings set;
	int fd;

	log_as("httpprobe");
	server_defaults(&set);
	if (argc > 1)
		set.http.head = atoi(argv[1]) * SECOND;
	if (argc > 2)
		set.http.idle = atoi(argv[2]) * SECOND;
	if (sodium_init() < 0 || (fd = listen_anywhere()) < 0)
		return log_line("cannot listen"), 71;
	server = server_open(fd, &set, &app);
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	server_run(server);
	server_close(server);
	return 0;
}
