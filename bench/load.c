/* load: so many clients that each ask again as soon as they are answered, over connections that stay open; from one
 * thread with epoll, so that the server and not its clients are measured. Not of the product.
 *   load PORT CLIENTS AMOUNT STATUS REQUEST
 * AMOUNT: how many requests, or with an s behind it how many seconds. STATUS: what every answer must have. REQUEST: a
 * file with the whole request as it is sent; sixteen X in it become another number each time. Prints one line of
 * JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 1024, REQUEST = 64 << 10, ANSWER = 1 << 20, STAMP = 16 };

struct client {
	int fd;
	int64_t began;          /* nanoseconds, when the request was sent */
	size_t got, whole;      /* bytes of the answer; 0: its head has not come */
	char head[4096];
};

static struct client clients[CLIENTS];
static char request[REQUEST], junk[ANSWER], *stamp, status[16];
static size_t request_n;
static uint32_t *took;          /* microseconds of each request */
static size_t n_took, cap_took, sent, most = SIZE_MAX;
static uint64_t serial;
static int64_t until = INT64_MAX;
static struct sockaddr_in where;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(70);
}

static int64_t
nanos(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
read_request(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		die(path);
	request_n = fread(request, 1, sizeof request - 1, f);
	fclose(f);
	stamp = memmem(request, request_n, "XXXXXXXXXXXXXXXX", STAMP);
	serial = ((uint64_t)getpid() << 32) ^ (uint64_t)nanos() << 20;
}

static void
ask(struct client *c)
{
	char number[STAMP + 1];

	if (stamp) {
		snprintf(number, sizeof number, "%016llx", (unsigned long long)serial++);
		memcpy(stamp, number, STAMP);
	}
	c->got = c->whole = 0;
	c->began = nanos();
	if (send(c->fd, request, request_n, MSG_NOSIGNAL) != (ssize_t)request_n)
		die("send");
	sent++;
}

static void
open_client(struct client *c, int poll)
{
	struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = c } };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&where, sizeof where))
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &e))
		die("epoll_ctl");
}

/* The head of the answer: its status must be the one that is wanted, its length says when it is whole. */
static void
read_head(struct client *c)
{
	char *end = memmem(c->head, c->got < sizeof c->head ? c->got : sizeof c->head, "\r\n\r\n", 4), *length;

	if (!end) {
		if (c->got >= sizeof c->head)
			die("the head of an answer is too long");
		return;
	}
	*end = 0;
	length = strcasestr(c->head, "\r\ncontent-length:");
	if (strncmp(c->head, "HTTP/1.1 ", 9) != 0 || strncmp(c->head + 9, status, 3) != 0 || !length) {
		fprintf(stderr, "load: not what was wanted:\n%.600s\n", c->head);
		exit(70);
	}
	c->whole = (size_t)(end + 4 - c->head) + strtoul(length + 17, NULL, 10);
}

static void
answered(struct client *c)
{
	if (n_took == cap_took) {
		cap_took = cap_took ? cap_took * 2 : 1 << 16;
		took = realloc(took, cap_took * sizeof *took);
		if (!took)
			die("memory");
	}
	took[n_took++] = (uint32_t)((nanos() - c->began) / 1000);
}

static void
hear(struct client *c)
{
	bool head = c->whole == 0;
	char *to = head ? c->head + c->got : junk;
	ssize_t n = recv(c->fd, to, head ? sizeof c->head - c->got : sizeof junk, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		die("the server hung up");
	c->got += (size_t)n;
	if (head)
		read_head(c);
	if (!c->whole || c->got < c->whole)
		return;
	answered(c);
	if (sent < most && nanos() < until)
		ask(c);
	else
		c->whole = 0, c->began = 0;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
say(double seconds)
{
	size_t half = n_took / 2, late = n_took - 1 - n_took / 100;
	struct rusage own;

	getrusage(RUSAGE_SELF, &own);
	qsort(took, n_took, sizeof *took, by_size);
	printf("{\"requests\":%zu,\"seconds\":%.4f,\"rate\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"client_cpu\":%.3f}\n",
	    n_took, seconds, (double)n_took / seconds, took[half] / 1e3, took[late] / 1e3,
	    (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
	    (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6);
}

int
main(int argc, char **argv)
{
	int n = argc == 6 ? atoi(argv[2]) : 0, poll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[CLIENTS];
	int64_t began;

	if (n < 1 || n > CLIENTS || strlen(argv[4]) != 3) {
		fputs("usage: load PORT CLIENTS AMOUNT STATUS REQUEST\n", stderr);
		return 64;
	}
	where = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	memcpy(status, argv[4], 4);
	read_request(argv[5]);
	for (int i = 0; i < n; i++)
		open_client(&clients[i], poll);
	began = nanos();
	if (argv[3][strlen(argv[3]) - 1] == 's')
		until = began + (int64_t)(atof(argv[3]) * 1e9);
	else
		most = strtoul(argv[3], NULL, 10);
	for (int i = 0; i < n && sent < most; i++)
		ask(&clients[i]);
	while (n_took < sent) {
		int ready = epoll_wait(poll, events, CLIENTS, 30000);

		if (ready <= 0)
			die("nobody answers");
		for (int i = 0; i < ready; i++)
			hear(events[i].data.ptr);
	}
	say((double)(nanos() - began) / 1e9);
	return 0;
}
