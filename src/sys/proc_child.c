#include "sys/proc_child.h"

#include "base/log.h"
#include "sys/files.h"
#include "sys/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;
static volatile int stop_fd = -1;

enum err
proc_pages_make(struct cx *cx, int n, struct proc_pages *out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *start;

	*out = (struct proc_pages){ .page = page, .size = page * (size_t)(n + 1), .n = n, .ro = -1 };
	out->counts = NEW(cx, const struct proc_counts *, n);
	out->rw = memfd_create("tocsin pages", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (out->rw < 0 || ftruncate(out->rw, (off_t)out->size) < 0 ||
	    fcntl(out->rw, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return files_fail(cx, errno, "make", S("the pages that processes share"));
	out->ro = open(str_fmt(cx, "/proc/self/fd/%d", out->rw).p, O_RDONLY | O_CLOEXEC);
	if (out->ro < 0)
		return files_fail(cx, errno, "open for reading", S("the pages that processes share"));
	start = mmap(NULL, out->size, PROT_READ | PROT_WRITE, MAP_SHARED, out->rw, 0);
	if (start == MAP_FAILED)
		return files_fail(cx, errno, "map", S("the pages that processes share"));
	out->start = start;
	out->shared = start;
	atomic_store(&out->shared->generation, 1);
	for (int i = 0; i < n; i++)
		out->counts[i] = (const struct proc_counts *)(const void *)(out->start + page * (size_t)(i + 1));
	return OK;
}

void
proc_pages_end(struct proc_pages *p)
{
	if (p->start)
		munmap(p->start, p->size);
	if (p->size && p->rw >= 0)
		close(p->rw);
	if (p->size && p->ro >= 0)
		close(p->ro);
	*p = (struct proc_pages){ .rw = -1, .ro = -1 };
}

/* Everything readable, then what is ours writable, at the same places. */
static bool
map_own(const struct proc_pages *p, int slot, bool shared_too)
{
	size_t own = p->page * (size_t)(slot + 1);
	int rw = PROT_READ | PROT_WRITE, how = MAP_SHARED | MAP_FIXED;

	return mmap(p->start, p->size, PROT_READ, how, p->ro, 0) != MAP_FAILED &&
	    mmap(p->start + own, p->page, rw, how, p->rw, (off_t)own) != MAP_FAILED &&
	    (!shared_too || mmap(p->start, p->page, rw, how, p->rw, 0) != MAP_FAILED);
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Whatever the parent had open and this process was not given. */
static bool
close_others(struct proc_keep k)
{
	int from = 3;

	qsort(k.fds, (size_t)k.n, sizeof *k.fds, by_number);
	for (int i = 0; i < k.n; i++) {
		if (k.fds[i] > from && close_range((unsigned)from, (unsigned)k.fds[i] - 1, 0) < 0)
			return false;
		if (k.fds[i] >= from)
			from = k.fds[i] + 1;
	}
	return close_range((unsigned)from, ~0u, 0) == 0;
}

bool
proc_stopping(void)
{
	return stopping;
}

static void
on_stop(int sig)
{
	int kept = errno;
	ssize_t n;

	(void)sig;
	stopping = 1;
	n = write(stop_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
	(void)n; /* full means that it was told before */
	errno = kept;
}

/* Ctrl-C reaches the whole group: the parent alone answers it, so that all end in order. */
static void
set_signals(void)
{
	struct sigaction a = { .sa_handler = on_stop };

	sigaction(SIGTERM, &a, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}

static _Noreturn void
give_up(const char *what)
{
	log_line("cannot %s: %s", what, strerrordesc_np(errno));
	_exit(1);
}

struct running { const struct proc_row *row; struct proc *me; };

static enum err
run_row(struct cx *cx, void *arg)
{
	struct running *r = arg;

	return r->row->run(cx, r->me);
}

void
proc_child_run(struct proc *me, const struct proc_row *row, ptrdiff_t room, const struct proc_pages *pages, int slot,
    struct proc_keep keep)
{
	static char name[32];
	struct running r = { row, me };
	struct cx cx;
	enum err e;

	snprintf(name, sizeof name, row->count > 1 ? "%s %d" : "%s", row->name, me->index);
	log_as(name);
	prctl(PR_SET_NAME, row->name);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		give_up("bind its life to the parent's");
	if (getppid() != keep.parent)
		_exit(1); /* the parent died before we could be told */
	umask(077);
	stop_fd = me->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (me->stop < 0)
		give_up("make its stop signal");
	set_signals();
	if (!map_own(pages, slot, me->link < 0))
		give_up("map its pages");
	keep.fds[keep.n++] = me->stop;
	if (!close_others(keep))
		give_up("close what is not its own");
	me->shared = pages->shared;
	me->all = pages->counts;
	me->counts = (struct proc_counts *)(void *)(pages->start + pages->page * (size_t)(slot + 1));
	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(room), room);
	sys_turn(&cx);
	e = cx_run(&cx, run_row, &r);
	if (e != OK)
		log_line("%.*s: %s", F(err_name(e)), cx.why);
	cx_end(&cx);
	_exit(e == OK ? 0 : err_exit(e));
}

enum err
proc_alone(struct cx *cx, const char *name, enum err (*run)(struct cx *, struct proc *), void *arg, int link)
{
	static struct proc_counts counts;
	static const struct proc_counts *all = &counts;
	struct sigaction a = { .sa_handler = on_stop };
	struct proc me = { .name = name, .arg = arg, .counts = &counts, .all = &all, .n_all = 1, .link = link };

	log_as(name);
	prctl(PR_SET_NAME, name);
	stop_fd = me.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (me.stop < 0)
		return files_fail(cx, errno, "make", S("a stop signal"));
	files_close_later(cx, me.stop);
	set_signals();
	sigaction(SIGINT, &a, NULL); /* there is no parent to hear it */
	return run(cx, &me);
}
