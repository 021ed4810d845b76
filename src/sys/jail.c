#include "sys/jail.h"

#include "sys/files.h"
#include "sys/jail_part.h"
#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

/* The bounding set can only be emptied by one who has a capability to lose; nobody gains one afterwards either
 * way. */
static enum err
drop_capabilities(struct cx *cx)
{
	struct __user_cap_header_struct who = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 } };

	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
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

enum err
jail_enter(struct cx *cx, const struct jail *j, struct str data)
{
	enum err e = drop_rest(cx);

	if (e == OK)
		e = jail_files_enter(cx, j, data);
	if (e == OK)
		e = jail_calls_enter(cx, j);
	if (e == OK)
		return OK;
	return fail(cx, ERR_BROKEN, "%.*s cannot be jailed: %s", F(j->name), cx->why);
}

void
jail_holds(struct cx *cx, struct jail_hold **out, int *n)
{
	int v = jail_files_version();
	bool calls = jail_calls_known();
	struct jail_hold all[] = {
		{ S("privileges"), true, S("no capabilities, no new privileges, no core dumps, no tracing") },
		{ S("system calls"), calls, calls ? S("only those that each process needs (seccomp)") :
		    S("this kernel has no seccomp filter: nothing can be served") },
		{ S("files"), v >= 1, v >= 1 ? str_fmt(cx, "each process reaches its own (Landlock, version %d)", v) :
		    S("no Landlock: only the processes that write nothing are held, by seccomp; needs Linux 5.13") },
		{ S("links between directories"), v >= 2, v >= 2 ? S("kept within what a process may write") :
		    S("Landlock is too old for them, so the registrar runs without it; needs Linux 5.19") },
		{ S("network"), calls, v >= 4 ? S("held by Landlock and, at socket(), by seccomp") :
		    S("held by seccomp, at socket(); Landlock adds its own from Linux 6.7") },
		{ S("signals"), calls, v >= 6 ? S("held by Landlock and, at kill(), by seccomp") :
		    S("held by seccomp, at kill()") },
	};

	*n = (int)COUNT(all);
	*out = NEW(cx, struct jail_hold, *n);
	for (int i = 0; i < *n; i++)
		(*out)[i] = all[i];
}
