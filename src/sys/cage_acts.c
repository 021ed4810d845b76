/* What a caged process tries on sockets and on other processes; and the table of all acts. */
#include "sys/cage_acts.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSES(...) cage_passed(syscall(__VA_ARGS__))

static struct sockaddr_in
here(in_port_t port)
{
	struct in_addr me = { htonl(INADDR_LOOPBACK) };

	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port, .sin_addr = me };
}

/* `did`, and the socket closed. */
static bool
over(int s, bool did)
{
	if (s >= 0)
		close(s);
	return did;
}

bool
cage_act_connect(struct cage *c)
{
	struct sockaddr_in at = here(c->port);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	return over(s, s >= 0 && connect(s, (struct sockaddr *)&at, sizeof at) == 0);
}

bool
cage_act_connect_loose(struct cage *c)
{
	struct sockaddr_in at = here(c->port);

	return connect(c->loose, (struct sockaddr *)&at, sizeof at) == 0;
}

/* Sending to an address opens a connection too. */
bool
cage_act_send_open(struct cage *c)
{
	struct sockaddr_in at = here(c->port);
	int s = dup(c->loose);

	return over(s, sendto(s, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&at, sizeof at) == 1);
}

static bool
makes_socket(int family, int type, int protocol)
{
	int s = socket(family, type | SOCK_CLOEXEC, protocol);

	return over(s, s >= 0 || errno != EPERM);
}

static bool
sends_udp(struct cage *c, int family)
{
	struct sockaddr_in at = here(c->port);
	int s = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (family == AF_INET6)
		return over(s, s >= 0 || errno != EPERM);
	return over(s, s >= 0 && sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at) == 1);
}

bool cage_act_udp(struct cage *c) { return sends_udp(c, AF_INET); }
bool cage_act_udp6(struct cage *c) { return sends_udp(c, AF_INET6); }
bool cage_act_send_many(struct cage *c) { (void)c; return PASSES(SYS_sendmmsg, -1, NULL, 0, 0); }
bool cage_act_listen(struct cage *c) { return listen(c->loose, 1) == 0; }

bool
cage_act_call_abstract(struct cage *c)
{
	(void)c;
	return makes_socket(AF_UNIX, SOCK_STREAM, 0) || makes_socket(AF_UNIX, SOCK_DGRAM, 0);
}

bool
cage_act_raw(struct cage *c)
{
	(void)c;
	return makes_socket(AF_INET, SOCK_RAW, 1) || makes_socket(AF_INET6, SOCK_RAW, 58);
}

bool cage_act_packet(struct cage *c) { (void)c; return makes_socket(AF_PACKET, SOCK_RAW, 0); }

bool
cage_act_netlink(struct cage *c)
{
	(void)c;
	return makes_socket(AF_NETLINK, SOCK_RAW, 0) || makes_socket(AF_VSOCK, SOCK_STREAM, 0) ||
	    makes_socket(AF_ALG, SOCK_SEQPACKET, 0);
}

bool
cage_act_other_transport(struct cage *c)
{
	(void)c;
	return makes_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP) || makes_socket(AF_INET, SOCK_STREAM, 262) ||
	    makes_socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) || makes_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE);
}

bool
cage_act_bind(struct cage *c)
{
	struct sockaddr_in at = here(0);

	return bind(c->loose, (struct sockaddr *)&at, sizeof at) == 0;
}

/* Also with a level whose upper half the kernel does not look at, as a careless filter would. */
bool
cage_act_socket_filter(struct cage *c)
{
	return PASSES(SYS_setsockopt, c->loose, (long)SOL_SOCKET, (long)SO_ATTACH_FILTER, NULL, 0L) ||
	    PASSES(SYS_setsockopt, c->listener, 1L << 32 | SOL_SOCKET, (long)SO_ATTACH_BPF, NULL, 0L) ||
	    PASSES(SYS_setsockopt, c->loose, (long)IPPROTO_TCP, 31L, NULL, 0L); /* TCP_ULP */
}

bool
cage_act_accept(struct cage *c)
{
	int s = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);

	return over(s, s >= 0);
}

bool
cage_act_call_registrar(struct cage *c)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s/run/registrar.sock", c->data);
	return over(s, s >= 0 && connect(s, (struct sockaddr *)&at, sizeof at) == 0);
}

bool
cage_act_pair_datagram(struct cage *c)
{
	int ends[2];

	(void)c;
	return PASSES(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, ends) || PASSES(SYS_socketpair, AF_UNIX, SOCK_RAW, 0, ends);
}

bool
cage_act_channel_away(struct cage *c)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof at.sun_path, "%s/run/registrar.sock", c->data);
	return connect(c->channel[0], (struct sockaddr *)&at, sizeof at) == 0;
}

bool
cage_act_fork(struct cage *c)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0L);

	(void)c;
	if (pid == 0)
		for (;;)
			pause();
	return pid > 0 && kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid;
}

