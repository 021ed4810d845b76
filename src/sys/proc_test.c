#include "sys/proc.h"

#include "base/test.h"
#include "sys/ipc.h"
#include "sys/jail.h"
#include "sys/sys.h"
#include "sys/test_dir.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the processes of a test tell each other and the test. */
struct board {
	_Atomic int starts[8];      /* by kind of child */
	_Atomic int pids[8];
	_Atomic int ok, wrong;
	_Atomic int generation, order[8], ended, caged;
	int extra;                  /* a descriptor that only one row lists */
};
enum { REGISTRAR, GATE, CLERK, WEB };

/* What is started here does not outlive a test that fails. */
static pid_t
fork_with_us(void)
{
	pid_t pid = fork();

	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static struct board *
board(void)
{
	struct board *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(b != MAP_FAILED);
	return b;
}

static void
judge(struct board *b, bool good)
{
	atomic_fetch_add(good ? &b->ok : &b->wrong, 1);
}

static void
wait_stop(struct proc *me)
{
	struct pollfd p = { me->stop, POLLIN, 0 };

	while (poll(&p, 1, -1) < 1)
		;
}

static void
note_end(struct board *b, int kind)
{
	atomic_store(&b->order[atomic_fetch_add(&b->ended, 1)], kind);
}

static struct proc_id poison_id = { { 7, 7, 7 } }, good_id = { { 8 } };

/* Falls over the poisoned command in its first life, answers one message in its second. */
static enum err
registrar(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;
	int life = atomic_fetch_add(&b->starts[REGISTRAR], 1);
	struct str got;

	atomic_store(&b->pids[REGISTRAR], getpid());
	judge(b, me->n_links == 4 && me->link == -1);
	if (life == 0) {
		proc_about(me->shared, &good_id);
		proc_done(me->shared);
		proc_about(me->shared, &poison_id);
		raise(SIGKILL);
	}
	judge(b, proc_poisoned(me->shared, &poison_id) && !proc_poisoned(me->shared, &good_id));
	atomic_store(&b->generation, (int)atomic_load(&me->shared->generation));
	while (!proc_stopping())
		for (int i = 0; i < me->n_links; i++) {
			usleep(1000);
			if (ipc_recv(cx, me->links[i].fd, &got) == IPC_OK)
				judge(b, ipc_send(me->links[i].fd, str_fmt(cx, "%s %d: %.*s", me->links[i].name,
				    me->links[i].index, F(got))) == IPC_OK);
		}
	note_end(b, REGISTRAR);
	return OK;
}

static enum err
gate(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;

	(void)cx;
	atomic_fetch_add(&b->starts[GATE], 1);
	judge(b, fcntl(b->extra, F_GETFD) < 0); /* not its own: closed */
	if (atomic_load(&b->starts[GATE]) < 3)
		return ERR_BROKEN;
	wait_stop(me);
	note_end(b, GATE);
	return OK;
}

static enum err
clerk(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;
	long page = sysconf(_SC_PAGESIZE);

	(void)cx;
	atomic_fetch_add(&b->starts[CLERK], 1);
	judge(b, fcntl(b->extra, F_GETFD) >= 0);
	/* what belongs to others can be neither written nor made writable */
	judge(b, mprotect(me->shared, (size_t)page, PROT_READ | PROT_WRITE) < 0);
	atomic_store(&me->counts->n[3], 42);
	judge(b, me->n_all == 5 && atomic_load(&me->all[2]->n[3]) == 42);
	signal(SIGTERM, SIG_IGN); /* one that will not end has to be killed */
	for (int n = 0; n >= 0; n = 0)
		pause();
	return OK;
}

/* Sends in one life, takes the answer in the next: the channel outlives the process. */
static enum err
web(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;
	int life = atomic_fetch_add(&b->starts[WEB], 1);
	struct str got = S("");
	enum ipc is = IPC_WAIT;

	if (me->index == 0 && life < 2) {
		judge(b, ipc_send(me->link, S("hello")) == IPC_OK);
		abort();
	}
	if (me->index == 0) {
		while ((is = ipc_recv(cx, me->link, &got)) == IPC_WAIT && !proc_stopping())
			usleep(1000);
		judge(b, is == IPC_OK && str_eq(got, S("web 0: hello")));
		atomic_store(&b->pids[WEB], getpid());
	}
	wait_stop(me);
	note_end(b, WEB);
	return OK;
}

static _Noreturn void
supervise(struct board *b)
{
	static struct proc_row rows[] = { { "registrar", 1, registrar, NULL, 0 }, { "gate", 1, gate, NULL, 0 },
		{ "clerk", 1, clerk, NULL, 1 }, { "web", 2, web, NULL, 0 } };
	struct proc_plan plan = { .rows = rows, .n_rows = 4, .arg = b, .room = 1 << 20, .backoff = SECOND / 50,
		.patience = SECOND / 2 };
	struct cx cx;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(1 << 20), 1 << 20);
	sys_turn(&cx);
	rows[2].fds = &b->extra;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!freopen("/dev/null", "w", stderr) || proc_run(&cx, &plan) != OK)
		_exit(2);
	cx_end(&cx);
	/* whoever were left would now be ours */
	_exit(waitpid(-1, NULL, 0) < 0 ? 0 : 3);
}

