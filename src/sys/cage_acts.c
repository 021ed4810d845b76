#include "sys/cage_acts.h"

#include "sys/jail.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
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

bool cage_open(struct cage *c, const char *path) { (void)c; return opens(path, O_RDONLY); }
bool cage_read(struct cage *c, const char *dir) { return cage_open(c, in(dir, "kept")); }
bool cage_write(struct cage *c, const char *dir) { (void)c; return opens(in(dir, "kept"), O_WRONLY); }
bool cage_make(struct cage *c, const char *d) { (void)c; return opens(in(d, "made"), O_WRONLY | O_CREAT | O_EXCL); }
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

bool
cage_link(struct cage *c)
{
	const char *from = in(c->data, "spool/up"), *to = in(c->data, "vault/up");

	return opens(from, O_WRONLY | O_CREAT | O_EXCL) && link(from, to) == 0 && unlink(from) == 0;
}

static struct sockaddr_in
here(in_port_t port)
{
	struct in_addr me = { htonl(INADDR_LOOPBACK) };

	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port, .sin_addr = me };
}

static bool
act_connect(struct cage *c)
{
	struct sockaddr_in at = here(c->port);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool did = s >= 0 && connect(s, (struct sockaddr *)&at, sizeof at) == 0;

	if (s >= 0)
		close(s);
	return did;
}

static bool
act_connect_loose(struct cage *c)
{
	struct sockaddr_in at = here(c->port);

	return connect(c->loose, (struct sockaddr *)&at, sizeof at) == 0;
}

/* Sending to an address opens a connection too. */
static bool
act_send_open(struct cage *c)
{
	struct sockaddr_in at = here(c->port);
	int s = dup(c->loose);

	return sendto(s, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&at, sizeof at) == 1;
}

static bool
makes_socket(int family, int type, int protocol)
{
	int s = socket(family, type | SOCK_CLOEXEC, protocol);

	if (s >= 0)
		close(s);
	return s >= 0;
}

static bool act_udp(struct cage *c) { (void)c; return makes_socket(AF_INET, SOCK_DGRAM, 0); }
static bool act_udp6(struct cage *c) { (void)c; return makes_socket(AF_INET6, SOCK_DGRAM, 0); }
static bool act_unix(struct cage *c) { (void)c; return makes_socket(AF_UNIX, SOCK_SEQPACKET, 0); }
static bool act_raw(struct cage *c) { (void)c; return makes_socket(AF_INET, SOCK_RAW, 1); }
static bool act_packet(struct cage *c) { (void)c; return makes_socket(17, SOCK_RAW, 0); }
static bool act_netlink(struct cage *c) { (void)c; return makes_socket(16, SOCK_RAW, 0); }
static bool act_listen(struct cage *c) { return listen(c->loose, 1) == 0; }

static bool
act_bind(struct cage *c)
{
	struct sockaddr_in at = here(0);

	return bind(c->loose, (struct sockaddr *)&at, sizeof at) == 0;
}

static bool
act_accept(struct cage *c)
{
	int s = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);

	if (s >= 0)
		close(s);
	return s >= 0;
}

static bool
act_fork(struct cage *c)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0L);

	(void)c;
	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static void *
thread(void *arg)
{
	return arg;
}

static bool
act_thread(struct cage *c)
{
	pthread_t t;

	(void)c;
	/* with no more than this flag the kernel refuses it as nonsense, if the filter lets it through at all */
	if (syscall(SYS_clone, CLONE_THREAD, NULL, NULL, NULL, 0L) < 0 && errno == EPERM)
		return false;
	return pthread_create(&t, NULL, thread, NULL) == 0 && pthread_join(t, NULL) == 0;
}

static bool
act_run_memory(struct cage *c)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)c;
	return p != MAP_FAILED;
}

static bool
act_run_written(struct cage *c)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)c;
	return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

/* Each of these is asked in a way that the kernel would refuse anyway, but with another word: EPERM is the
 * filter's. */
static bool
refused(long result)
{
	return result < 0 && errno == EPERM;
}

