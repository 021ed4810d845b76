/* Each row of proc.def is tried for real: a process enters its jail and does what it may and what it may not. */
#include "sys/jail_part.h"

#include "base/test.h"
#include "sys/cage_acts.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/sys.h"
#include "sys/test_dir.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VERSIONS = 7, WALLS = 4 };

/* What the caged processes tell the test. */
struct board {
	int tried, failed, done;
	int open[JAIL_ROWS][VERSIONS][WALLS]; /* forbidden acts that worked because the kernel was too old */
	size_t at;
	char words[1 << 14];
};

/* One row of proc.def, tried as on a kernel with that version of Landlock. */
struct trial { struct board *b; int row, version; struct cage *c; };

static struct board *
board(void)
{
	struct board *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(b != MAP_FAILED);
	return b;
}

static void
judge(struct trial *t, enum jail_wall wall, struct str act, struct str where, bool may, bool did)
{
	const struct jail *j = &jail_rows[t->row];
	struct board *b = t->b;

	b->tried++;
	if (!may && jail_needs(j, wall) > t->version) {
		b->open[t->row][t->version][wall] += did;
		return;
	}
	if (may == did)
		return;
	b->failed++;
	b->at += (size_t)snprintf(b->words + b->at, sizeof b->words - b->at, "%.*s (Landlock %d) %s %.*s %.*s\n",
	    F(j->name), t->version, may ? "should be able to" : "should not be able to", F(act), F(where));
	if (b->at >= sizeof b->words)
		b->at = sizeof b->words - 1;
}

static void
try_places(struct cx *cx, struct trial *t)
{
	static const struct { struct str act; bool writes; bool (*try)(struct cage *, const char *); } acts[] = {
		{ { "read", 4 }, false, cage_read }, { { "write", 5 }, true, cage_write },
		{ { "make", 4 }, true, cage_make }, { { "make without a name", 19 }, true, cage_make_unnamed },
		{ { "rename", 6 }, true, cage_rename }, { { "cut", 3 }, true, cage_cut },
		{ { "remove", 6 }, true, cage_remove },
	};
	const struct jail *j = &jail_rows[t->row];

	for (int p = 0; p < JAIL_PLACES; p++)
		for (ptrdiff_t i = 0; i < COUNT(acts); i++)
			judge(t, acts[i].writes ? JAIL_WRITING : JAIL_READING, acts[i].act, jail_places[p],
			    (acts[i].writes ? j->writes : j->reads) >> p & 1,
			    acts[i].try(t->c, str_fmt(cx, "%s/%.*s", t->c->data, F(jail_places[p])).p));
}

static _Noreturn void
in_cage(struct cx *cx, struct trial *t)
{
	const struct jail *j = &jail_rows[t->row];

	if (jail_enter_as(cx, j, str_of(t->c->data), t->version) != OK) {
		judge(t, JAIL_CALLS, S("enter:"), str_of(cx->why), true, false);
		_exit(1);
	}
	for (int i = 0; i < cage_n_acts; i++)
		judge(t, cage_acts[i].wall, str_of(cage_acts[i].words), S(""), cage_acts[i].may(j), cage_acts[i].try(t->c));
	try_places(cx, t); /* last, for it takes away what the others read */
	t->b->done = 1;
	_exit(0);
}

