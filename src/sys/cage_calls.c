/* What a caged process asks of the kernel. */
#include "sys/cage_acts.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PASSES(...) cage_passed(syscall(__VA_ARGS__))

static void *
page(int prot)
{
	return mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

bool cage_act_run_mapped(struct cage *c) { (void)c; return page(PROT_READ | PROT_EXEC) != MAP_FAILED; }

bool
cage_act_run_written(struct cage *c)
{
	void *p = page(PROT_READ | PROT_WRITE);

	(void)c;
	return p == MAP_FAILED || mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0 ||
	    PASSES(SYS_pkey_mprotect, p, 4096L, PROT_READ | PROT_EXEC, -1);
}

bool
cage_act_run_file(struct cage *c)
{
	int fd = memfd_create("x", MFD_CLOEXEC);
	bool did = fd < 0 || write(fd, "\xc3", 1) != 1 ||
	    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED;

	(void)c;
	if (fd >= 0)
		close(fd);
	return did;
}

bool cage_act_personality(struct cage *c) { (void)c; return PASSES(SYS_personality, 0xffffffffL); }
bool cage_act_dumpable(struct cage *c) { (void)c; return PASSES(SYS_prctl, PR_SET_DUMPABLE, 99, 0, 0, 0); }

bool
cage_act_filter(struct cage *c)
{
	(void)c;
	return PASSES(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL);
}

bool
cage_act_limits(struct cage *c)
{
	struct rlimit r;

	(void)c;
	return getrlimit(RLIMIT_NOFILE, &r) == 0 && setrlimit(RLIMIT_NOFILE, &r) == 0;
}

bool
cage_act_capabilities(struct cage *c)
{
	struct __user_cap_header_struct who = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct all[_LINUX_CAPABILITY_U32S_3];

	(void)c;
	memset(all, 0xff, sizeof all);
	return syscall(SYS_capset, &who, all) == 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0) == 0;
}

bool
cage_act_user(struct cage *c)
{
	(void)c;
	return PASSES(SYS_setuid, -1) || PASSES(SYS_setgid, -1) || PASSES(SYS_setresuid, -1, -1, -1) ||
	    PASSES(SYS_setresgid, -1, -1, -1) || PASSES(SYS_setgroups, -1, NULL) || PASSES(SYS_setfsuid, -1);
}

bool
cage_act_unshare(struct cage *c)
{
	(void)c;
	return PASSES(SYS_unshare, -1) || PASSES(SYS_setns, -1, 0);
}

bool
cage_act_mount(struct cage *c)
{
	(void)c;
	return PASSES(SYS_mount, NULL, NULL, NULL, 0, NULL) || PASSES(SYS_umount2, NULL, -1) ||
	    PASSES(428, -1, NULL, -1) ||
	    PASSES(429, -1, NULL, -1, NULL, 0) || PASSES(430, NULL, -1) || PASSES(432, -1, -1, -1) ||
	    PASSES(442, -1, NULL, -1, NULL, 0);
}

bool cage_act_bpf(struct cage *c) { (void)c; return PASSES(SYS_bpf, -1, NULL, 0); }
bool cage_act_perf(struct cage *c) { (void)c; return PASSES(SYS_perf_event_open, NULL, 0, 0, -1, 0); }
bool cage_act_userfault(struct cage *c) { (void)c; return PASSES(SYS_userfaultfd, -1); }

bool
cage_act_io_uring(struct cage *c)
{
	(void)c;
	return PASSES(425, 0, NULL) || PASSES(426, -1, 0, 0, 0, NULL, 0) || PASSES(427, -1, -1, NULL, 0);
}

bool
cage_act_keyring(struct cage *c)
{
	(void)c;
	return PASSES(SYS_keyctl, -1, 0, 0, 0, 0) || PASSES(SYS_add_key, NULL, NULL, NULL, 0, 0) ||
	    PASSES(SYS_request_key, NULL, NULL, NULL, 0);
}

bool cage_act_handle(struct cage *c) { (void)c; return PASSES(SYS_open_by_handle_at, -1, NULL, 0); }

bool
cage_act_notice(struct cage *c)
{
	(void)c;
	return PASSES(SYS_inotify_init1, -1) || PASSES(SYS_fanotify_init, -1, 0);
}

bool
cage_act_terminal(struct cage *c)
{
	(void)c;
	return PASSES(SYS_ioctl, -1, (long)TIOCSTI, NULL) || PASSES(SYS_ioctl, -1, (long)TIOCLINUX, NULL) ||
	    PASSES(SYS_ioctl, -1, (long)TIOCSCTTY, NULL) || PASSES(SYS_setsid) || PASSES(SYS_vhangup);
}

bool
cage_act_sysv(struct cage *c)
{
	(void)c;
	return PASSES(SYS_shmget, 0L, -1L, 0) || PASSES(SYS_shmat, -1, NULL, 0) || PASSES(SYS_msgget, 0L, -1) ||
	    PASSES(SYS_semget, 0L, -1, -1) || PASSES(SYS_mq_open, NULL, -1, 0, NULL);
}

bool
cage_act_module(struct cage *c)
{
	(void)c;
	return PASSES(SYS_init_module, NULL, 0, NULL) || PASSES(SYS_finit_module, -1, NULL, -1) ||
	    PASSES(SYS_delete_module, NULL, -1) || PASSES(SYS_kexec_load, 0L, -1L, NULL, -1L);
}

bool
cage_act_clock(struct cage *c)
{
	(void)c;
	return PASSES(SYS_clock_settime, -1, NULL) || PASSES(SYS_settimeofday, NULL, NULL) ||
	    PASSES(SYS_adjtimex, NULL) ||
	    PASSES(SYS_sethostname, NULL, -1);
}

bool
cage_act_power(struct cage *c)
{
	(void)c;
	return PASSES(SYS_reboot, 0, 0, 0, NULL) || PASSES(SYS_swapon, NULL, -1) ||
	    PASSES(SYS_quotactl, -1, NULL, 0, NULL) ||
	    PASSES(SYS_acct, "");
}

bool cage_act_log(struct cage *c) { (void)c; return write(2, "", 0) == 0; }

bool
cage_act_memory_file(struct cage *c)
{
	int fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	bool did = fd >= 0 && write(fd, "x", 1) == 1 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0;

	(void)c;
	if (fd >= 0)
		close(fd);
	return did;
}

bool
cage_act_much_memory(struct cage *c)
{
	char *p = malloc(64 << 20);

	(void)c;
	if (p)
		p[12345] = 1;
	free(p);
	return p != NULL;
}
