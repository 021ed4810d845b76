/* inject: makes a running process call the kernel, so that its real jail answers and not a copy of it.
 * usage: inject PID, then lines on standard input: NUMBER ARG…, where an argument is a decimal number, or @ and hex bytes
 * that are put into the process, the argument being where. Prints the result of each: negative is an errno.
 *
 * For test/cage.py, on x86-64 alone. The process is left as it was found. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BELOW = 64 << 10, LINE = 8192 }; /* bytes of the stack that are left alone */

static _Noreturn void
give_up(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(1);
}

#ifdef __x86_64__
static void
stopped(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		give_up("the process ended");
}

/* Stopped inside a system call: then the instruction before is the one that calls. */
static void
hold(pid_t pid, struct user_regs_struct *regs)
{
	for (int i = 0; i < 1000; i++) {
		if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
			give_up("interrupt");
		stopped(pid);
		if (ptrace(PTRACE_GETREGS, pid, NULL, regs) < 0)
			give_up("registers");
		if ((long long)regs->orig_rax >= 0 && (ptrace(PTRACE_PEEKTEXT, pid, regs->rip - 2, NULL) & 0xffff) == 0x050f)
			return;
		if (ptrace(PTRACE_CONT, pid, NULL, NULL) < 0)
			give_up("go on");
		usleep(1000);
	}
	give_up("it is never in a system call");
}

static long long
call(pid_t pid, const struct user_regs_struct *from, long nr, const unsigned long long a[6])
{
	struct user_regs_struct regs = *from;

	regs.rax = (unsigned long long)nr;
	regs.orig_rax = UINT64_MAX;
	regs.rip = from->rip - 2;
	regs.rdi = a[0], regs.rsi = a[1], regs.rdx = a[2], regs.r10 = a[3], regs.r8 = a[4], regs.r9 = a[5];
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0)
		give_up("registers");
	do {
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) < 0)
			give_up("step");
		stopped(pid);
		if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
			give_up("registers");
	} while (regs.rip != from->rip);
	return (long long)regs.rax;
}

/* Bytes into the stack far below what is in use. */
static unsigned long long
put(pid_t pid, unsigned long long *at, const char *hex)
{
	uint8_t bytes[LINE / 2];
	size_t n = 0;
	unsigned value;

	for (; n < sizeof bytes && sscanf(hex + 2 * n, "%2x", &value) == 1; n++)
		bytes[n] = (uint8_t)value;
	*at = (*at - n) & ~15ULL;
	if (n && process_vm_writev(pid, &(struct iovec){ bytes, n }, 1, &(struct iovec){ (void *)*at, n }, 1, 0) != (ssize_t)n)
		give_up("write its memory");
	return *at;
}

int
main(int argc, char **argv)
{
	pid_t pid = argc == 2 ? atoi(argv[1]) : 0;
	struct user_regs_struct regs;
	char line[LINE];

	if (!pid || ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		give_up("trace");
	hold(pid, &regs);
	while (fgets(line, sizeof line, stdin)) {
		unsigned long long a[6] = { 0 }, room = regs.rsp - BELOW;
		char *word = strtok(line, " \n");
		long nr = word ? atol(word) : -1;

		for (int i = 0; i < 6 && (word = strtok(NULL, " \n")); i++)
			a[i] = word[0] == '@' ? put(pid, &room, word + 1) : strtoull(word, NULL, 10);
		printf("%lld\n", call(pid, &regs, nr, a));
		fflush(stdout);
	}
	/* the call that was interrupted is made again */
	regs.rip -= 2;
	regs.rax = regs.orig_rax;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0 || ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
		give_up("let go");
	return 0;
}
#else
int
main(void)
{
	errno = ENOTSUP;
	give_up("on this processor");
}
#endif
