#include "sys/jail_part.h"

#include "sys/files.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls by number; those that an architecture does not have are negative and quietly left out by the library. */

/* What libc, SQLite, the event loops and a message on an open socket need. None of them opens, makes or reaches
 * anything that was not given. */
static const int base[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(stat), SCMP_SYS(fstat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
	SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64),
	SCMP_SYS(dup), SCMP_SYS(fadvise64), SCMP_SYS(sendfile), SCMP_SYS(memfd_create), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(msync), SCMP_SYS(brk), SCMP_SYS(mlock), SCMP_SYS(mlock2),
	SCMP_SYS(munlock), SCMP_SYS(membarrier), SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(pause), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday),
	SCMP_SYS(time), SCMP_SYS(times), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom), SCMP_SYS(getrusage),
	SCMP_SYS(getcpu), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
	SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_gettime),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockopt),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* For whoever may write somewhere. Where that is, Landlock says. */
static const int writing[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(flock),
	SCMP_SYS(copy_file_range), SCMP_SYS(sync_file_range),
};

/* Landlock does not see a mode that is changed through a descriptor, not even one that was opened to read: this is
 * for whom the database belongs to. */
static const int owning[] = { SCMP_SYS(fchmod) };

static const int accepting[] = { SCMP_SYS(accept), SCMP_SYS(accept4) };
static const int connecting[] = { SCMP_SYS(connect) };
static const int threading[] = { SCMP_SYS(pipe2) };

/* The parent: what starting a child takes, until the child has entered its own jail. */
static const int forking[] = {
	SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(waitid),
	SCMP_SYS(capget), SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(prctl), SCMP_SYS(capset),
	SCMP_SYS(seccomp), SCMP_SYS(prlimit64), SCMP_SYS(setrlimit), SCMP_SYS(landlock_create_ruleset),
	SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self), SCMP_SYS(close_range), SCMP_SYS(umask),
};

/* What is set on sockets: by us, then by libcurl and the resolver. Never a filter of packets, nor another protocol on
 * top. */
struct option { int level, name; };
static const struct option options[] = { { SOL_SOCKET, SO_SNDBUF }, { IPPROTO_TCP, TCP_NODELAY } };
static const struct option connecting_options[] = {
	{ SOL_SOCKET, SO_KEEPALIVE }, { IPPROTO_TCP, TCP_KEEPIDLE }, { IPPROTO_TCP, TCP_KEEPINTVL },
	{ IPPROTO_TCP, TCP_KEEPCNT }, { IPPROTO_TCP, TCP_USER_TIMEOUT }, { IPPROTO_IP, IP_RECVERR }, { IPPROTO_IPV6, IPV6_RECVERR },
};

static const int fcntls[] = {
	F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK,
	F_OFD_SETLK, F_OFD_SETLKW, F_ADD_SEALS, F_GET_SEALS,
};
static const unsigned long ioctls[] = { FIONREAD, FIONBIO, TCGETS };

enum { TYPE_MASK = 0xff }; /* of a socket, without its flags */
enum { NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
	CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET };

/* A filter in the making; `bad` keeps the first error, so that the list below reads as a list. */
struct filter { scmp_filter_ctx c; int bad; };

static void
note(struct filter *f, int result)
{
	if (result < 0 && !f->bad)
		f->bad = -result;
}

static void
let(struct filter *f, const int *calls, ptrdiff_t n)
{
	for (ptrdiff_t i = 0; i < n; i++)
		note(f, seccomp_rule_add(f->c, SCMP_ACT_ALLOW, calls[i], 0));
}
#define LET(f, calls) let((f), (calls), COUNT(calls))

/* Allowed where argument `arg`, masked, is `value`. */
static void
let_if(struct filter *f, int call, unsigned arg, uint64_t mask, uint64_t value)
{
	note(f, seccomp_rule_add(f->c, SCMP_ACT_ALLOW, call, 1, SCMP_CMP64(arg, SCMP_CMP_MASKED_EQ, mask, value)));
}

static void
let_options(struct filter *f, const struct option *all, ptrdiff_t n)
{
	for (ptrdiff_t i = 0; i < n; i++)
		note(f, seccomp_rule_add(f->c, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)all[i].level),
		    SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)all[i].name)));
}

