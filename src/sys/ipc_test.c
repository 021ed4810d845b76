#include "sys/ipc.h"

#include "base/test.h"
#include "sys/ipc_loop.h"
#include "sys/test_dir.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static struct str
pattern(struct cx *cx, ptrdiff_t n)
{
	char *p = NEW(cx, char, n);

	for (ptrdiff_t i = 0; i < n; i++)
		p[i] = (char)(i * 31 >> 3);
	return (struct str){ p, n };
}

static void
pair(struct cx *cx, int e[2])
{
	EXPECT_OK(ipc_pair(cx, e));
}

static void
unpair(const int e[2])
{
	close(e[0]);
	close(e[1]);
}

TEST(ipc_messages_arrive_whole_and_in_order)
{
	static const ptrdiff_t sizes[] = { 0, 1, IPC_INLINE, IPC_INLINE + 1, 1 << 20, 0, 7, 20 << 20 };
	int e[2], before = count_fds();
	struct str got;

	pair(cx, e);
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_WAIT);
	for (ptrdiff_t i = 0; i < COUNT(sizes); i++) {
		struct mark here = cx_mark(cx);

		EXPECT(ipc_send(e[0], pattern(cx, sizes[i])) == IPC_OK);
		cx_back(cx, here);
	}
	for (ptrdiff_t i = 0; i < COUNT(sizes); i++) {
		struct mark here = cx_mark(cx);

		EXPECT(ipc_recv(cx, e[1], &got) == IPC_OK);
		EXPECT(got.n == sizes[i] && str_eq(got, pattern(cx, sizes[i])));
		cx_back(cx, here);
	}
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_WAIT);
	EXPECT(ipc_send(e[0], (struct str){ "", IPC_MAX + (ptrdiff_t)1 }) == IPC_BAD);
	unpair(e);
	EXPECT(count_fds() == before);
}

TEST(ipc_says_when_to_wait_and_when_nobody_is_there)
{
	int e[2], sent = 0, taken = 0;
	struct str got;

	pair(cx, e);
	while (ipc_send(e[0], pattern(cx, 1000)) == IPC_OK)
		sent++;
	EXPECT(sent >= 32 && ipc_send(e[0], S("x")) == IPC_WAIT);
	while (ipc_recv(cx, e[1], &got) == IPC_OK)
		taken++;
	EXPECT(taken == sent && ipc_send(e[0], S("last")) == IPC_OK);
	close(e[0]);
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_OK);
	EXPECT_STR(got, S("last"));
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_GONE && ipc_send(e[1], S("x")) == IPC_GONE);
	close(e[1]);
}

static void
send_fds(int to, const char *text, size_t n, const int *fds, size_t n_fds)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(4 * sizeof(int))]; } c = { .room = { 0 } };
	struct iovec v = { (void *)(uintptr_t)text, n };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = c.room,
		.msg_controllen = CMSG_SPACE(n_fds * sizeof(int)) };

	c.head.cmsg_level = SOL_SOCKET;
	c.head.cmsg_type = SCM_RIGHTS;
	c.head.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
	memcpy(CMSG_DATA(&c.head), fds, n_fds * sizeof(int));
	EXPECT(sendmsg(to, &m, 0) == (ssize_t)n);
}

TEST(ipc_refuses_what_is_not_framed_and_keeps_no_descriptor)
{
	int e[2], before = count_fds(), open_file = memfd_create("x", MFD_ALLOW_SEALING);
	int many[4] = { open_file, open_file, open_file, open_file };
	struct str got;

	pair(cx, e);
	EXPECT(send(e[0], "?abc", 4, 0) == 4 && ipc_recv(cx, e[1], &got) == IPC_BAD);
	EXPECT(send(e[0], "f", 1, 0) == 1 && ipc_recv(cx, e[1], &got) == IPC_BAD);
	send_fds(e[0], "f", 1, many, 1); /* not sealed: could change under our eyes */
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_BAD && strstr(cx->why, "changed"));
	send_fds(e[0], "f", 1, many, 4);
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_BAD);
	send_fds(e[0], "mtext", 5, many, 1); /* a descriptor that nobody asked for is closed */
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_OK);
	EXPECT_STR(got, S("text"));
	send_fds(e[0], "", 0, many, 1);
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_GONE);
	EXPECT(ftruncate(open_file, IPC_MAX + 1L) == 0 &&
	    fcntl(open_file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
	send_fds(e[0], "f", 1, many, 1);
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_BAD && strstr(cx->why, "long"));
	unpair(e);
	close(open_file);
	EXPECT(count_fds() == before);
}

static enum err
recv_small(struct cx *cx, void *fd)
{
	struct str got;

	return ipc_recv(cx, *(int *)fd, &got) == IPC_OK ? OK : ERR_BROKEN;
}

