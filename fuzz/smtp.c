/* A mail server that answers as it likes: the message is sent, to be tried again or given up, and its words can be
 * printed. The input is all that the server says, at once. */
#include "fuzz/fuzz.h"
#include "mail/smtp.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char says[1 << 16];
static size_t n_says;
static int listener = -1, port;

static void *
serve(void *arg)
{
	static char room[sizeof says];
	size_t n;

	(void)arg;
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		pthread_mutex_lock(&lock);
		memcpy(room, says, n = n_says);
		pthread_mutex_unlock(&lock);
		if (send(fd, room, n, MSG_NOSIGNAL) >= 0)
			shutdown(fd, SHUT_WR);
		while (recv(fd, room, sizeof room, 0) > 0)
			;
		close(fd);
	}
	return NULL;
}

static void
open_server(struct cx *cx)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	pthread_t thread;

	HOLD(smtp_ready(cx) == OK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	HOLD(listener >= 0 && bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 8) == 0);
	HOLD(getsockname(listener, (struct sockaddr *)&at, &n) == 0);
	port = ntohs(at.sin_port);
	HOLD(pthread_create(&thread, NULL, serve, NULL) == 0);
}

FUZZ(cx, in)
{
	struct smtp_mail mail = { .from_name = S("Desk"), .from = S("desk@example.org"), .to = S("rita@example.org"),
		.subject = S("Something for you"), .body = S("Open your work list.\n"), .id = S("n1"), .date = cx->now };
	struct smtp_server server = { .tls = SMTP_TLS_NONE, .patience = SECOND };
	struct smtp_answer a = { 0 };

	if (listener < 0)
		open_server(cx);
	pthread_mutex_lock(&lock);
	n_says = (size_t)in.n < sizeof says ? (size_t)in.n : sizeof says;
	if (n_says)
		memcpy(says, in.p, n_says);
	pthread_mutex_unlock(&lock);
	server.url = str_fmt(cx, "smtp://127.0.0.1:%d", port);
	HOLD(smtp_send(cx, &server, &mail, &a) == OK);
	HOLD(a.end != SMTP_NOT_SET && a.code >= 0 && a.code <= 999 && a.words.n <= 500 && utf8_ok(a.words));
	HOLD(a.end != SMTP_NEVER || (a.code >= 500 && a.code <= 599));
	return OK;
}