static bool
within(when patience, const _Atomic int *what, int least)
{
	for (when until = sys_boot() + patience; sys_boot() < until; usleep(2000))
		if (atomic_load(what) >= least)
			return true;
	return false;
}

TEST(proc_starts_again_what_falls_and_stops_in_order)
{
	struct board *b = board();
	pid_t pid;
	int status;

	(void)cx;
	b->extra = open("/dev/null", O_RDONLY);
	pid = fork_with_us();
	if (pid == 0)
		supervise(b);
	EXPECT(within(10 * SECOND, &b->pids[WEB], 1));
	EXPECT(within(10 * SECOND, &b->starts[GATE], 3));
	EXPECT(within(10 * SECOND, &b->starts[CLERK], 1));
	EXPECT(within(10 * SECOND, &b->starts[WEB], 3));
	usleep(20000);
	EXPECT(kill(pid, SIGHUP) == 0);
	EXPECT(kill(pid, SIGTERM) == 0);
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	EXPECT(b->wrong == 0 && b->ok >= 9);
	EXPECT(b->starts[REGISTRAR] == 2 && b->generation == 2);
	/* web before gate before registrar; the clerk had to be killed */
	EXPECT(b->ended == 4 && b->order[0] == WEB && b->order[1] == WEB && b->order[2] == GATE &&
	    b->order[3] == REGISTRAR);
	close(b->extra);
	munmap(b, sizeof *b);
}

static enum err
stay(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;

	(void)cx;
	atomic_store(&b->pids[REGISTRAR], getpid());
	for (int n = 0; n >= 0; n = 0)
		pause();
	return OK;
}

TEST(proc_children_die_with_their_parent)
{
	static const struct proc_row rows[] = { { "registrar", 1, stay, NULL, 0 } };
	struct board *b = board();
	struct proc_plan plan = { .rows = rows, .n_rows = 1, .arg = b, .room = 1 << 16 };
	pid_t pid = fork_with_us();

	if (pid == 0)
		_exit(proc_run(cx, &plan) != OK);
	EXPECT(within(10 * SECOND, &b->pids[REGISTRAR], 1));
	EXPECT(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	for (int i = 0; i < 500 && kill(b->pids[REGISTRAR], 0) == 0; i++)
		usleep(10000);
	EXPECT(kill(b->pids[REGISTRAR], 0) < 0);
	munmap(b, sizeof *b);
}

static enum err
let_down(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;

	(void)cx;
	atomic_fetch_add(&b->starts[REGISTRAR], 1);
	return ERR_BUSY;
}

TEST(proc_that_was_let_down_does_not_wait_longer_each_time)
{
	static const struct proc_row rows[] = { { "registrar", 1, let_down, NULL, 0 } };
	struct board *b = board();
	struct proc_plan plan = { .rows = rows, .n_rows = 1, .arg = b, .room = 1 << 16, .backoff = SECOND / 20 };
	pid_t pid = fork_with_us();

	if (pid == 0)
		_exit(!freopen("/dev/null", "w", stderr) || proc_run(cx, &plan) != OK);
	/* with twice the wait each time it would take twenty-four seconds */
	EXPECT(within(12 * SECOND, &b->starts[REGISTRAR], 20));
	EXPECT(kill(pid, SIGTERM) == 0 && waitpid(pid, NULL, 0) == pid);
	munmap(b, sizeof *b);
}

/* The parent enters its own jail once all have been started; what falls later must start from in there. */
static void
cage_parent(void *arg)
{
	struct board *b = arg;
	static char room[1 << 16];
	struct cx cx;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, room, sizeof room);
	atomic_store(&b->caged, jail_enter(&cx, jail_of(S("parent")), str_of(test_dir_path())) == OK ? 1 : 2);
	cx_end(&cx);
}