TEST(ipc_message_that_a_turn_cannot_hold_gives_up_the_turn_only)
{
	static char room[1 << 16];
	int e[2], before = count_fds();
	struct str got;
	struct cx small;

	pair(cx, e);
	EXPECT(ipc_send(e[0], pattern(cx, 1 << 20)) == IPC_OK && ipc_send(e[0], S("next")) == IPC_OK);
	cx_begin(&small, room, sizeof room);
	EXPECT(cx_run(&small, recv_small, &e[1]) == ERR_TOO_BIG);
	EXPECT(ipc_recv(cx, e[1], &got) == IPC_OK);
	EXPECT_STR(got, S("next"));
	unpair(e);
	EXPECT(count_fds() == before);
}

/* One answer to one call, by a server that is another process. */
static void
serve_once(struct cx *cx, int listener)
{
	struct ipc_peer peer;
	struct str got;
	int fd;

	while (ipc_accept(listener, &fd, &peer) == IPC_WAIT)
		usleep(1000);
	while (ipc_recv(cx, fd, &got) == IPC_WAIT)
		usleep(1000);
	if (peer.uid != getuid() || peer.pid != getppid())
		_exit(1);
	_exit(ipc_send(fd, str_fmt(cx, "%.*s, %td", F(str_sub(got, 0, 2)), got.n)) == IPC_OK ? 0 : 1);
}

static void
call_through(struct cx *cx, struct str path)
{
	int listener, fd, status;
	struct str call, answer;
	struct stat st;
	pid_t pid;

	EXPECT(ipc_connect(cx, path, &fd) == ERR_NOT_FOUND);
	EXPECT_OK(ipc_listen(cx, path, &listener));
	close(listener);
	EXPECT(ipc_connect(cx, path, &fd) == ERR_NOT_FOUND); /* left behind */
	EXPECT_OK(ipc_listen(cx, path, &listener));
	EXPECT(stat(str_z(cx, path), &st) == 0 && (st.st_mode & 0777) == 0600);
	pid = fork();
	if (pid == 0)
		serve_once(cx, listener);
	close(listener);
	EXPECT_OK(ipc_connect(cx, path, &fd));
	call = str_join(cx, (struct str[]){ S("hi"), pattern(cx, 100000) }, 2, S(""));
	EXPECT_OK(ipc_call(cx, fd, call, 10 * SECOND, &answer));
	EXPECT_STR(answer, S("hi, 100002"));
	EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
	EXPECT(ipc_call(cx, fd, S("more"), SECOND, &answer) == ERR_BUSY);
	close(fd);
}

TEST(ipc_listener_knows_who_calls)
{
	test_dir(cx);
	call_through(cx, str_fmt(cx, "%s/s", test_dir_path()));
}

TEST(ipc_paths_may_be_longer_than_an_address)
{
	char deep[120];
	int dir = test_dir(cx);

	memset(deep, 'd', sizeof deep);
	deep[sizeof deep - 1] = 0;
	EXPECT(mkdirat(dir, deep, 0700) == 0);
	call_through(cx, str_fmt(cx, "%s/%s/registrar.sock", test_dir_path(), deep));
}

TEST(ipc_call_has_patience_with_an_end)
{
	struct str answer;
	int e[2];

	pair(cx, e);
	EXPECT(ipc_call(cx, e[0], S("x"), SECOND / 50, &answer) == ERR_TIMEOUT);
	unpair(e);
}

struct seen { struct ipc_loop *loop; struct ipc_watch *both[2]; int ready, rounds, ticks; };

static void
first_ready(struct ipc_watch *w, unsigned is)
{
	struct seen *s = w->arg;

	assert_true(is & IPC_LOOP_READ);
	s->ready++;
	ipc_loop_drop(s->loop, s->both[0]);
	ipc_loop_drop(s->loop, s->both[1]);
}

static void
on_round(void *arg)
{
	((struct seen *)arg)->rounds++;
}

static void
on_tick(void *arg)
{
	struct seen *s = arg;

	if (++s->ticks == 3)
		s->loop->over = true;
}

TEST(ipc_loop_hands_out_ticks_and_forgets_what_is_dropped)
{
	struct ipc_loop l;
	struct ipc_watch a, b;
	struct seen s = { &l, { &a, &b }, 0, 0, 0 };
	int e[2], f[2];

	pair(cx, e);
	pair(cx, f);
	EXPECT(ipc_send(e[1], S("1")) == IPC_OK && ipc_send(f[1], S("2")) == IPC_OK);
	EXPECT_OK(ipc_loop_begin(cx, &l));
	l.arg = &s;
	l.round = on_round;
	l.tick = on_tick;
	l.tick_every = SECOND / 100;
	a = (struct ipc_watch){ e[0], IPC_LOOP_READ, first_ready, &s };
	b = (struct ipc_watch){ f[0], 0, first_ready, &s };
	EXPECT_OK(ipc_loop_add(cx, &l, &a));
	EXPECT_OK(ipc_loop_add(cx, &l, &b));
	ipc_loop_want(&l, &b, IPC_LOOP_READ);
	EXPECT_OK(ipc_loop_run(cx, &l));
	/* whichever came first dropped the other, though both were ready at once */
	EXPECT(s.ready == 1 && s.rounds == 1 && s.ticks == 3);
	ipc_loop_end(&l);
	unpair(e);
	unpair(f);
}
