#include "main/systemd.h"

#include "sys/files.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST = 3 }; /* descriptor that is passed */

enum err
systemd_socket(struct cx *cx, int *fd)
{
	struct str whom = str_of(getenv("LISTEN_PID")), how_many = str_of(getenv("LISTEN_FDS"));
	int64_t pid = 0, n = 0;
	int listens = 0, type = 0;
	socklen_t size = sizeof listens;

	*fd = -1;
	if (!str_int(whom, &pid) || pid != getpid() || !str_int(how_many, &n) || n == 0)
		return OK;
	if (n != 1)
		return fail(cx, ERR_USAGE, "LISTEN_FDS: %lld sockets were passed, and one is wanted", (long long)n);
	if (getsockopt(FIRST, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) || !listens ||
	    getsockopt(FIRST, SOL_SOCKET, SO_TYPE, &type, &size) || type != SOCK_STREAM)
		return fail(cx, ERR_USAGE, "LISTEN_FDS: what was passed is no socket that listens (Accept=no, ListenStream=)");
	if (fcntl(FIRST, F_SETFD, FD_CLOEXEC) < 0)
		return files_fail(cx, errno, "keep", S("the socket that was passed"));
	*fd = FIRST;
	return OK;
}

enum err
systemd_open(struct cx *cx, int *fd)
{
	struct str path = str_of(getenv("NOTIFY_SOCKET"));
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t n;

	*fd = -1;
	if (!path.n)
		return OK;
	if (path.n >= (ptrdiff_t)sizeof at.sun_path || (path.p[0] != '/' && path.p[0] != '@'))
		return fail(cx, ERR_USAGE, "NOTIFY_SOCKET: “%.*s” is no socket's name", F(path));
	memcpy(at.sun_path, path.p, (size_t)path.n);
	if (path.p[0] == '@')
		at.sun_path[0] = 0; /* a name without a file */
	*fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return files_fail(cx, errno, "make", S("a line to the service manager"));
	files_close_later(cx, *fd);
	n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)path.n);
	if (connect(*fd, (struct sockaddr *)&at, n) < 0)
		return files_fail(cx, errno, "reach", path);
	return OK;
}

void
systemd_say(int fd, struct str words)
{
	if (fd >= 0 && send(fd, words.p, (size_t)words.n, MSG_NOSIGNAL) < 0)
		return; /* the manager is gone, and so will we be */
}