static void
let_common(struct filter *f)
{
	LET(f, base);
	let_options(f, options, COUNT(options));
	/* nothing that was written becomes a program */
	let_if(f, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	let_if(f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	/* sending with this flag connects */
	let_if(f, SCMP_SYS(sendto), 3, MSG_FASTOPEN, 0);
	let_if(f, SCMP_SYS(sendmsg), 2, MSG_FASTOPEN, 0);
	/* how abort() ends us; nobody else can be reached */
	let_if(f, SCMP_SYS(tgkill), 0, UINT32_MAX, (uint32_t)getpid());
	/* asking for limits, not setting them */
	let_if(f, SCMP_SYS(prlimit64), 2, UINT64_MAX, 0);
	for (ptrdiff_t i = 0; i < COUNT(fcntls); i++)
		let_if(f, SCMP_SYS(fcntl), 1, UINT32_MAX, (uint32_t)fcntls[i]);
	for (ptrdiff_t i = 0; i < COUNT(ioctls); i++)
		let_if(f, SCMP_SYS(ioctl), 1, UINT32_MAX, ioctls[i]);
}

static void
let_sockets(struct filter *f)
{
	static const int families[] = { AF_INET, AF_INET6 };
	static const struct { int type, protocol; } kinds[] = { { SOCK_STREAM, 0 }, { SOCK_STREAM, IPPROTO_TCP },
		{ SOCK_DGRAM, 0 }, { SOCK_DGRAM, IPPROTO_UDP } };

	LET(f, connecting);
	let_options(f, connecting_options, COUNT(connecting_options));
	let_if(f, SCMP_SYS(sendmmsg), 3, MSG_FASTOPEN, 0);
	for (ptrdiff_t i = 0; i < COUNT(families); i++)
		for (ptrdiff_t k = 0; k < COUNT(kinds); k++)
			note(f, seccomp_rule_add(f->c, SCMP_ACT_ALLOW, SCMP_SYS(socket), 3,
			    SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)families[i]),
			    SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, (uint64_t)kinds[k].type),
			    SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)kinds[k].protocol)));
}

/* Never datagrams: what is sent on one of those can be addressed to any socket of the machine. */
static void
let_pair(struct filter *f, int type)
{
	note(f, seccomp_rule_add(f->c, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 2,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, AF_UNIX),
	    SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, (uint64_t)type)));
}

static void
let_row(struct filter *f, const struct jail *j)
{
	uint64_t changes = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY) | O_APPEND;

	if (j->writes) {
		LET(f, writing);
	} else if (j->reads) {
		/* where there is no Landlock, at least nothing is changed */
		let_if(f, SCMP_SYS(open), 1, changes, O_RDONLY);
		let_if(f, SCMP_SYS(openat), 2, changes, O_RDONLY);
	}
	if (j->writes & 1 << JAIL_DB)
		LET(f, owning);
	if (j->acts & JAIL_ACCEPT)
		LET(f, accepting);
	if (j->acts & (JAIL_CONNECT | JAIL_DATABASE))
		let_sockets(f);
	if (j->acts & JAIL_DATABASE)
		note(f, seccomp_rule_add(f->c, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, AF_UNIX),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, SOCK_STREAM)));
	if (j->acts & JAIL_THREADS) {
		LET(f, threading);
		let_pair(f, SOCK_STREAM);
	}
	if (j->acts & JAIL_FORK) {
		LET(f, forking);
		let_pair(f, SOCK_SEQPACKET);
		return;
	}
	/* libc asks by clone3, whose flags no filter can see, and falls back when there is none */
	note(f, seccomp_rule_add(f->c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
	if (j->acts & JAIL_THREADS)
		let_if(f, SCMP_SYS(clone), 0, CLONE_THREAD | NAMESPACES, CLONE_THREAD);
}

static void
release(void *arg)
{
	seccomp_release(*(scmp_filter_ctx *)arg);
}

enum err
jail_calls_enter(struct cx *cx, const struct jail *j)
{
	struct filter *f = NEW(cx, struct filter, 1);

	f->c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!f->c)
		return fail(cx, ERR_BUSY, "no memory for the rules of system calls");
	cx_defer(cx, release, &f->c);
	note(f, seccomp_attr_set(f->c, SCMP_FLTATR_CTL_OPTIMIZE, 2));
	(void)seccomp_attr_set(f->c, SCMP_FLTATR_CTL_LOG, 1); /* kernels before 4.14 do not log */
	let_common(f);
	let_row(f, j);
	if (!f->bad)
		note(f, seccomp_load(f->c));
	return f->bad ? files_fail(cx, f->bad, "keep to", S("the rules for system calls")) : OK;
}

bool
jail_calls_known(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}
