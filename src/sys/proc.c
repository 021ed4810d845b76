#include "sys/proc.h"

#include "base/log.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/proc_child.h"
#include "sys/sys.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* One process of the plan, whether it runs or not. */
struct kid {
	const struct proc_row *row;
	int index;
	pid_t pid;          /* 0: does not run */
	when started, due;  /* clock of sys_boot; due: when to start it, if it does not run */
	int falls;          /* deaths in a row */
	int ends[2];        /* of its channel: its own, the registrar's; -1 for the registrar */
};

struct parent {
	struct cx *cx;
	const struct proc_plan *plan;
	struct kid kids[PROC_MAX];
	int n;
	struct proc_pages pages;
	sigset_t waits, before;
	bool stopping;
};

void
proc_about(struct proc_shared *s, const struct proc_id *id)
{
	s->id = *id;
	atomic_store(&s->about, 1);
}

void
proc_done(struct proc_shared *s)
{
	atomic_store(&s->about, 0);
}

bool
proc_poisoned(const struct proc_shared *s, const struct proc_id *id)
{
	uint32_t n = atomic_load(&s->poisoned);

	for (uint32_t i = 0; i < n && i < PROC_POISON; i++)
		if (!memcmp(&s->poison[i], id, sizeof *id))
			return true;
	return false;
}

static when
first_wait(const struct parent *p)
{
	return p->plan->backoff ? p->plan->backoff : SECOND;
}

static bool
is_registrar(const struct parent *p, const struct kid *k)
{
	return k->row == p->plan->rows;
}

/* In the new process: what it shall know and keep. Never returns. */
static _Noreturn void
become(struct parent *p, struct kid *k, pid_t parent)
{
	int slot = (int)(k - p->kids), keep[PROC_MAX * 2], n = 0;
	struct proc_link links[PROC_MAX];
	struct proc me = { .name = k->row->name, .index = k->index, .arg = p->plan->arg, .n_all = p->n,
		.link = k->ends[0] };

	if (is_registrar(p, k)) {
		for (int i = 0; i < p->n; i++)
			if (p->kids[i].ends[1] >= 0)
				links[me.n_links++] = (struct proc_link){ p->kids[i].ends[1], p->kids[i].row->name,
				    p->kids[i].index };
		me.links = links;
		for (int i = 0; i < me.n_links; i++)
			keep[n++] = links[i].fd;
	} else {
		keep[n++] = me.link;
	}
	for (int i = 0; i < k->row->n_fds; i++)
		keep[n++] = k->row->fds[i];
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	proc_child_run(&me, k->row, p->plan->room, &p->pages, slot, (struct proc_keep){ keep, n, parent });
}

/* 0, or the errno of a fork that failed. */
static int
start(struct parent *p, struct kid *k)
{
	pid_t parent = getpid();

	k->pid = fork();
	if (k->pid == 0)
		become(p, k, parent);
	if (k->pid < 0) {
		k->pid = 0;
		k->due = sys_boot() + first_wait(p);
		return errno;
	}
	k->started = sys_boot();
	return 0;
}

static void
say_death(const struct kid *k, int status)
{
	const char *signal_words = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : NULL;

	if (signal_words)
		log_line("%s %d (process %d) was ended by signal %d: %s", k->row->name, k->index, (int)k->pid,
		    WTERMSIG(status), signal_words);
	else
		log_line("%s %d (process %d) ended with %d", k->row->name, k->index, (int)k->pid,
		    WEXITSTATUS(status));
}

/* Whatever the registrar was about to do must not be tried a second time; and its peers must ask again. Was it doing
 * something? */
static bool
registrar_fell(struct proc_shared *s)
{
	uint32_t n = atomic_load(&s->poisoned);
	bool about = atomic_load(&s->about);

	if (about) {
		s->poison[n % PROC_POISON] = s->id;
		atomic_store(&s->poisoned, n + 1);
		atomic_store(&s->about, 0);
		log_line("the command that the registrar was running will not be run again");
	}
	atomic_store(&s->pause, 0);
	atomic_fetch_add(&s->generation, 1);
	return about;
}

/* What it stands on was not there, or fell silent: that is no fault of its own, and may be over in the next second. */
static bool
was_let_down(int status)
{
	return WIFEXITED(status) && (WEXITSTATUS(status) == err_exit(ERR_BUSY) || WEXITSTATUS(status) == err_exit(ERR_SYNC));
}

static void
fell(struct parent *p, struct kid *k, int status)
{
	when now = sys_boot(), wait = first_wait(p);

	say_death(k, status);
	k->pid = 0;
	if ((is_registrar(p, k) && registrar_fell(p->pages.shared)) || was_let_down(status))
		k->falls = 0; /* what brought it down will not come again, or not for long: nobody need wait longer for that */
	if (now - k->started >= 60 * wait)
		k->falls = 0;
	k->due = now;
	if (k->falls++ > 0 || now - k->started < 60 * wait)
		k->due += k->falls > 5 ? 30 * wait : wait << (k->falls - 1);
}

