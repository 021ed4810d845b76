#include "sys/sys.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static void
from_kernel(void *p, size_t n)
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

/* What the kernel gave and nobody has had yet: a report takes chance thirty times. The page is empty in a process that is
 * forked, by the kernel's own promise, so that no two give the same; what was given out is wiped. */
struct chance { size_t left; uint8_t bytes[4096 - sizeof(size_t)]; };

static struct chance *
chance_page(void)
{
	static struct chance *page;
	static bool tried;

	if (!tried) {
		tried = true;
		page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page != MAP_FAILED && madvise(page, sizeof *page, MADV_WIPEONFORK) != 0)
			munmap(page, sizeof *page), page = MAP_FAILED;
	}
	return page == MAP_FAILED ? NULL : page;
}

void
sys_chance(void *p, size_t n)
{
	enum { AT_ONCE = 512 };
	struct chance *c = n <= 64 ? chance_page() : NULL;

	if (!c) {
		from_kernel(p, n);
		return;
	}
	if (c->left < n) {
		from_kernel(c->bytes, AT_ONCE);
		c->left = AT_ONCE;
	}
	c->left -= n;
	memcpy(p, c->bytes + c->left, n);
	explicit_bzero(c->bytes + c->left, n);
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
