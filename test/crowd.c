/* crowd: as many bad clients as are asked for, all at once and again whenever they are sent away, while a good one
 * asks for pages. Says what the good one got, what a bad one costs the workers, and that each is sent away in time.
 *     crowd PORT MANY ASKED HOLD KIB ASSET WORKER…
 * HOLD: seconds that the crowd stays at least; from 80 on the deadlines of all kinds are judged. KIB: what one of
 * them may cost; 0: the server has no room for them all, and only the good client is judged. Ends with "crowd: N
 * tried, M failed" and 0 if that is none; 77 if this machine does not give as many files. */
#include "test/crowd.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* KIND(name, share of 16, seconds between its acts, seconds after which it must have been sent away or 0, what it
 * does). The seconds are the door's deadline, what it lingers, and patience for a busy machine. */
#define KINDS \
	KIND(idle,   4, 60, 10 + 10,     "says nothing") \
	KIND(kept,   2, 60, 10 + 10,     "asks once and stays") \
	KIND(head,   4, 3,  10 + 2 + 10, "a head, byte by byte") \
	KIND(body,   2, 3,  30 + 2 + 10, "a body, byte by byte") \
	KIND(deaf,   1, 60, 0,           "asks for much and never reads") \
	KIND(pipe,   1, 6,  0,           "eight requests at once, again and again") \
	KIND(half,   1, 6,  10 + 10,     "asks and closes its half") \
	KIND(reset,  1, 6,  0,           "breaks off within a request")

enum kind {
#define KIND(name, share, every, most, says) KIND_##name,
	KINDS
#undef KIND
	KIND_COUNT
};

static const struct { const char *name; int share; double every, most; const char *says; } kinds[] = {
#define KIND(name, share, every, most, says) { #name, share, every, most, says },
	KINDS
#undef KIND
};

enum { AT_ONCE = 256 };

struct one {
	int fd;                /* -1: comes back at `next` */
	enum kind kind;
	bool asked;            /* it has begun what it does */
	double born, next;
	long heard;
};

struct tally { long came, sent_away; double longest; };

static struct tally tally[KIND_COUNT];
static int loop, connected, tried, failed;
static const char *asset;

double
crowd_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
crowd_pick(int n)
{
	static uint64_t seed = 20261125;

	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (int)((seed >> 33) % (uint64_t)n);
}

int
crowd_socket(const struct plan *p)
{
	struct sockaddr_in from = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)crowd_pick(16)) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)p;
	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	if (bind(fd, (const struct sockaddr *)&from, sizeof from) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
check(bool ok, const char *what)
{
	tried++;
	failed += !ok;
	if (!ok)
		printf("FAILED: %s\n", what);
}

static void
leave(struct one *o, double now, bool sent_away)
{
	struct tally *t = &tally[o->kind];

	if (o->fd < 0)
		return;
	close(o->fd);
	connected--;
	t->sent_away += sent_away;
	o->fd = -1;
	o->next = now + 0.5 + crowd_pick(1000) / 1e3;
}

static void
come(const struct plan *p, struct one *o, double now)
{
	struct epoll_event e = { .events = EPOLLOUT | EPOLLRDHUP, .data.ptr = o };
	int fd = crowd_socket(p), segment = 536, small = 1024;

	o->next = now + 1;
	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (o->kind == KIND_deaf) { /* so that little lies in the kernels and much in the server */
		setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	}
	if (connect(fd, (const struct sockaddr *)&p->at, sizeof p->at) < 0 && errno != EINPROGRESS) {
		close(fd);
		return;
	}
	epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e);
	connected++;
	tally[o->kind].came++;
	*o = (struct one){ .fd = fd, .kind = o->kind, .born = now, .next = now + 60 };
}

