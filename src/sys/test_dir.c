#include "sys/test_dir.h"

#include "base/test.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROOM = 96 }; /* a socket's address has no more room than this for what is below */

static char path[ROOM];

struct made { char path[ROOM]; int fd; pid_t owner; };

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
	const char *below = getenv("TMPDIR");

	EXPECT(snprintf(path, sizeof path, "%s/tocsin-test-XXXXXX", below ? below : "/tmp") < ROOM);
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