static enum err
caged(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;
	int kind = me->link < 0 ? REGISTRAR : me->name[0] == 'c' ? CLERK : me->name[0] == 'g' ? GATE : WEB;
	int life = atomic_fetch_add(&b->starts[kind], 1);

	judge(b, jail_enter(cx, jail_of(str_of(me->name)), str_of(test_dir_path())) == OK);
	while (!atomic_load(&b->caged))
		usleep(1000);
	if (life == 0)
		abort();
	wait_stop(me);
	note_end(b, kind);
	return OK;
}

TEST(proc_starts_again_from_inside_the_cage)
{
	static const struct proc_row rows[] = { { "registrar", 1, caged, NULL, 0 }, { "gate", 1, caged, NULL, 0 },
		{ "clerk", 1, caged, NULL, 0 }, { "web", 1, caged, NULL, 0 } };
	struct board *b = board();
	struct proc_plan plan = { .rows = rows, .n_rows = 4, .arg = b, .room = 1 << 20, .backoff = SECOND / 50,
		.up = cage_parent };
	int status;
	pid_t pid;

	test_dir(cx);
	pid = fork_with_us();
	if (pid == 0)
		_exit(freopen("/dev/null", "w", stderr) && proc_run(cx, &plan) == OK ? 0 : 1);
	for (int i = 0; i < 4; i++)
		EXPECT(within(10 * SECOND, &b->starts[i], 2));
	EXPECT(within(10 * SECOND, &b->ok, 8));
	EXPECT(kill(pid, SIGTERM) == 0 && waitpid(pid, &status, 0) == pid && status == 0);
	EXPECT(b->caged == 1 && b->wrong == 0 && b->ok == 8 && b->ended == 4);
	munmap(b, sizeof *b);
}

static enum err
caged_stay(struct cx *cx, struct proc *me)
{
	struct board *b = me->arg;

	judge(b, jail_enter(cx, jail_of(str_of(me->name)), str_of(test_dir_path())) == OK);
	while (!atomic_load(&b->caged))
		usleep(1000);
	atomic_store(&b->pids[REGISTRAR], getpid());
	wait_stop(me);
	note_end(b, REGISTRAR);
	return OK;
}

/* It enters before it starts them: children that were born outside its bounds it could not signal. */
TEST(proc_reaches_its_first_children_from_inside_the_cage)
{
	static const struct proc_row rows[] = { { "registrar", 1, caged_stay, NULL, 0 } };
	static const int signals[] = { SIGTERM, SIGKILL };

	test_dir(cx);
	for (int s = 0; s < 2; s++) {
		struct board *b = board();
		struct proc_plan plan = { .rows = rows, .n_rows = 1, .arg = b, .room = 1 << 20 };
		pid_t pid = fork_with_us();

		if (pid == 0) {
			cage_parent(b);
			_exit(proc_run(cx, &plan) == OK ? 0 : 1);
		}
		EXPECT(within(10 * SECOND, &b->pids[REGISTRAR], 1));
		EXPECT(kill(pid, signals[s]) == 0);
		for (int i = 0; i < 500 && waitpid(pid, NULL, WNOHANG) == 0; i++)
			usleep(10000);
		for (int i = 0; i < 500 && kill(b->pids[REGISTRAR], 0) == 0; i++)
			usleep(10000);
		EXPECT(kill(pid, 0) < 0 && kill(b->pids[REGISTRAR], 0) < 0);
		EXPECT(b->ended == (signals[s] == SIGTERM) && b->wrong == 0);
		munmap(b, sizeof *b);
	}
}
