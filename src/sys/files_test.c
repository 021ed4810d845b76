#include "sys/files.h"

#include "base/test.h"
#include "sys/sys.h"
#include "sys/test_dir.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
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

TEST(files_come_back_as_they_were_written)
{
	int dir = test_dir(cx);
	struct str got;
	struct stat st;

	EXPECT_OK(files_make_dir(cx, dir, S("a/b")));
	EXPECT_OK(files_make_dir(cx, dir, S("a/b")));
	EXPECT_OK(files_write(cx, dir, S("a/b/c"), 0600, S("one\0two")));
	EXPECT_OK(files_read(cx, dir, S("a/b/c"), 7, &got));
	EXPECT_STR(got, S("one\0two"));
	EXPECT_OK(files_write(cx, dir, S("a/b/c"), 0640, S("")));
	EXPECT_OK(files_read(cx, dir, S("a/b/c"), 0, &got));
	EXPECT_STR(got, S(""));
	EXPECT(fstatat(dir, "a/b/c", &st, 0) == 0 && (st.st_mode & 0777) == 0640);
	EXPECT(fstatat(dir, "a", &st, 0) == 0 && (st.st_mode & 0777) == 0700);
	EXPECT_OK(files_append(cx, dir, S("log"), 0600, S("x\n")));
	EXPECT_OK(files_append(cx, dir, S("log"), 0600, S("y\n")));
	EXPECT_OK(files_read(cx, dir, S("log"), 100, &got));
	EXPECT_STR(got, S("x\ny\n"));
}

TEST(files_paths_of_the_operator_are_taken_as_the_system_does)
{
	struct str path, got;
	int dir, fd;

	test_dir(cx);
	path = str_fmt(cx, "%s/a//b/", test_dir_path());
	EXPECT_OK(files_make_dir(cx, FILES_HERE, path));
	EXPECT_OK(files_open_dir(cx, FILES_HERE, path, &dir));
	EXPECT_OK(files_write(cx, FILES_HERE, str_fmt(cx, "%s/a/b/../c", test_dir_path()), 0600, S("x")));
	EXPECT_OK(files_read(cx, FILES_HERE, str_fmt(cx, "%s/a/c", test_dir_path()), 9, &got));
	EXPECT_STR(got, S("x"));
	EXPECT(files_open(cx, dir, S("../c"), O_RDONLY, 0, &fd) == ERR_DENIED);
	close(dir);
	EXPECT_OK(files_open_dir(cx, FILES_HERE, S("/"), &dir));
	close(dir);
}

TEST(files_keep_their_size_limit)
{
	int dir = test_dir(cx);
	struct str got;

	EXPECT_OK(files_write(cx, dir, S("f"), 0600, S("12345")));
	EXPECT(files_read(cx, dir, S("f"), 4, &got) == ERR_TOO_BIG);
	EXPECT(files_read(cx, dir, S("."), 4, &got) == ERR_DENIED);
	EXPECT(files_read(cx, dir, S("g"), 4, &got) == ERR_NOT_FOUND && strstr(cx->why, "g"));
}

TEST(files_names_never_lead_out)
{
	static const struct str bad[] = { { "..", 2 }, { "../f", 4 }, { "d/../../f", 9 }, { "/etc/passwd", 11 },
		{ "d//f", 4 }, { "out", 3 }, { "d/out/passwd", 12 }, { "", 0 }, { "f\0g", 3 }, { "d/", 2 },
		{ "./f", 3 }, { "d/.", 3 } };
	int dir = test_dir(cx), fd;
	struct str got;

	EXPECT_OK(files_make_dir(cx, dir, S("d")));
	EXPECT_OK(files_write(cx, dir, S("f"), 0600, S("1")));
	EXPECT(symlinkat("/etc/passwd", dir, "out") == 0 && symlinkat("/etc", dir, "d/out") == 0);
	for (ptrdiff_t i = 0; i < COUNT(bad); i++) {
		enum err e = files_read(cx, dir, bad[i], 1 << 20, &got);

		if (e != ERR_DENIED && e != ERR_NOT_FOUND)
			fail_msg("%.*s was read", F(bad[i]));
		EXPECT(files_open(cx, dir, bad[i], O_RDONLY, 0, &fd) != OK);
		EXPECT(str_eq(bad[i], S("out")) || files_write(cx, dir, bad[i], 0600, S("x")) != OK);
		EXPECT(files_remove(cx, dir, bad[i]) != OK || str_eq(bad[i], S("out")) ||
		    str_eq(bad[i], S("d/out/passwd")));
	}
	EXPECT(access("/etc/passwd", F_OK) == 0);
	EXPECT_OK(files_read(cx, dir, S("f"), 9, &got));
	EXPECT_STR(got, S("1"));
}

TEST(files_replace_a_link_and_not_what_it_points_at)
{
	int dir = test_dir(cx);
	struct str got;

	EXPECT_OK(files_write(cx, dir, S("victim"), 0600, S("whole")));
	EXPECT(symlinkat("victim", dir, "link") == 0);
	EXPECT_OK(files_write(cx, dir, S("link"), 0600, S("new")));
	EXPECT_OK(files_read(cx, dir, S("victim"), 9, &got));
	EXPECT_STR(got, S("whole"));
	EXPECT(symlinkat("victim", dir, "log") == 0);
	EXPECT(files_append(cx, dir, S("log"), 0600, S("x")) == ERR_DENIED);
}

