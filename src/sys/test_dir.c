#include "sys/test_dir.h"

#include "base/test.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static char path[64];

struct made { char path[64]; int fd; pid_t owner; };

static int
take_away(const char *name, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(name);
}

static void
made_end(void *arg)
{
	struct made *m = arg;

	close(m->fd);
	if (m->owner == getpid())
		nftw(m->path, take_away, 16, FTW_DEPTH | FTW_PHYS);
}

int
test_dir(struct cx *cx)
{
	struct made *m = NEW(cx, struct made, 1);

	snprintf(path, sizeof path, "/tmp/tocsin-test-XXXXXX");
	EXPECT(mkdtemp(path) != NULL);
	memcpy(m->path, path, sizeof path);
	m->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	EXPECT(m->fd >= 0);
	m->owner = getpid();
	cx_defer(cx, made_end, m);
	return m->fd;
}

const char *
test_dir_path(void)
{
	return path;
}
