#include "sys/jail_part.h"

#include "base/log.h"
#include "sys/files.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Kernels are newer than the headers that we build with: the whole interface as of version 6, by its stable
 * numbers. */
struct ruleset { uint64_t files, net, scoped; };
enum {
	REFER = 1 << 13, TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15,
	VERSION_1 = (1 << 13) - 1,
	BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1,
	SCOPE_ABSTRACT_UNIX = 1 << 0, SCOPE_SIGNAL = 1 << 1,
};
enum {
	READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | REFER | TRUNCATE,
	OF_A_FILE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE,
};

/* What asking for an address or checking a certificate reads. A file that is replaced later is out of reach until the
 * process starts again. */
static const char *const net_files[] = {
	"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services",
	"/etc/ssl", "/etc/pki/tls", "/usr/lib/ssl", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
	"/run/systemd/resolve",
};

int
jail_files_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return v < 0 ? 0 : (int)v;
}

static struct ruleset
handled(const struct jail *j, int version)
{
	struct ruleset r = { VERSION_1, 0, 0 };

	if (version >= 2)
		r.files |= REFER;
	if (version >= 3)
		r.files |= TRUNCATE;
	if (version >= 5)
		r.files |= IOCTL_DEV;
	if (version >= 4)
		r.net = BIND_TCP | (j->acts & (JAIL_CONNECT | JAIL_DATABASE) ? 0 : CONNECT_TCP);
	if (version >= 6)
		r.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return r;
}

/* What is not there is simply not allowed. */
static enum err
allow(struct cx *cx, int rules, uint64_t access, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC), bad = 0;
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == EACCES || errno == ENOTDIR ? OK :
		    files_fail(cx, errno, "find", str_of(path));
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_A_FILE;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		bad = errno;
	close(fd);
	return bad ? files_fail(cx, bad, "fence in", str_of(path)) : OK;
}

static enum err
allow_all(struct cx *cx, int rules, const struct jail *j, struct str data, uint64_t known)
{
	for (int i = 0; i < JAIL_PLACES; i++) {
		uint64_t access = (j->reads >> i & 1 ? READ : 0) | (j->writes >> i & 1 ? WRITE : 0);

		if (access)
			TRY(allow(cx, rules, access & known,
			    str_z(cx, str_fmt(cx, "%.*s/%.*s", F(data), F(jail_places[i])))));
	}
	for (ptrdiff_t i = 0; (j->reads & JAIL_NET || j->acts & JAIL_DATABASE) && i < COUNT(net_files); i++)
		TRY(allow(cx, rules, READ, net_files[i]));
	return OK;
}

enum err
jail_files_enter(struct cx *cx, const struct jail *j, struct str data, int version)
{
	struct ruleset r = handled(j, version);
	enum err e;
	long rules;

	if (version == 0 || version < jail_needs(j, JAIL_WRITING)) {
		log_line("%.*s runs without Landlock: %s", F(j->name), version ?
		    "that of this kernel forbids all links between directories" : "this kernel has none, or may not say so");
		return OK;
	}
	rules = syscall(SYS_landlock_create_ruleset, &r, sizeof r, 0);
	if (rules < 0)
		return files_fail(cx, errno, "make", S("the rules for files"));
	e = allow_all(cx, (int)rules, j, data, r.files);
	if (e == OK && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		e = files_fail(cx, errno, "keep to", S("the rules for files"));
	close((int)rules); /* at once: the turn may be the process's whole life */
	return e;
}