static void
say(struct one *o, const char *text)
{
	if (send(o->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
		o->next = 0;
}

#define LINES " HTTP/1.1\r\nHost: door.example\r\n"

/* What it does when it has come, and every so often after that. */
static void
act(struct one *o, double now)
{
	const struct linger hard = { 1, 0 };
	char text[512];

	switch (o->kind) {
	case KIND_kept:
		say(o, o->asked ? "" : "GET /healthz" LINES "\r\n");
		break;
	case KIND_head:
		say(o, o->asked ? "a" : "GET /" LINES "X-Slow: ");
		break;
	case KIND_body:
		say(o, o->asked ? "a" : "POST /sign-in" LINES "Content-Type: application/x-www-form-urlencoded\r\n"
		    "Content-Length: 10000\r\n\r\nname=");
		break;
	case KIND_deaf:
		snprintf(text, sizeof text, "GET %s" LINES "\r\nGET %s" LINES "\r\n", asset, asset);
		say(o, o->asked ? "" : text);
		break;
	case KIND_pipe:
		for (int i = 0; i < 8; i++)
			say(o, "GET /healthz" LINES "\r\n");
		break;
	case KIND_half:
		say(o, o->asked ? "" : "GET /help" LINES "\r\n");
		shutdown(o->fd, SHUT_WR);
		break;
	case KIND_reset:
		if (o->asked) {
			setsockopt(o->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
			leave(o, now, false);
			return;
		}
		say(o, crowd_pick(2) ? "GET /report" LINES "\r\n" : "GET /rep");
		break;
	case KIND_idle:
	case KIND_COUNT:
		break;
	}
	o->asked = true;
	o->next = now + kinds[o->kind].every * (0.5 + crowd_pick(1000) / 1e3);
}

static void
hear(struct one *o, double now)
{
	static char room[1 << 16];
	ssize_t k;

	do {
		k = recv(o->fd, room, sizeof room, MSG_DONTWAIT);
		if (k > 0)
			o->heard += k;
	} while (k > 0);
	if (k == 0 || (errno != EAGAIN && errno != EINTR))
		leave(o, now, true);
}

static void
happen(struct one *o, uint32_t events, double now)
{
	struct epoll_event e = { .events = EPOLLRDHUP | (o->kind == KIND_deaf ? 0u : EPOLLIN), .data.ptr = o };

	if (o->fd < 0)
		return;
	if (events & EPOLLERR) {
		leave(o, now, true);
		return;
	}
	if (events & EPOLLOUT) {
		epoll_ctl(loop, EPOLL_CTL_MOD, o->fd, &e);
		act(o, now);
	}
	if (o->fd >= 0 && events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
		hear(o, now);
}

/* Go on for a while; at most AT_ONCE come at a time, or the listener's queue would be what is measured. */
static void
go_on(const struct plan *p, struct one *all, double until)
{
	struct epoll_event events[256];
	double now, looked = 0;

	do {
		int n = epoll_wait(loop, events, 256, 10), coming = AT_ONCE;

		now = crowd_seconds();
		for (int i = 0; i < n; i++)
			happen(events[i].data.ptr, events[i].events, now);
		for (int i = 0; now - looked > 0.05 && i < p->slots; i++) {
			struct one *o = &all[i];

			if (o->fd >= 0 && now - o->born > tally[o->kind].longest)
				tally[o->kind].longest = now - o->born;
			if (o->next > now)
				continue;
			if (o->fd >= 0)
				act(o, now);
			else if (coming-- > 0)
				come(p, o, now);
		}
		if (now - looked > 0.05)
			looked = now;
	} while (now < until);
}

static struct one *
gather(const struct plan *p)
{
	struct one *all = calloc((size_t)p->slots, sizeof *all);
	double until = crowd_seconds() + (p->most_kib ? 60 : 3);

	for (int i = 0; i < p->slots; i++) {
		int at = i % 16, k = 0;

		for (; at >= kinds[k].share; k++)
			at -= kinds[k].share;
		all[i] = (struct one){ .fd = -1, .kind = (enum kind)k };
	}
	while (connected < p->many && crowd_seconds() < until)
		go_on(p, all, crowd_seconds() + 0.1);
	printf("crowd: %d are there\n", connected);
	if (p->most_kib)
		check(connected >= p->many, "the crowd does not come together");
	return all;
}

/* The good client asks in a process of its own; the crowd, if there is one, goes on meanwhile. */
static struct good
ask(const struct plan *p, struct one *all, long *most)
{
	int asked = all ? p->asked : p->asked / 4;
	struct good g = { .failed = asked };
	int ends[2], status;
	pid_t pid;

	if (pipe(ends) < 0 || (fflush(stdout), (pid = fork())) < 0)
		exit(71);
	if (pid == 0)
		crowd_good(p, asked, ends[1]);
	close(ends[1]);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		long now = crowd_memory(p);

		if (now > *most)
			*most = now;
		if (all)
			go_on(p, all, crowd_seconds() + 0.5);
		else
			usleep(10000);
	}
	if (read(ends[0], &g, sizeof g) != sizeof g)
		g.failed = asked;
	close(ends[0]);
	printf("crowd: the good client%s: %d asked, %d failed, median %.1f ms, p99 %.1f ms, worst %.1f ms\n",
	    all ? " in the crowd" : " alone", g.asked, g.failed, g.median, g.p99, g.worst);
	tried += g.asked;
	failed += g.failed;
	return g;
}

/* Whoever never reads has been cut off: what lies in the kernels comes, and then the end. */
static void
judge_deaf(const struct plan *p, struct one *all)
{
	int fds = 0, open = 0;

	for (int i = 0; i < p->slots; i++) {
		struct one *o = &all[i];
		double until = crowd_seconds() + 5;

		if (o->kind != KIND_deaf || o->fd < 0 || crowd_seconds() - o->born < 60 + 15)
			continue;
		fds++;
		while (o->fd >= 0 && crowd_seconds() < until) {
			hear(o, crowd_seconds());
			usleep(1000);
		}
		open += o->fd >= 0;
	}
	printf("crowd: of %d that never read for more than 75 s, %d are still served\n", fds, open);
	check(open == 0, "an answer that nobody reads has no end");
}

static void
judge(const struct plan *p, struct one *all)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		struct tally *t = &tally[k];

		printf("crowd: %-5s (%s): %ld came, %ld sent away, longest %.1f s\n", kinds[k].name, kinds[k].says, t->came,
		    t->sent_away, t->longest);
		if (p->hold >= 80 && kinds[k].most > 0)
			check(t->longest < kinds[k].most, "somebody stayed for longer than its deadline");
	}
	if (p->hold >= 80)
		judge_deaf(p, all);
}

static bool
raise_files(int n)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur > (rlim_t)n + 64;
}

