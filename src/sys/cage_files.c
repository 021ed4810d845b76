/* What a caged process tries on files. */
#include "sys/cage_acts.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *
in(const char *dir, const char *name)
{
	static char path[2][256];
	static int turn;

	turn ^= 1;
	snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
	return path[turn];
}

static bool
opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Leaves nothing behind outside the test's own directory. */
static bool
makes(const char *path)
{
	bool did = opens(path, O_WRONLY | O_CREAT | O_EXCL);

	if (did)
		unlink(path);
	return did;
}

bool cage_read(struct cage *c, const char *dir) { (void)c; return opens(in(dir, "kept"), O_RDONLY); }
bool cage_write(struct cage *c, const char *dir) { (void)c; return opens(in(dir, "kept"), O_WRONLY); }
bool cage_make(struct cage *c, const char *d) { (void)c; return opens(in(d, "made"), O_WRONLY | O_CREAT | O_EXCL); }
bool cage_make_unnamed(struct cage *c, const char *dir) { (void)c; return opens(dir, O_WRONLY | O_TMPFILE); }
bool cage_cut(struct cage *c, const char *dir) { (void)c; return opens(in(dir, "kept"), O_WRONLY | O_TRUNC); }

bool
cage_rename(struct cage *c, const char *dir)
{
	(void)c;
	return rename(in(dir, "kept"), in(dir, "moved")) == 0 && rename(in(dir, "moved"), in(dir, "kept")) == 0;
}

bool
cage_remove(struct cage *c, const char *dir)
{
	(void)c;
	return unlink(in(dir, "made")) == 0 || unlink(in(dir, "kept")) == 0;
}

bool cage_act_read_above(struct cage *c) { return opens(in(c->data, "kept"), O_RDONLY); }
bool cage_act_read_dots(struct cage *c) { return opens(in(c->data, "spool/../keys/kept"), O_RDONLY); }
bool cage_act_read_link(struct cage *c) { return opens(in(c->data, "spool/way"), O_RDONLY); }
bool cage_act_read_resolver(struct cage *c) { (void)c; return opens("/etc/hosts", O_RDONLY); }
bool cage_act_read_passwd(struct cage *c) { (void)c; return opens("/etc/passwd", O_RDONLY); }
bool cage_act_read_environ(struct cage *c) { (void)c; return opens("/proc/self/environ", O_RDONLY); }
bool cage_act_read_processes(struct cage *c) { (void)c; return opens("/proc", O_RDONLY | O_DIRECTORY); }
bool cage_act_read_device(struct cage *c) { (void)c; return opens("/dev/zero", O_RDONLY); }

bool
cage_act_read_held(struct cage *c)
{
	int fd = openat(c->dir, "keys/kept", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool cage_act_write_above(struct cage *c) { return makes(in(c->data, "made")); }
bool cage_act_write_outside(struct cage *c) { return makes(in(c->data, "../outside/made")); }
bool cage_act_write_tmp(struct cage *c) { (void)c; return makes("/tmp/tocsin-cage-made"); }
bool cage_act_write_shm(struct cage *c) { (void)c; return makes("/dev/shm/tocsin-cage-made"); }
bool cage_act_write_link(struct cage *c) { return opens(in(c->data, "spool/way"), O_WRONLY); }
bool cage_act_write_memory(struct cage *c) { (void)c; return opens("/proc/self/mem", O_RDWR); }

bool
cage_act_rename_out(struct cage *c)
{
	const char *here = in(c->data, "db/kept"), *there = in(c->data, "spool/stolen");

	return rename(here, there) == 0 && rename(there, here) == 0;
}

bool
cage_act_link_out(struct cage *c)
{
	return link(in(c->data, "db/kept"), in(c->data, "spool/linked")) == 0;
}

/* By its descriptor, where the name that is linked is not the one that was fenced in. */
bool
cage_act_link_held(struct cage *c)
{
	char name[64];

	snprintf(name, sizeof name, "/proc/self/fd/%d", c->held);
	return linkat(AT_FDCWD, name, AT_FDCWD, in(c->data, "spool/held"), AT_SYMLINK_FOLLOW) == 0 ||
	    linkat(c->held, "", AT_FDCWD, in(c->data, "spool/empty"), AT_EMPTY_PATH) == 0;
}

bool
cage_act_link_in(struct cage *c)
{
	const char *from = in(c->data, "spool/up"), *to = in(c->data, "vault/up");

	return opens(from, O_WRONLY | O_CREAT | O_EXCL) && link(from, to) == 0 && unlink(from) == 0;
}

bool cage_act_remove_dir(struct cage *c) { return unlinkat(c->dir, "spool/empty-dir", AT_REMOVEDIR) == 0; }

/* What was opened for reading alone can have its mode changed all the same, and Landlock does not see it. */
bool
cage_act_mode_held(struct cage *c)
{
	return fchmod(c->held, 0640) == 0 || fchmod(c->dir, 0750) == 0;
}

bool
cage_act_mode_by_name(struct cage *c)
{
	return chmod(in(c->data, "spool/kept"), 0640) == 0 || fchmodat(c->dir, "db/kept", 0640, 0) == 0 ||
	    syscall(452, c->dir, "db/kept", 0640, 0) == 0; /* fchmodat2 */
}

bool
cage_act_owner(struct cage *c)
{
	return chown(in(c->data, "spool/kept"), getuid(), getgid()) == 0 || fchown(c->held, getuid(), getgid()) == 0 ||
	    fchownat(c->dir, "db/kept", getuid(), getgid(), 0) == 0;
}

bool
cage_act_times(struct cage *c)
{
	return futimens(c->held, NULL) == 0 || utimensat(c->dir, "db/kept", NULL, 0) == 0;
}

bool
cage_act_attributes(struct cage *c)
{
	return cage_passed(syscall(SYS_fsetxattr, c->held, "user.x", "x", 1L, 9)) ||
	    cage_passed(syscall(SYS_setxattr, in(c->data, "spool/kept"), "user.x", "x", 1L, 9));
}

bool cage_act_cut_by_name(struct cage *c) { return truncate(in(c->data, "spool/kept"), 0) == 0; }

bool
cage_act_symlink(struct cage *c)
{
	return symlink("/etc", in(c->data, "spool/etc")) == 0 || symlinkat("/etc", c->dir, "spool/etc2") == 0;
}

bool
cage_act_device(struct cage *c)
{
	return mknod(in(c->data, "spool/pipe"), S_IFIFO | 0600, 0) == 0 || mkfifoat(c->dir, "spool/pipe2", 0600) == 0;
}

bool
cage_act_list_below(struct cage *c)
{
	return chdir("/") == 0 || fchdir(c->dir) == 0 || cage_passed(syscall(SYS_chroot, NULL)) ||
	    cage_passed(syscall(SYS_pivot_root, NULL, NULL));
}
