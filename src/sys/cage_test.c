/* Each row of proc.def is tried for real: a process enters its jail and does what it may and what it may not. */
#include "sys/jail.h"

#include "base/test.h"
#include "sys/cage_acts.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include "sys/sys.h"
#include "sys/test_dir.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the caged process tells the test. */
struct board { int tried, failed, done; size_t at; char words[1 << 14]; };

static struct board *
board(void)
{
	struct board *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(b != MAP_FAILED);
	return b;
}

static void
judge(struct board *b, struct str row, struct str act, struct str where, bool may, bool did)
{
	b->tried++;
	if (may == did)
		return;
	b->failed++;
	b->at += (size_t)snprintf(b->words + b->at, sizeof b->words - b->at, "%.*s %s %.*s %.*s\n", F(row),
	    may ? "should be able to" : "should not be able to", F(act), F(where));
	if (b->at >= sizeof b->words)
		b->at = sizeof b->words - 1;
}

static void
try_places(struct cx *cx, struct board *b, const struct jail *j, struct cage *c)
{
	static const struct { struct str act; bool writes; bool (*try)(struct cage *, const char *); } acts[] = {
		{ { "read", 4 }, false, cage_read }, { { "write", 5 }, true, cage_write },
		{ { "make", 4 }, true, cage_make }, { { "rename", 6 }, true, cage_rename },
		{ { "cut", 3 }, true, cage_cut }, { { "remove", 6 }, true, cage_remove },
	};

	for (int p = 0; p < JAIL_PLACES; p++)
		for (ptrdiff_t i = 0; i < COUNT(acts); i++)
			judge(b, j->name, acts[i].act, jail_places[p],
			    (acts[i].writes ? j->writes : j->reads) >> p & 1,
			    acts[i].try(c, str_fmt(cx, "%s/%.*s", c->data, F(jail_places[p])).p));
	judge(b, j->name, S("write"), S("above its places"), false, cage_make(c, c->data));
	judge(b, j->name, S("read"), S("above its places"), false, cage_read(c, c->data));
	judge(b, j->name, S("write"), S("/tmp"), false, cage_make(c, "/tmp"));
	judge(b, j->name, S("read"), S("/etc/passwd"), false, cage_open(c, "/etc/passwd"));
	judge(b, j->name, S("read"), S("/proc/self/environ"), false, cage_open(c, "/proc/self/environ"));
	judge(b, j->name, S("read"), S("the resolver's files"), j->reads >> JAIL_PLACES & 1,
	    cage_open(c, "/etc/hosts"));
	if ((j->writes >> JAIL_SPOOL & 1) && (j->writes >> JAIL_VAULT & 1))
		judge(b, j->name, S("link"), S("from spool to vault"), true, cage_link(c));
}

static _Noreturn void
in_cage(struct cx *cx, struct board *b, const struct jail *j, struct cage *c)
{
	struct jail_hold *holds;
	int n;

	jail_holds(cx, &holds, &n);
	if (jail_enter(cx, j, str_of(c->data)) != OK) {
		judge(b, j->name, S("enter:"), str_of(cx->why), true, false);
		_exit(1);
	}
	if (holds[2].holds)
		try_places(cx, b, j, c);
	for (int i = 0; i < cage_n_acts; i++) {
		const struct cage_act *a = &cage_acts[i];

		judge(b, j->name, str_of(a->name), S(""), a->needs ? (j->acts & a->needs) != 0 : a->all, a->try(c));
	}
	b->done = 1;
	_exit(0);
}

/* A data directory with something to take in each place, and sockets as a process may have inherited them. */
static void
furnish(struct cx *cx, struct cage *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;
	int dir = test_dir(cx);

	c->data = str_fmt(cx, "%s", test_dir_path()).p;
	for (int p = 0; p < JAIL_PLACES; p++) {
		struct str name = jail_places[p];

		EXPECT_OK(files_make_dir(cx, dir, name));
		EXPECT_OK(files_write(cx, dir, str_fmt(cx, "%.*s/kept", F(name)), 0600, S("secret")));
	}
	EXPECT_OK(files_write(cx, dir, S("kept"), 0600, S("secret")));
	c->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(bind(c->listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(c->listener, 8) == 0);
	EXPECT(getsockname(c->listener, (struct sockaddr *)&at, &n) == 0);
	c->port = at.sin_port;
	c->loose = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->waiting = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(connect(c->waiting, (struct sockaddr *)&at, sizeof at) == 0);
	c->victim = getpid();
}

static void
clear(const struct cage *c)
{
	close(c->listener);
	close(c->loose);
	close(c->waiting);
}

TEST(cage_holds_every_process_to_its_row)
{
	struct board *b = board();
	when began = sys_boot();
	int status;

	for (int i = 0; i < jail_count; i++) {
		struct mark here = cx_mark(cx);
		struct cage c;
		pid_t pid;

		furnish(cx, &c);
		b->done = 0;
		pid = fork();
		if (pid == 0)
			in_cage(cx, b, &jail_rows[i], &c);
		EXPECT(waitpid(pid, &status, 0) == pid);
		if (!b->done || status != 0)
			fail_msg("%.*s: the caged process ended early (%d)\n%s", F(jail_rows[i].name), status,
			    b->words);
		clear(&c);
		cx_back(cx, here);
	}
	test_figure("cage", b->tried, b->failed, sys_boot() - began, 0);
	if (b->failed)
		fail_msg("%d of %d:\n%s", b->failed, b->tried, b->words);
	EXPECT(b->tried > 300);
	munmap(b, sizeof *b);
}

TEST(cage_of_a_child_fits_into_the_parents)
{
	struct board *b = board();
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
	munmap(b, sizeof *b);
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
	*(int *)out = values[0] ? atoi(values[0]) : 0;
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
