#include "web/server.h"

#include "base/test.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A server in a process of its own, which answers at once, by way of a pipe that its loop watches, or with much. */
static struct server *server;
static int pipe_of[2];
static uint64_t tickets[64];
static int n_tickets;
static when idleness;             /* when not the default */

static enum err
home(struct turn *t)
{
	turn_answer(t, 200, S("text/plain"), S("here"));
	return OK;
}

/* Keeps everybody waiting, as a turn does whose database has fallen silent. */
static enum err
dawdle(struct turn *t)
{
	usleep(600000);
	return home(t);
}

static enum err
piped(struct turn *t, void *arg, const void *word)
{
	(void)arg;
	turn_answer(t, 200, S("text/plain"), str_copy(t->cx, (struct str){ word, 1 }));
	return OK;
}

static enum err
ask_pipe(struct turn *t)
{
	tickets[n_tickets++] = turn_park(t, piped, NULL);
	return write(pipe_of[1], "p", 1) == 1 ? OK : (fail)(t->cx, ERR_BROKEN, "the pipe is full");
}

static void
from_pipe(void *arg, int events)
{
	char c;

	(void)arg;
	if ((events & SERVER_READ) && read(pipe_of[0], &c, 1) == 1)
		turn_resume(server_door(server), tickets[--n_tickets], &c);
}

static enum err
much(void *arg, char *to, ptrdiff_t cap, ptrdiff_t *n)
{
	(void)arg;
	memset(to, 'm', (size_t)cap);
	*n = cap;
	return OK;
}

static enum err
download(struct turn *t)
{
	turn_answer_source(t, S("application/octet-stream"), (struct pull){ much, NULL, 8 << 20 });
	return OK;
}

static enum err
route(struct turn *t, struct plan *plan)
{
	if (t->n_segs == 0)
		plan->handler = home;
	else if (str_eq(t->segs[0], S("pipe")))
		plan->handler = ask_pipe;
	else if (str_eq(t->segs[0], S("slow")))
		plan->handler = dawdle;
	else if (str_eq(t->segs[0], S("much")))
		plan->handler = download;
	else
		*plan = (struct plan){ .handler = home, .take = PLAN_BYTES, .limit = 1 << 20 };
	return OK;
}

static void stop(int sig) { (void)sig; server_stop(server); } /* NOLINT(bugprone-signal-handler,cert-sig30-c) */

static void
serve(int fd, int connections)
{
	static const struct web_app app = { .route = route };
	struct server_settings set;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing running */
	server_defaults(&set);
	set.connections = connections;
	set.grace = 2 * SECOND;
	if (idleness)
		set.http.idle = idleness;
	if (sodium_init() < 0 || pipe2(pipe_of, O_NONBLOCK) != 0)
		_exit(1);
	server = server_open(fd, &set, &app);
	server_watch(server, pipe_of[0], SERVER_READ, from_pipe, NULL);
	signal(SIGTERM, stop);
	server_run(server);
	signal(SIGTERM, SIG_IGN); /* whoever asks twice must not reach a server that is gone */
	server_close(server);
	_exit(0);
}

struct child { pid_t pid; struct sockaddr_in at; };

