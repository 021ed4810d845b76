#include "sys/jail.h"

#include "sys/files.h"
#include "sys/jail_part.h"

#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

const struct str jail_places[JAIL_PLACES] = {
#define PLACE(id, name, holds) { name, sizeof name - 1 },
#include "sys/proc.def"
#undef PLACE
};

/* The words that proc.def is written in. */
enum {
#define PLACE(id, name, holds) id = 1 << JAIL_##id,
#include "sys/proc.def"
#undef PLACE
	NET = JAIL_NET, ACCEPT = JAIL_ACCEPT, CONNECT = JAIL_CONNECT, THREADS = JAIL_THREADS, FORK = JAIL_FORK,
	DATABASE = JAIL_DATABASE,
};

const struct jail jail_rows[] = {
#define PROC(name, reads, writes, acts, says) \
	{ { #name, sizeof #name - 1 }, reads, writes, acts, { says, sizeof says - 1 } },
#include "sys/proc.def"
#undef PROC
};
const int jail_count = (int)COUNT(jail_rows);

const struct jail *
jail_of(struct str name)
{
	for (int i = 0; i < jail_count; i++)
		if (str_eq(jail_rows[i].name, name))
			return &jail_rows[i];
	return NULL;
}

/* The bounding set can only be emptied by one who has a capability to lose; nobody gains one afterwards either way.
 * Where there is none, nothing is asked: a service manager may have forbidden the call. */
static enum err
drop_capabilities(struct cx *cx)
{
	struct __user_cap_header_struct who = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3], none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 } };

	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &who, has) == 0 && !memcmp(has, none, sizeof has))
		return OK;
	if (syscall(SYS_capset, &who, none) < 0)
		return files_fail(cx, errno, "give up", S("capabilities"));
	return OK;
}

static enum err
drop_rest(struct cx *cx)
{
	struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return files_fail(cx, errno, "give up", S("new privileges"));
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return files_fail(cx, errno, "give up", S("core dumps"));
	return drop_capabilities(cx);
}

/* Nobody connects to a database that lies in the directory: where it is elsewhere, a file says so. */
static struct jail
as_it_is(struct cx *cx, const struct jail *j, struct str data)
{
	int fd = open(str_fmt(cx, "%.*s/db/address", F(data)).p, O_PATH | O_CLOEXEC);
	struct jail own = *j;

	if (fd < 0)
		own.acts &= ~(unsigned)JAIL_DATABASE;
	else
		close(fd);
	return own;
}

enum err
jail_enter_as(struct cx *cx, const struct jail *j, struct str data, int version)
{
	struct jail own = as_it_is(cx, j, data);
	enum err e = drop_rest(cx);

	if (e == OK)
		e = jail_files_enter(cx, &own, data, version);
	if (e == OK)
		e = jail_calls_enter(cx, &own);
	if (e == OK)
		return OK;
	return fail(cx, ERR_BROKEN, "%.*s cannot be jailed: %s", F(j->name), cx->why);
}

#ifdef __has_feature
#if __has_feature(address_sanitizer)
/* The sanitizer looks for leaks at the end by calls that no jail grants: it looks at those processes alone that are in none. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1;
}
#endif
#endif

enum err
jail_enter(struct cx *cx, const struct jail *j, struct str data)
{
	return jail_enter_as(cx, j, data, jail_files_version());
}

int
jail_needs(const struct jail *j, enum jail_wall wall)
{
	/* version 1 forbids every link between directories, so whoever writes in two runs without it */
	int files = j->writes & (j->writes - 1) ? 2 : 1;

	switch (wall) {
	case JAIL_READING: return j->reads || j->writes ? files : 0;
	case JAIL_WRITING: return j->writes ? files : 0;
	case JAIL_SIGNALS: return j->acts & JAIL_FORK ? 6 : 0;
	case JAIL_CALLS: break;
	}
	return 0;
}

struct str
jail_kernel(int version)
{
	static const char *const first[] = { "3.17", "5.13", "5.19", "6.2", "6.7", "6.10", "6.12" };

	return str_of(first[version < (int)COUNT(first) ? version : (int)COUNT(first) - 1]);
}

/* Does a wall stand for every row? If not, for whom it does not, and from which kernel it would. */
static struct jail_hold
wall_holds(struct cx *cx, int version, struct str what, enum jail_wall wall, const char *words)
{
	struct buf open = buf_new(cx);
	int needs = 0;

	for (int i = 0; i < jail_count; i++) {
		int n = jail_needs(&jail_rows[i], wall);

		if (n <= version)
			continue;
		buf_fmt(&open, "%s%.*s", needs ? ", " : "", F(jail_rows[i].name));
		needs = n > needs ? n : needs;
	}
	if (!needs)
		return (struct jail_hold){ what, true, str_of(words) };
	return (struct jail_hold){ what, false, str_fmt(cx, "not held for %.*s; needs Linux %.*s", F(buf_str(&open)),
	    F(jail_kernel(needs))) };
}

void
jail_holds_as(struct cx *cx, int version, struct jail_hold **out, int *n)
{
	bool calls = jail_calls_known();
	struct utsname os;
	struct jail_hold all[] = {
		{ S("kernel"), true, str_fmt(cx, "Linux %s, Landlock %d", uname(&os) == 0 ? os.release : "?", version) },
		{ S("privileges"), true, S("no capabilities, no new privileges, no core dumps, no tracing") },
		{ S("system calls"), calls, calls ? S("only those that each process needs (seccomp)") :
		    S("this kernel has no seccomp filter: nothing can be served") },
		wall_holds(cx, version, S("reading"), JAIL_READING, "each process reads its own files alone"),
		wall_holds(cx, version, S("writing"), JAIL_WRITING, "each process writes its own files alone"),
		wall_holds(cx, version, S("signals"), JAIL_SIGNALS, "no process reaches one that is not of this server"),
		{ S("network"), calls, version >= 4 ? S("held by seccomp, at socket(), and by Landlock") :
		    S("held by seccomp, at socket(); Landlock adds its own from Linux 6.7") },
	};

	*n = (int)COUNT(all);
	*out = NEW(cx, struct jail_hold, *n);
	for (int i = 0; i < *n; i++)
		(*out)[i] = all[i];
}

void
jail_holds(struct cx *cx, struct jail_hold **out, int *n)
{
	jail_holds_as(cx, jail_files_version(), out, n);
}