static void
reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < p->n; i++)
			if (p->kids[i].pid == pid) {
				if (!p->stopping)
					fell(p, &p->kids[i], status);
				else if (status)
					say_death(&p->kids[i], status);
				p->kids[i].pid = 0;
			}
}

/* A signal that we wait for, or 0 when `until` has come. */
static int
wait_signal(const struct parent *p, when until)
{
	when left = until - sys_boot();
	struct timespec t;
	int got;

	if (left < 0)
		left = 0;
	t = (struct timespec){ (time_t)(left / SECOND), (long)(left % SECOND) * 1000 };
	got = sigtimedwait(&p->waits, NULL, &t);
	return got < 0 ? 0 : got;
}

static bool
row_lives(const struct parent *p, const struct proc_row *row)
{
	for (int i = 0; i < p->n; i++)
		if (p->kids[i].row == row && p->kids[i].pid)
			return true;
	return false;
}

static void
tell_row(const struct parent *p, const struct proc_row *row, int sig)
{
	for (int i = 0; i < p->n; i++)
		if (p->kids[i].row == row && p->kids[i].pid)
			kill(p->kids[i].pid, sig);
}

static void
stop_all(struct parent *p)
{
	when patience = p->plan->patience ? p->plan->patience : 5 * SECOND;

	p->stopping = true;
	for (int r = p->plan->n_rows - 1; r >= 0; r--) {
		const struct proc_row *row = &p->plan->rows[r];
		when until = sys_boot() + patience;

		tell_row(p, row, SIGTERM);
		for (reap(p); row_lives(p, row) && sys_boot() < until; reap(p))
			wait_signal(p, until);
		if (row_lives(p, row))
			log_line("%s did not end in time and is killed", row->name);
		tell_row(p, row, SIGKILL);
		for (reap(p); row_lives(p, row); reap(p))
			wait_signal(p, sys_boot() + SECOND);
	}
}

static void
start_due(struct parent *p, when *next)
{
	when now = sys_boot();

	*next = now + HOUR;
	for (int i = 0; i < p->n; i++) {
		struct kid *k = &p->kids[i];
		int bad = 0;

		if (!k->pid && k->due <= now) {
			bad = start(p, k);
			log_line(bad ? "%s %d cannot be started: %s" : "%s %d is started again%s", k->row->name,
			    k->index, bad ? strerrordesc_np(bad) : "");
		}
		if (!k->pid && k->due < *next)
			*next = k->due;
	}
}

static enum err
start_all(struct parent *p)
{
	for (int i = 0; i < p->n; i++) {
		int bad = start(p, &p->kids[i]);

		if (bad)
			return files_fail(p->cx, bad, "start", str_of(p->kids[i].row->name));
	}
	return OK;
}

static enum err
lay_out(struct parent *p)
{
	for (int r = 0; r < p->plan->n_rows; r++)
		for (int i = 0; i < p->plan->rows[r].count; i++) {
			struct kid *k = &p->kids[p->n];

			if (p->n++ == PROC_MAX)
				return fail(p->cx, ERR_USAGE, "at most %d processes", PROC_MAX);
			*k = (struct kid){ .row = &p->plan->rows[r], .index = i, .ends = { -1, -1 } };
			if (r > 0)
				TRY(ipc_pair(p->cx, k->ends));
		}
	return proc_pages_make(p->cx, p->n, &p->pages);
}

static void
clear_away(void *arg)
{
	struct parent *p = arg;

	for (int i = 0; i < p->n && i < PROC_MAX; i++)
		for (int j = 0; j < 2; j++)
			if (p->kids[i].ends[j] >= 0)
				close(p->kids[i].ends[j]);
	proc_pages_end(&p->pages);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
}

enum err
proc_run(struct cx *cx, const struct proc_plan *plan)
{
	struct parent *p = NEW(cx, struct parent, 1);
	int sig = 0;
	enum err e;
	when next;

	assert(plan->n_rows > 0 && plan->rows[0].count == 1);
	*p = (struct parent){ .cx = cx, .plan = plan };
	sigemptyset(&p->waits);
	sigaddset(&p->waits, SIGTERM);
	sigaddset(&p->waits, SIGINT);
	sigaddset(&p->waits, SIGHUP);
	sigaddset(&p->waits, SIGCHLD);
	sigprocmask(SIG_BLOCK, &p->waits, &p->before);
	cx_defer(cx, clear_away, p);
	TRY(lay_out(p));
	e = start_all(p);
	if (e == OK && plan->up)
		plan->up(plan->arg);
	while (e == OK && sig != SIGTERM && sig != SIGINT) {
		start_due(p, &next);
		sig = wait_signal(p, next);
		reap(p);
	}
	stop_all(p);
	return e;
}