static struct child
start(int connections)
{
	struct child c = { .at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof c.at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	EXPECT(fd >= 0 && bind(fd, (struct sockaddr *)&c.at, sizeof c.at) == 0 && listen(fd, 511) == 0);
	EXPECT(getsockname(fd, (struct sockaddr *)&c.at, &n) == 0);
	fflush(stdout);
	if ((c.pid = fork()) == 0)
		serve(fd, connections);
	close(fd);
	return c;
}

static int
call(const struct child *c)
{
	struct timeval patience = { .tv_sec = 5 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	EXPECT(fd >= 0 && connect(fd, (const struct sockaddr *)&c->at, sizeof c->at) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static void
say(int fd, const char *text)
{
	EXPECT(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Whether an answer comes that ends in `end`. */
static bool
hears(int fd, const char *end)
{
	char all[4096];
	ptrdiff_t n = 0;
	ssize_t k;

	while ((k = recv(fd, all + n, sizeof all - (size_t)n, 0)) > 0) {
		n += k;
		if (str_ends((struct str){ all, n }, str_of(end)))
			return true;
	}
	return false;
}

/* The exit status after a polite request to stop; -1 when it does not within five seconds. */
static int
stopped(struct child c)
{
	int status = 0;

	kill(c.pid, SIGTERM);
	for (int i = 0; i < 500; i++) {
		if (waitpid(c.pid, &status, WNOHANG) == c.pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		usleep(10000);
	}
	kill(c.pid, SIGKILL);
	waitpid(c.pid, &status, 0);
	return -1;
}

static long
resident_kib(pid_t pid)
{
	char path[64], text[256];
	long pages = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	if ((fd = open(path, O_RDONLY)) < 0)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	return sscanf(text, "%*d %ld", &pages) == 1 ? pages * 4 : 0; /* NOLINT(cert-err34-c) */
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

enum { CROWD = 500, ASKED = 500 };

/* A third says nothing, a third stops within a head, a third within a body. */
static void
crowd_in(const struct child *c, int *fds)
{
	for (int i = 0; i < CROWD; i++) {
		fds[i] = call(c);
		if (i % 3 == 1)
			say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\nX-A: ");
		if (i % 3 == 2)
			say(fds[i], "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx");
	}
}

TEST(server_serves_the_good_while_a_crowd_dawdles)
{
	struct rlimit files = { 4096, 4096 };
	struct child c;
	double took[ASKED];
	int fds[CROWD], good;
	long before, after;

	(void)cx;
	setrlimit(RLIMIT_NOFILE, &files);
	c = start(1024);
	good = call(&c);
	say(good, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	EXPECT(hears(good, "\r\n\r\nhere"));
	before = resident_kib(c.pid);
	crowd_in(&c, fds);
	for (int i = 0; i < ASKED; i++) {
		double t = milliseconds();

		if (i % 10 == 0) { /* the crowd trickles on */
			for (int k = i / 10; k < CROWD; k += 50)
				if (k % 3)
					send(fds[k], "a", 1, MSG_NOSIGNAL);
		}
		if (i % 2) {
			close(good);
			good = call(&c);
		}
		say(good, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		EXPECT(hears(good, "\r\n\r\nhere"));
		took[i] = milliseconds() - t;
	}
	after = resident_kib(c.pid);
	qsort(took, ASKED, sizeof *took, by_size);
	printf("server: beside %d idle and slow connections: median %.3f ms, p99 %.3f ms; %ld KiB resident, %ld before\n",
	    CROWD, took[ASKED / 2], took[ASKED * 99 / 100], after, before);
	EXPECT(took[ASKED * 99 / 100] < 250); /* on a busy machine; without room for the crowd it is seconds */
	/* a page of input each, the seat and first page of the turns that slow bodies hold, the tables */
	if (!getenv("ASAN_OPTIONS") && before)
		EXPECT(after - before < 16L * CROWD);
	for (int i = 0; i < CROWD; i++)
		close(fds[i]);
	close(good);
	EXPECT(stopped(c) == 0);
}

TEST(server_makes_room_when_it_is_full)
{
	struct child c = start(20);
	int fds[60], good;

	(void)cx;
	for (int i = 0; i < 60; i++) { /* idle: the longest one goes */
		fds[i] = call(&c);
		good = call(&c);
		say(good, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		EXPECT(hears(good, "\r\n\r\nhere"));
		close(good);
	}
	for (int i = 0; i < 60; i++)
		close(fds[i]);
	for (int i = 0; i < 20; i++) { /* heads that do not end: they go when they are a second old */
		fds[i] = call(&c);
		say(fds[i], "GET / HT");
	}
	usleep(1200 * 1000);
	good = call(&c);
	say(good, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	EXPECT(hears(good, "\r\n\r\nhere"));
	for (int i = 0; i < 20; i++)
		close(fds[i]);
	close(good);
	EXPECT(stopped(c) == 0);
}

TEST(server_resumes_from_a_watched_pipe)
{
	struct child c = start(20);
	int fd = call(&c), left = call(&c);

	(void)cx;
	say(left, "GET /pipe HTTP/1.1\r\nHost: x\r\n\r\n");
	close(left);
	say(fd, "GET /pipe HTTP/1.1\r\nHost: x\r\n\r\nGET /pipe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	EXPECT(hears(fd, "\r\n\r\np"));
	EXPECT(!hears(fd, "never"));
	close(fd);
	EXPECT(stopped(c) == 0);
}

TEST(server_that_was_kept_waiting_hears_what_was_said_meanwhile)
{
	struct child c;
	int busy, other;

	(void)cx;
	idleness = 400 * SECOND / 1000;
	c = start(20);
	idleness = 0;
	busy = call(&c);
	other = call(&c);
	say(busy, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	EXPECT(hears(busy, "here")); /* both have been let in */
	say(busy, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
	usleep(100000);
	say(other, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	EXPECT(hears(busy, "here"));
	EXPECT(hears(other, "here"));
	close(busy);
	close(other);
	EXPECT(stopped(c) == 0);
}

TEST(server_sends_much_to_a_slow_reader)
{
	struct child c = start(20);
	int fd = call(&c), good = call(&c);
	static char room[1 << 20];
	ptrdiff_t all = 0;
	ssize_t n;

	(void)cx;
	say(fd, "GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	say(good, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	EXPECT(hears(good, "\r\n\r\nhere"));
	while ((n = recv(fd, room, sizeof room, 0)) > 0)
		all += n;
	EXPECT(n == 0 && all > 8 << 20 && all < (8 << 20) + 1024);
	close(fd);
	close(good);
	EXPECT(stopped(c) == 0);
}

TEST(server_stops_when_its_turns_have_ended)
{
	struct child c = start(20);
	int idle = call(&c), slow = call(&c);
	char byte;

	(void)cx;
	say(slow, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
	usleep(50 * 1000);
	kill(c.pid, SIGTERM);
	EXPECT(recv(idle, &byte, 1, 0) == 0);
	say(slow, "cd");
	EXPECT(hears(slow, "\r\nConnection: close\r\n\r\nhere"));
	close(slow);
	close(idle);
	EXPECT(stopped(c) == 0);
}