int
main(int argc, char **argv)
{
	struct plan p = { .at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	long before, most = 0, after;
	struct good g;
	struct one *all;
	double began;

	if (argc < 8)
		return fputs("usage: crowd PORT MANY ASKED HOLD KIB ASSET WORKER…\n", stderr), 64;
	p.at.sin_port = htons((uint16_t)atoi(argv[1]));
	p.many = atoi(argv[2]), p.asked = atoi(argv[3]), p.hold = atoi(argv[4]), p.most_kib = atoi(argv[5]);
	p.slots = p.many + p.many / 4;
	asset = p.asset = argv[6];
	p.n_workers = argc - 7;
	p.workers = calloc((size_t)p.n_workers, sizeof *p.workers);
	for (int i = 0; i < p.n_workers; i++)
		p.workers[i] = atoi(argv[7 + i]);
	if (!raise_files(p.slots))
		return printf("SKIP: this machine does not give %d files to one process\n", p.slots), 77;
	signal(SIGPIPE, SIG_IGN);
	loop = epoll_create1(EPOLL_CLOEXEC);
	ask(&p, NULL, &most);
	before = most;
	began = crowd_seconds();
	all = gather(&p);
	g = ask(&p, all, &most);
	check(g.p99 < 250, "the good client waits for longer than 250 ms");
	while (crowd_seconds() < began + p.hold) {
		go_on(&p, all, crowd_seconds() + 1);
		after = crowd_memory(&p);
		most = after > most ? after : most;
	}
	printf("crowd: the workers hold %ld KiB, %ld before: %.2f KiB for each of %d; %ld files open\n", most, before,
	    (double)(most - before) / p.many, p.many, crowd_files(&p));
	if (p.most_kib)
		check(most - before <= (long)p.most_kib * p.many, "a bad client costs more than its bound");
	judge(&p, all);
	for (int i = 0; i < p.slots; i++)
		leave(&all[i], 0, false);
	free(all);
	usleep(500 * 1000);
	after = 0;
	ask(&p, NULL, &after);
	printf("crowd: afterwards the workers hold %ld KiB\n", crowd_memory(&p));
	printf("crowd: %d tried, %d failed\n", tried, failed);
	return failed ? 1 : 0;
}
