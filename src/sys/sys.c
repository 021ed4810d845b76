#include "sys/sys.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
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

void
sys_turn(struct cx *cx)
{
	cx->now = sys_now();
	cx->boot = sys_boot();
	cx->chance = sys_chance;
}