static void *
thread(void *arg)
{
	return arg;
}

bool
cage_act_thread(struct cage *c)
{
	pthread_t t;

	(void)c;
	/* with no more than this flag the kernel refuses it as nonsense, if the filter lets it through at all */
	if (syscall(SYS_clone, CLONE_THREAD, NULL, NULL, NULL, 0L) < 0 && errno == EPERM)
		return false;
	return pthread_create(&t, NULL, thread, NULL) == 0 && pthread_join(t, NULL) == 0;
}

bool cage_act_exec(struct cage *c) { (void)c; return PASSES(SYS_execve, NULL, NULL, NULL); }

bool
cage_act_exec_held(struct cage *c)
{
	int fd = memfd_create("x", 0);

	(void)c;
	return over(fd, fd < 0 || write(fd, "#!/bin/true\n", 12) != 12 ||
	    PASSES(SYS_execveat, fd, "", NULL, NULL, AT_EMPTY_PATH));
}

bool cage_act_signal_stranger(struct cage *c) { return kill(c->stranger, 0) == 0; }
bool cage_act_signal_parent(struct cage *c) { (void)c; return kill(getppid(), 0) == 0; }

bool
cage_act_signal_other(struct cage *c)
{
	return PASSES(SYS_rt_sigqueueinfo, c->stranger, 999, NULL) || PASSES(SYS_tkill, c->stranger, 999) ||
	    PASSES(SYS_rt_tgsigqueueinfo, c->stranger, c->stranger, 999, NULL) || PASSES(424, -1, 0, NULL, 0);
}

bool
cage_act_signal_fcntl(struct cage *c)
{
	(void)c;
	return PASSES(SYS_fcntl, -1, (long)F_SETOWN, 1) || PASSES(SYS_fcntl, -1, (long)F_SETOWN_EX, NULL) ||
	    PASSES(SYS_fcntl, -1, (long)F_SETSIG, 9) || PASSES(SYS_fcntl, -1, (long)F_NOTIFY, 1) ||
	    PASSES(SYS_timer_create, -1, NULL, NULL);
}

bool
cage_act_trace(struct cage *c)
{
	return PASSES(SYS_ptrace, PTRACE_SEIZE, (long)c->sibling, NULL, -1L) ||
	    PASSES(SYS_ptrace, PTRACE_ATTACH, (long)INT32_MAX, NULL, NULL) ||
	    PASSES(SYS_ptrace, PTRACE_TRACEME, -1L, NULL, NULL);
}

bool
cage_act_peek(struct cage *c)
{
	return PASSES(SYS_process_vm_readv, (long)c->sibling, NULL, -1L, NULL, -1L, 0) ||
	    PASSES(SYS_process_vm_writev, (long)c->sibling, NULL, -1L, NULL, -1L, 0);
}

/* The kernel itself keeps these from the same user, for a jailed process cannot be dumped. */
bool
cage_act_peek_file(struct cage *c)
{
	static const char *const files[] = { "mem", "maps", "environ", "auxv" };
	char path[64], byte;
	bool did = false;

	for (int i = 0; i < 4; i++) {
		int fd;

		snprintf(path, sizeof path, "/proc/%d/%s", (int)c->sibling, files[i]);
		fd = open(path, (i ? O_RDONLY : O_RDWR) | O_CLOEXEC);
		did = over(fd, did || (fd >= 0 && read(fd, &byte, 1) == 1));
	}
	return did;
}

bool
cage_act_hold(struct cage *c)
{
	return PASSES(SYS_pidfd_open, (long)c->sibling, -1) || PASSES(438, -1, 0, 0);
}

bool
cage_act_compare(struct cage *c)
{
	return PASSES(SYS_kcmp, (long)getpid(), (long)c->sibling, -1, 0L, 0L) ||
	    PASSES(440, -1, NULL, 0L, 0, 0) ||
	    PASSES(SYS_migrate_pages, (long)c->sibling, 0L, NULL, NULL) ||
	    PASSES(SYS_setpriority, 0, (long)c->sibling, 19);
}

/* The words that act.def is written in. */
enum {
#define PLACE(id, name, holds) id = 1 << JAIL_##id,
#include "sys/proc.def"
#undef PLACE
	NET = 1 << JAIL_PLACES,
};
#define DOES(act) ((j->acts & JAIL_##act) != 0)
#define READS(place) ((j->reads & (place)) != 0)
#define WRITES(place) ((j->writes & (place)) != 0)

#define ACT(id, wall, may, words) static bool may_##id(const struct jail *j) { (void)j; return may; }
#include "sys/act.def"
#undef ACT

const struct cage_act cage_acts[] = {
#define ACT(id, wall, may, words) { words, JAIL_##wall, may_##id, cage_act_##id },
#include "sys/act.def"
#undef ACT
};
const int cage_n_acts = (int)(sizeof cage_acts / sizeof cage_acts[0]);