TEST(files_create_never_replaces_and_leaves_no_pieces)
{
	int dir = test_dir(cx);
	struct str got, *names;
	ptrdiff_t n;

	EXPECT_OK(files_create(cx, dir, S("key"), 0600, S("first")));
	EXPECT(files_create(cx, dir, S("key"), 0600, S("second")) == ERR_CONFLICT);
	EXPECT_OK(files_read_secret(cx, dir, S("key"), 9, &got));
	EXPECT_STR(got, S("first"));
	EXPECT_OK(files_make_dir(cx, dir, S("b")));
	EXPECT(files_write(cx, dir, S("b"), 0600, S("x")) != OK);
	EXPECT_OK(files_list(cx, dir, S("."), &names, &n));
	EXPECT(n == 2);
	EXPECT_STR(names[0], S("b"));
	EXPECT_STR(names[1], S("key"));
	EXPECT(fchmodat(dir, "key", 0640, 0) == 0);
	EXPECT(files_read_secret(cx, dir, S("key"), 9, &got) == ERR_DENIED && strstr(cx->why, "0640") == NULL);
}

TEST(files_go_from_spool_to_vault)
{
	int dir = test_dir(cx), spool, vault;
	struct str got;
	int64_t size;

	EXPECT_OK(files_make_dir(cx, dir, S("spool")));
	EXPECT_OK(files_make_dir(cx, dir, S("vault/ab")));
	EXPECT_OK(files_open_dir(cx, dir, S("spool"), &spool));
	EXPECT_OK(files_open_dir(cx, dir, S("vault"), &vault));
	EXPECT_OK(files_create(cx, spool, S("up"), 0600, S("cipher")));
	EXPECT_OK(files_link(cx, spool, S("up"), vault, S("ab/cd")));
	EXPECT(files_link(cx, spool, S("up"), vault, S("ab/cd")) == ERR_CONFLICT);
	EXPECT_OK(files_remove(cx, spool, S("up")));
	EXPECT_OK(files_remove(cx, spool, S("up")));
	EXPECT(files_size(cx, spool, S("up"), &size) == ERR_NOT_FOUND);
	EXPECT_OK(files_size(cx, vault, S("ab/cd"), &size));
	EXPECT(size == 6);
	EXPECT_OK(files_read(cx, vault, S("ab/cd"), 9, &got));
	EXPECT_STR(got, S("cipher"));
	EXPECT_OK(files_room(cx, vault, &size));
	EXPECT(size > 0);
	close(spool);
	close(vault);
}

TEST(files_lock_is_held_by_one)
{
	int dir = test_dir(cx), fd, other;
	pid_t pid;
	int status;

	EXPECT_OK(files_lock(cx, dir, &fd));
	pid = fork();
	if (pid == 0) {
		close(fd);
		_exit(files_lock(cx, dir, &other) == ERR_BUSY &&
		    strstr(cx->why, str_z(cx, str_fmt(cx, "(process %d)", (int)getppid()))) ? 0 : 1);
	}
	EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
	close(fd);
	EXPECT_OK(files_lock(cx, dir, &fd));
	close(fd);
}

/* The size limit of a process stands in for a full disk: both stop a write in the middle. */
TEST(files_that_cannot_be_written_stay_as_they_were)
{
	int dir = test_dir(cx), status;
	struct str got, *names;
	ptrdiff_t n;
	pid_t pid;

	EXPECT_OK(files_write(cx, dir, S("f"), 0600, S("whole")));
	pid = fork();
	if (pid == 0) {
		char *much = NEW(cx, char, 1 << 16);
		struct rlimit r = { 4096, 4096 };
		struct str text = { much, 1 << 16 };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &r);
		_exit(files_write(cx, dir, S("f"), 0600, text) == ERR_NO_ROOM &&
		    files_append(cx, dir, S("f"), 0600, text) == ERR_NO_ROOM ? 0 : 1);
	}
	EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
	EXPECT_OK(files_read(cx, dir, S("f"), 9, &got));
	EXPECT_STR(got, S("whole"));
	EXPECT_OK(files_list(cx, dir, S("."), &names, &n));
	EXPECT(n == 1);
}

static enum err
read_too_much(struct cx *cx, void *arg)
{
	struct str got;

	return files_read(cx, *(int *)arg, S("big"), 1 << 30, &got);
}

TEST(files_are_closed_when_a_turn_is_given_up)
{
	static char room[1 << 16];
	int dir = test_dir(cx), before, fd;
	struct cx small;

	EXPECT_OK(files_open(cx, dir, S("big"), O_WRONLY | O_CREAT, 0600, &fd));
	EXPECT(ftruncate(fd, 1 << 20) == 0);
	before = count_fds();
	cx_begin(&small, room, sizeof room);
	sys_turn(&small);
	EXPECT(cx_run(&small, read_too_much, &dir) == ERR_TOO_BIG);
	EXPECT(count_fds() == before);
	EXPECT(small.now > T0 && small.boot > 0);
	cx_end(&small);
}