#define CALL(name, ...) static bool act_##name(struct cage *c) { (void)c; return !refused(syscall(__VA_ARGS__)); }
CALL(exec, SYS_execve, NULL, NULL, NULL)
CALL(exec_file, SYS_execveat, -1, "", NULL, NULL, 0x1000)
CALL(trace, SYS_ptrace, PTRACE_PEEKDATA, (long)INT32_MAX, NULL, NULL)
CALL(kill, SYS_kill, (long)c->victim, 999)
CALL(kill_thread, SYS_tgkill, (long)c->victim, (long)c->victim, 999)
CALL(queue_signal, SYS_rt_sigqueueinfo, (long)c->victim, 999, NULL)
CALL(read_memory, SYS_process_vm_readv, (long)INT32_MAX, NULL, 0, NULL, 0, 1)
CALL(pidfd, SYS_pidfd_open, -1, 0)
CALL(pidfd_take, 438, -1, 0, 0)
CALL(undump, SYS_prctl, PR_SET_DUMPABLE, 99, 0, 0, 0)
CALL(setuid, SYS_setuid, -1)
CALL(unshare, SYS_unshare, -1)
CALL(setns, SYS_setns, -1, 0)
CALL(mount, SYS_mount, NULL, NULL, NULL, 0, NULL)
CALL(chroot, SYS_chroot, NULL)
CALL(bpf, SYS_bpf, -1, NULL, 0)
CALL(perf, SYS_perf_event_open, NULL, 0, 0, -1, 0)
CALL(userfault, SYS_userfaultfd, -1)
CALL(io_uring, SYS_io_uring_setup, 0, NULL)
CALL(keys, SYS_keyctl, -1, 0, 0, 0, 0)
CALL(personality, SYS_personality, 0xffffffffL)
CALL(chmod, SYS_chmod, NULL, 0)
CALL(chown, SYS_chown, NULL, 0, 0)
CALL(symlink, SYS_symlink, NULL, NULL)
CALL(mknod, SYS_mknod, NULL, 0, 0)
CALL(handle, SYS_open_by_handle_at, -1, NULL, 0)
CALL(notify, SYS_inotify_init1, -1)
CALL(type_in, SYS_ioctl, -1, (long)TIOCSTI, NULL)
CALL(own_signal, SYS_fcntl, -1, (long)F_SETOWN, 1)
CALL(share_memory, SYS_shmat, -1, NULL, 0)
CALL(modules, SYS_init_module, NULL, 0, NULL)
CALL(clock, SYS_clock_settime, -1, NULL)
#undef CALL

static bool
act_limit(struct cage *c)
{
	struct rlimit r;

	(void)c;
	return getrlimit(RLIMIT_NOFILE, &r) == 0 && setrlimit(RLIMIT_NOFILE, &r) == 0;
}

static bool act_log(struct cage *c) { (void)c; return write(2, "", 0) == 0; }

static bool
act_memory_file(struct cage *c)
{
	int fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	bool did = fd >= 0 && write(fd, "x", 1) == 1 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0;

	(void)c;
	if (fd >= 0)
		close(fd);
	return did;
}

static bool
act_much_memory(struct cage *c)
{
	char *p = malloc(64 << 20);

	(void)c;
	if (p)
		p[12345] = 1;
	free(p);
	return p != NULL;
}

const struct cage_act cage_acts[] = {
	{ "connect", JAIL_CONNECT, false, act_connect },
	{ "ask by UDP", JAIL_CONNECT, false, act_udp },
	{ "ask by UDP over IPv6", JAIL_CONNECT, false, act_udp6 },
	{ "open a connection by sending", 0, false, act_send_open },
	{ "connect an inherited socket", JAIL_CONNECT, false, act_connect_loose },
	{ "make a UNIX socket", 0, false, act_unix },
	{ "make a raw socket", 0, false, act_raw },
	{ "make a packet socket", 0, false, act_packet },
	{ "make a netlink socket", 0, false, act_netlink },
	{ "bind", 0, false, act_bind },
	{ "listen", 0, false, act_listen },
	{ "accept", JAIL_ACCEPT, false, act_accept },
	{ "fork", JAIL_FORK, false, act_fork },
	{ "start a thread", JAIL_THREADS | JAIL_FORK, false, act_thread },
	{ "map memory to run", 0, false, act_run_memory },
	{ "make memory run", 0, false, act_run_written },
	{ "run a program", 0, false, act_exec },
	{ "run a program by descriptor", 0, false, act_exec_file },
	{ "trace", 0, false, act_trace },
	{ "signal another", JAIL_FORK, false, act_kill },
	{ "signal another's thread", JAIL_FORK, false, act_kill_thread },
	{ "queue a signal", 0, false, act_queue_signal },
	{ "read another's memory", 0, false, act_read_memory },
	{ "hold another process", 0, false, act_pidfd },
	{ "take another's descriptor", 0, false, act_pidfd_take },
	{ "allow dumps again", JAIL_FORK, false, act_undump },
	{ "change user", 0, false, act_setuid },
	{ "unshare", 0, false, act_unshare },
	{ "enter a namespace", 0, false, act_setns },
	{ "mount", 0, false, act_mount },
	{ "change root", 0, false, act_chroot },
	{ "load BPF", 0, false, act_bpf },
	{ "watch performance", 0, false, act_perf },
	{ "handle faults", 0, false, act_userfault },
	{ "use io_uring", 0, false, act_io_uring },
	{ "use the kernel's keys", 0, false, act_keys },
	{ "change personality", 0, false, act_personality },
	{ "chmod by name", 0, false, act_chmod },
	{ "chown", 0, false, act_chown },
	{ "make a symbolic link", 0, false, act_symlink },
	{ "make a device", 0, false, act_mknod },
	{ "open by handle", 0, false, act_handle },
	{ "watch files", 0, false, act_notify },
	{ "type into a terminal", 0, false, act_type_in },
	{ "send signals by descriptor", 0, false, act_own_signal },
	{ "share System V memory", 0, false, act_share_memory },
	{ "load a module", 0, false, act_modules },
	{ "set the clock", 0, false, act_clock },
	{ "set limits", JAIL_FORK, false, act_limit },
	{ "log", 0, true, act_log },
	{ "send a long message", 0, true, act_memory_file },
	{ "take memory", 0, true, act_much_memory },
};
const int cage_n_acts = (int)(sizeof cage_acts / sizeof cage_acts[0]);
