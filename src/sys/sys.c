#include "sys/sys.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

static when
read_clock(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) < 0)
		abort();
	return (when)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

when
sys_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

when
sys_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

void
sys_chance(void *p, size_t n)
{
	char *at = p;

	while (n) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		at += got;
		n -= (size_t)got;
	}
}

int
sys_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		abort();
	if (r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &r) < 0 && getrlimit(RLIMIT_NOFILE, &r) < 0)
			abort();
	}
	return r.rlim_cur < INT_MAX ? (int)r.rlim_cur : INT_MAX;
}

void
sys_turn(struct cx *cx)
{
	cx->now = sys_now();
	cx->boot = sys_boot();
	cx->chance = sys_chance;
}