/* A process that waits to be killed: in the jail of that row, or in none. */
static pid_t
bystander(struct cx *cx, const struct jail *j, const char *data)
{
	int ready[2];
	pid_t pid;
	char byte;

	EXPECT(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		if (j && jail_enter(cx, j, str_of(data)) != OK)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	EXPECT(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return pid;
}

/* Not durable, for there are many of them. */
static void
put_secret(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	EXPECT(fd >= 0 && write(fd, "secret", 6) == 6 && close(fd) == 0);
}

static void
furnish_files(struct cx *cx, struct cage *c, int dir)
{
	EXPECT(mkdirat(dir, "outside", 0700) == 0 && mkdirat(dir, "data", 0700) == 0);
	put_secret(dir, "data/kept");
	for (int p = 0; p < JAIL_PLACES; p++) {
		EXPECT(mkdirat(dir, str_fmt(cx, "data/%.*s", F(jail_places[p])).p, 0700) == 0);
		put_secret(dir, str_fmt(cx, "data/%.*s/kept", F(jail_places[p])).p);
	}
	EXPECT(mkdirat(dir, "data/spool/empty-dir", 0700) == 0 && symlinkat("../keys/kept", dir, "data/spool/way") == 0);
	c->data = str_fmt(cx, "%s/data", test_dir_path()).p;
	EXPECT_OK(files_open_dir(cx, FILES_HERE, str_of(c->data), &c->dir));
	c->held = openat(c->dir, "db/kept", O_RDONLY | O_CLOEXEC);
	EXPECT(c->held >= 0);
}

/* A data directory with something to take in each place, sockets as a process may have inherited them, and other
 * processes to lay hands on. */
static void
furnish(struct cx *cx, struct cage *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;

	furnish_files(cx, c, test_dir(cx));
	EXPECT_OK(ipc_listen(cx, str_fmt(cx, "%s/run/registrar.sock", c->data), &c->registrar));
	EXPECT_OK(ipc_pair(cx, c->channel));
	c->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(bind(c->listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(c->listener, 8) == 0);
	EXPECT(getsockname(c->listener, (struct sockaddr *)&at, &n) == 0);
	c->port = at.sin_port;
	c->loose = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->waiting = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(connect(c->waiting, (struct sockaddr *)&at, sizeof at) == 0);
	c->sibling = bystander(cx, jail_of(S("gate")), c->data);
	c->stranger = bystander(cx, NULL, c->data);
}

static void
clear(const struct cage *c)
{
	const int fds[] = { c->dir, c->held, c->registrar, c->channel[0], c->channel[1],
		c->listener, c->loose, c->waiting };

	for (ptrdiff_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	for (int i = 0; i < 2; i++) {
		pid_t pid = i ? c->sibling : c->stranger;

		EXPECT(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	}
}

static void
try_row(struct cx *cx, struct board *b, int row, int version)
{
	struct mark here = cx_mark(cx);
	struct cage c;
	int status;
	pid_t pid;

	furnish(cx, &c);
	b->done = 0;
	pid = fork();
	if (pid == 0)
		in_cage(cx, &(struct trial){ b, row, version, &c });
	EXPECT(waitpid(pid, &status, 0) == pid);
	if (!b->done || status != 0)
		fail_msg("%.*s: the caged process ended early (%d)\n%s", F(jail_rows[row].name), status, b->words);
	clear(&c);
	cx_back(cx, here);
}

/* A wall that is said to need a newer kernel must really be open before: else it would be said wrongly. */
static void
judge_open(struct board *b, int row, int version)
{
	for (int wall = 0; wall < WALLS; wall++) {
		b->tried++;
		if (jail_needs(&jail_rows[row], (enum jail_wall)wall) > version && !b->open[row][version][wall]) {
			b->failed++;
			fail_msg("%.*s: wall %d stands on a kernel with Landlock %d already", F(jail_rows[row].name), wall,
			    version);
		}
	}
}

TEST(cage_holds_every_process_to_its_row_on_every_kernel)
{
	struct board *b = board();
	when began = sys_boot();
	int newest = jail_files_version();

	newest = newest < VERSIONS ? newest : VERSIONS - 1;
	if (newest < VERSIONS - 1)
		printf("SKIP: Landlock of this kernel is version %d: what newer ones add is not tried\n", newest);
	for (int version = newest; version >= 0; version--)
		for (int i = 0; i < jail_count; i++) {
			try_row(cx, b, i, version);
			judge_open(b, i, version);
		}
	test_figure("cage", b->tried, b->failed, sys_boot() - began, 0);
	if (b->failed)
		fail_msg("%d of %d:\n%s", b->failed, b->tried, b->words);
	munmap(b, sizeof *b);
}

/* What doctor says of a kernel is what the test above has found. */
TEST(cage_says_for_whom_a_kernel_is_too_old)
{
	struct jail_hold *holds;
	int n;

	jail_holds_as(cx, 6, &holds, &n);
	for (int i = 0; i < n; i++)
		EXPECT(holds[i].holds);
	jail_holds_as(cx, 5, &holds, &n);
	EXPECT_STR(holds[5].words, S("not held for parent; needs Linux 6.12"));
	jail_holds_as(cx, 1, &holds, &n);
	EXPECT_STR(holds[4].words, S("not held for parent, registrar; needs Linux 5.19"));
	jail_holds_as(cx, 0, &holds, &n);
	EXPECT_STR(holds[3].words, S("not held for parent, web, registrar, clerk; needs Linux 5.19"));
	EXPECT(holds[2].holds && !holds[3].holds);
}

#ifdef __x86_64__
/* The calls of other instruction sets have other numbers, which a filter by number would let pass. */
TEST(cage_has_no_second_door_for_calls)
{
	for (int door = 0; door < 2; door++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			long got = door ? 0x40000000L + SYS_getpid : 20; /* getpid, as x32 and as i386 know it */

			if (jail_enter(cx, jail_of(S("web")), S("/nonexistent")) != OK)
				_exit(3);
			if (door)
				__asm__ volatile("syscall" : "+a"(got) : : "rcx", "r11", "memory");
			else
				__asm__ volatile("int $0x80" : "+a"(got) : : "memory");
			_exit(got > 0 ? 2 : 0);
		}
		EXPECT(waitpid(pid, &status, 0) == pid);
		EXPECT(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	}
}
#endif

TEST(cage_of_a_child_fits_into_the_parents)
{
	struct cage c;
	int status;
	pid_t pid;

	furnish(cx, &c);
	pid = fork();
	if (pid == 0) {
		if (jail_enter(cx, jail_of(S("parent")), str_of(c.data)) != OK)
			_exit(1);
		for (int i = 1; i < jail_count; i++) {
			pid = fork();
			if (pid == 0)
				_exit(jail_enter(cx, &jail_rows[i], str_of(c.data)) == OK ? 0 : 1);
			if (waitpid(pid, &status, 0) != pid || status != 0)
				_exit(1);
		}
		_exit(0);
	}
	EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
	for (int i = 1; i < jail_count; i++) {
		EXPECT((jail_rows[i].reads & ~jail_rows[0].reads) == 0);
		EXPECT((jail_rows[i].writes & ~jail_rows[0].writes) == 0);
		EXPECT((jail_rows[i].acts & ~jail_rows[0].acts) == 0);
	}
	clear(&c);
}

/* SQLite as we use it: a writer that keeps its WAL, readers in their jails that see what it commits. */
struct sums { _Atomic int committed, opened, reads, retries, wrong, wrote, last; };

static sqlite3 *
open_db(const char *data, int flags)
{
	static char path[128];
	sqlite3 *db = NULL;
	int on = 1;

	snprintf(path, sizeof path, "%s/db/tocsin.db", data);
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_extended_result_codes(db, 1);
	if (flags & SQLITE_OPEN_READWRITE)
		sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	return db;
}

static int
take_int(void *out, int n, char **values, char **names)
{
	(void)n;
	(void)names;
	*(int *)out = values[0] ? (int)strtol(values[0], NULL, 10) : 0;
	return 0;
}

static void
read_caged(struct cx *cx, const struct jail *j, const char *data, struct sums *s)
{
	int seen = 0, before, rc;
	sqlite3 *db;

	if (jail_enter(cx, j, str_of(data)) != OK || !(db = open_db(data, SQLITE_OPEN_READONLY)))
		_exit(1);
	atomic_fetch_add(&s->opened, 1);
	while (seen < 300) {
		before = atomic_load(&s->committed);
		rc = sqlite3_exec(db, "SELECT max(n) FROM t", take_int, &seen, NULL);
		if ((rc & 0xff) == SQLITE_READONLY || rc == SQLITE_BUSY) {
			atomic_fetch_add(&s->retries, 1);
			usleep(1000);
			continue;
		}
		atomic_fetch_add(rc == SQLITE_OK && seen >= before ? &s->reads : &s->wrong, 1);
		if (rc != SQLITE_OK) {
			atomic_store(&s->last, rc);
			_exit(2);
		}
	}
	if (sqlite3_exec(db, "INSERT INTO t VALUES (1, '')", NULL, NULL, NULL) == SQLITE_OK)
		atomic_fetch_add(&s->wrote, 1);
	sqlite3_close(db);
	db = open_db(data, SQLITE_OPEN_READWRITE);
	if (db && sqlite3_exec(db, "INSERT INTO t VALUES (1, '')", NULL, NULL, NULL) == SQLITE_OK)
		atomic_fetch_add(&s->wrote, 1);
	_exit(0);
}

static void
write_caged(struct cx *cx, const char *data, struct sums *s, int go)
{
	char sql[64], byte;
	sqlite3 *db;

	if (jail_enter(cx, jail_of(S("registrar")), str_of(data)) != OK ||
	    !(db = open_db(data, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) ||
	    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=20;"
	    "CREATE TABLE t (n INTEGER, x TEXT); INSERT INTO t VALUES (0, '')", NULL, NULL, NULL) != SQLITE_OK ||
	    write(go, "x", 1) != 1)
		_exit(1);
	while (atomic_load(&s->opened) < 2)
		usleep(1000);
	for (int i = 1; i <= 300; i++) {
		snprintf(sql, sizeof sql, "INSERT INTO t VALUES (%d, zeroblob(3000))", i);
		if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			_exit(2);
		atomic_store(&s->committed, i);
	}
	while (read(go, &byte, 1) > 0) /* the readers' end: -shm stays for as long as they read */
		;
	_exit(sqlite3_close(db) == SQLITE_OK ? 0 : 3);
}

TEST(cage_lets_sqlite_read_while_another_writes)
{
	static const struct str readers[] = { { "web", 3 }, { "clerk", 5 } };
	struct sums *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int go[2], status;
	struct cage c;
	pid_t pid[3];
	char byte;

	EXPECT(s != MAP_FAILED);
	furnish(cx, &c);
	EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, go) == 0);
	pid[0] = fork();
	if (pid[0] == 0) {
		close(go[0]);
		write_caged(cx, c.data, s, go[1]);
	}
	close(go[1]);
	EXPECT(read(go[0], &byte, 1) == 1);
	for (int i = 0; i < 2; i++) {
		pid[i + 1] = fork();
		if (pid[i + 1] == 0)
			read_caged(cx, jail_of(readers[i]), c.data, s);
	}
	for (int i = 2; i >= 0; i--) {
		if (i == 0)
			close(go[0]);
		EXPECT(waitpid(pid[i], &status, 0) == pid[i]);
		if (status != 0)
			fail_msg("process %d ended with %x; SQLite said %d", i, (unsigned)status, s->last);
	}
	printf("caged readers: %d reads, %d retries\n", s->reads, s->retries);
	EXPECT(s->reads > 0 && s->wrong == 0 && s->wrote == 0);
	clear(&c);
	munmap(s, sizeof *s);
}
