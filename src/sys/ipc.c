#include "sys/ipc.h"

#include "sys/files.h"
#include "sys/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The byte before each message: it follows here, or in the file that came with it. It also keeps an empty message
 * apart from the end of the channel. */
enum { INLINE = 'm', IN_FILE = 'f' };
enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, BACKLOG = 64, ROOM = 1 << 20 };
enum { TYPE = SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK };

/* As much as the system lets us: many commands are in flight. Less is slower, never wrong. */
static void
widen(int fd)
{
	int room = ROOM;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

enum err
ipc_pair(struct cx *cx, int ends[2])
{
	if (socketpair(AF_UNIX, TYPE, 0, ends) < 0)
		return files_fail(cx, errno, "make", S("a channel"));
	widen(ends[0]);
	widen(ends[1]);
	return OK;
}

static void
close_file(void *fd)
{
	if (*(int *)fd >= 0)
		close(*(int *)fd);
	*(int *)fd = -1;
}

/* A socket's address holds 107 bytes. A longer path is reached through its directory, held open until the turn
 * ends. */
static enum err
address(struct cx *cx, struct str path, struct sockaddr_un *out)
{
	ptrdiff_t slash = -1;
	int *dir;

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path.n >= (ptrdiff_t)sizeof out->sun_path) {
		for (ptrdiff_t i = 0; i < path.n; i++)
			if (path.p[i] == '/')
				slash = i;
		dir = NEW(cx, int, 1);
		*dir = -1;
		cx_defer(cx, close_file, dir);
		if (slash > 0)
			*dir = open(str_z(cx, str_sub(path, 0, slash)), O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (*dir < 0)
			return files_fail(cx, slash > 0 ? errno : ENAMETOOLONG, "reach", path);
		path = str_fmt(cx, "/proc/self/fd/%d/%.*s", *dir, F(str_sub(path, slash + 1, path.n)));
		if (path.n >= (ptrdiff_t)sizeof out->sun_path)
			return files_fail(cx, ENAMETOOLONG, "reach", path);
	}
	memcpy(out->sun_path, path.p, (size_t)path.n);
	return OK;
}

enum err
ipc_listen(struct cx *cx, struct str path, int *fd)
{
	struct sockaddr_un at;
	struct stat st;
	mode_t mask;
	int s, bad = 0;

	TRY(address(cx, path, &at));
	if (lstat(at.sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(at.sun_path);
	s = socket(AF_UNIX, TYPE, 0);
	if (s < 0)
		return files_fail(cx, errno, "make", S("a socket"));
	mask = umask(0177); /* 0600 from its first moment */
	if (bind(s, (const struct sockaddr *)&at, sizeof at) < 0 || listen(s, BACKLOG) < 0)
		bad = errno;
	umask(mask);
	if (bad) {
		close(s);
		return files_fail(cx, bad, "listen at", path);
	}
	*fd = s;
	return OK;
}

enum err
ipc_connect(struct cx *cx, struct str path, int *fd)
{
	struct sockaddr_un at;
	int s, bad;

	TRY(address(cx, path, &at));
	s = socket(AF_UNIX, TYPE, 0);
	if (s < 0)
		return files_fail(cx, errno, "make", S("a socket"));
	if (connect(s, (const struct sockaddr *)&at, sizeof at) == 0) {
		widen(s);
		*fd = s;
		return OK;
	}
	bad = errno;
	close(s);
	if (bad == ECONNREFUSED || bad == ENOENT)
		return fail(cx, ERR_NOT_FOUND, "nobody serves at %.*s", F(path));
	return files_fail(cx, bad, "connect to", path);
}

enum ipc
ipc_accept(int listener, int *fd, struct ipc_peer *peer)
{
	struct ucred who;
	socklen_t n = sizeof who;
	int s;

	do
		s = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (s < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (s < 0)
		return errno == EAGAIN ? IPC_WAIT : IPC_BAD;
	if (getsockopt(s, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0) {
		close(s);
		return IPC_BAD;
	}
	widen(s);
	*peer = (struct ipc_peer){ who.uid, who.gid, who.pid };
	*fd = s;
	return IPC_OK;
}

/* A file in memory that can no longer change: the receiver need not fear that the sender alters what it has
 * checked. */
static int
seal(struct str message)
{
	int fd = memfd_create("tocsin message", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	while (fd >= 0 && message.n) {
		ssize_t n = write(fd, message.p, (size_t)message.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			close(fd);
			return -1;
		}
		message = str_sub(message, n, message.n);
	}
	if (fd >= 0 && fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum ipc
put(int fd, const struct msghdr *m)
{
	ssize_t n;

	do
		n = sendmsg(fd, m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return IPC_OK;
	switch (errno) {
	case EAGAIN: case ENOBUFS: case ENOMEM: case ETOOMANYREFS: return IPC_WAIT;
	case EPIPE: case ECONNRESET: case ENOTCONN: case ECONNREFUSED: return IPC_GONE;
	default: return IPC_BAD;
	}
}

/* Room for the one descriptor that may travel with a message, aligned as the kernel wants it. */
union control { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; };

static enum ipc
send_file(int fd, struct str message)
{
	char kind = IN_FILE;
	struct iovec v = { &kind, 1 };
	union control c = { .room = { 0 } };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = c.room, .msg_controllen = sizeof c.room };
	int file = seal(message);
	enum ipc is;

	if (file < 0)
		return IPC_BAD;
	c.head.cmsg_level = SOL_SOCKET;
	c.head.cmsg_type = SCM_RIGHTS;
	c.head.cmsg_len = CMSG_LEN(sizeof file);
	memcpy(CMSG_DATA(&c.head), &file, sizeof file);
	is = put(fd, &m);
	close(file);
	return is;
}

enum ipc
ipc_send(int fd, struct str message)
{
	char kind = INLINE;
	struct iovec v[2] = { { &kind, 1 }, { (void *)(uintptr_t)message.p, (size_t)message.n } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };

	if (message.n > IPC_MAX)
		return IPC_BAD;
	return message.n > IPC_INLINE ? send_file(fd, message) : put(fd, &m);
}

/* The descriptor that came along, or -1; any others are closed. */
static int
take_file(struct msghdr *m)
{
	int file = -1;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; CMSG_LEN((i + 1) * sizeof file) <= h->cmsg_len; i++) {
			if (file >= 0)
				close(file);
			memcpy(&file, CMSG_DATA(h) + i * sizeof file, sizeof file);
		}
	}
	return file;
}

static enum ipc
bad(struct cx *cx, const char *why)
{
	return fail(cx, ERR_BAD_INPUT, "a message between processes %s", why) ? IPC_BAD : IPC_OK;
}

static enum ipc
read_file(struct cx *cx, int file, struct str *message)
{
	struct stat st;
	ptrdiff_t at = 0;
	char *p;

	if (fcntl(file, F_GET_SEALS) != SEALS)
		return bad(cx, "can still be changed");
	if (fstat(file, &st) < 0 || st.st_size > IPC_MAX)
		return bad(cx, "is too long");
	p = NEW(cx, char, st.st_size);
	while (at < st.st_size) {
		ssize_t n = pread(file, p + at, (size_t)(st.st_size - at), at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return bad(cx, "cannot be read");
		at += n;
	}
	*message = (struct str){ p, at };
	return IPC_OK;
}

enum ipc
ipc_recv(struct cx *cx, int fd, struct str *message)
{
	char text[1 + IPC_INLINE];
	struct iovec v = { text, sizeof text };
	union control c;
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = c.room, .msg_controllen = sizeof c.room };
	int *file = NEW(cx, int, 1);
	enum ipc is;
	ssize_t n;

	*file = -1;
	text[0] = 0;
	cx_defer(cx, close_file, file);
	do
		n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? IPC_WAIT : IPC_GONE;
	*file = take_file(&m);
	if (n == 0) {
		close_file(file);
		return IPC_GONE; /* an empty packet is no message of ours either, but it may bring a descriptor */
	}
	if (text[0] == IN_FILE && n == 1 && *file >= 0) {
		is = read_file(cx, *file, message);
		close_file(file);
		return is;
	}
	close_file(file);
	if (text[0] != INLINE || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return bad(cx, "is not framed as ours are");
	*message = str_copy(cx, (struct str){ text + 1, n - 1 });
	return IPC_OK;
}

/* Wait until fd is ready for `events`; false when time is up. */
static bool
wait_for(int fd, short events, when until)
{
	for (;;) {
		when left = until - sys_boot();
		struct pollfd p = { fd, events, 0 };

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)((left < HOUR ? left : HOUR) / 1000 + 1)) > 0)
			return true;
	}
}

enum err
ipc_call(struct cx *cx, int fd, struct str message, when patience, struct str *answer)
{
	when until = sys_boot() + patience;
	enum ipc is;

	while ((is = ipc_send(fd, message)) == IPC_WAIT)
		if (!wait_for(fd, POLLOUT, until))
			return fail(cx, ERR_TIMEOUT, "the server takes no command");
	if (is == IPC_BAD)
		return fail(cx, ERR_TOO_BIG, "the command is too long to send");
	if (is == IPC_GONE)
		return fail(cx, ERR_BUSY, "the server went away");
	while ((is = ipc_recv(cx, fd, answer)) == IPC_WAIT)
		if (!wait_for(fd, POLLIN, until))
			return fail(cx, ERR_TIMEOUT, "the server does not answer");
	if (is == IPC_GONE)
		return fail(cx, ERR_BUSY, "the server went away before it answered");
	return is == IPC_OK ? OK : ERR_BROKEN;
}
