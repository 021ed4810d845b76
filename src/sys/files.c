#include "sys/files_part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

_Static_assert(FILES_HERE == AT_FDCWD, "the system's own name for the working directory");

enum err
(files_fail)(struct cx *cx, int number, const char *deed, struct str name)
{
	const char *why = strerrordesc_np(number);
	enum err e;

	switch (number) {
	case ENOENT: case ENOTDIR: e = ERR_NOT_FOUND; break;
	case EACCES: case EPERM: case EROFS: case ELOOP: case EXDEV: e = ERR_DENIED; break;
	case EEXIST: case ENOTEMPTY: e = ERR_CONFLICT; break;
	case ENOSPC: case EDQUOT: case EFBIG: e = ERR_NO_ROOM; break;
	case EMFILE: case ENFILE: case ENOMEM: case EAGAIN: case EADDRINUSE: e = ERR_BUSY; break;
	case ENAMETOOLONG: e = ERR_TOO_BIG; break;
	default: e = ERR_BROKEN;
	}
	return fail(cx, e, "cannot %s %.*s: %s", deed, F(name), why ? why : "unknown reason");
}

void
files_let_go(void *arg)
{
	struct files_held *h = arg;

	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}

struct files_held *
files_hold(struct cx *cx)
{
	struct files_held *h = NEW(cx, struct files_held, 1);

	h->fd = -1;
	cx_defer(cx, files_let_go, h);
	return h;
}

void
files_close_later(struct cx *cx, int fd)
{
	files_hold(cx)->fd = fd;
}

static bool
piece_ok(struct str piece)
{
	return piece.n && !str_eq(piece, S(".")) && !str_eq(piece, S(".."));
}

/* One piece at a time and never through a link: what stays below is then plain, and needs no recent kernel. */
static enum err
walk(struct cx *cx, struct files_place *at, struct str name, int flags)
{
	struct str piece, rest = name;

	while (str_cut(rest, '/', &piece, &rest)) {
		const char *z = str_z(cx, piece);
		int fd;

		if (!piece_ok(piece))
			return fail(cx, ERR_DENIED, "%.*s is not a name below a directory", F(name));
		fd = openat(at->dir, z, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return files_fail(cx, errno, "open", name);
		files_let_go(at->parent);
		at->dir = at->parent->fd = fd;
	}
	if (!piece_ok(piece) && !str_eq(name, S(".")))
		return fail(cx, ERR_DENIED, "%.*s is not a name below a directory", F(name));
	at->last = str_z(cx, piece);
	return OK;
}

enum err
files_find(struct cx *cx, int dir, struct str name, bool sync, struct files_place *out)
{
	int flags = sync ? O_RDONLY : O_PATH;
	ptrdiff_t slash = -1;

	*out = (struct files_place){ files_hold(cx), dir, NULL, dir != FILES_HERE };
	if (!name.n || memchr(name.p, 0, (size_t)name.n))
		return fail(cx, ERR_DENIED, "that is not the name of a file");
	if (out->beneath)
		return walk(cx, out, name, flags);
	while (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	for (ptrdiff_t i = 0; i < name.n; i++)
		if (name.p[i] == '/')
			slash = i;
	out->last = slash + 1 == name.n ? "." : str_z(cx, str_sub(name, slash + 1, name.n));
	if (slash < 0 && !sync)
		return OK;
	const char *above = slash < 0 ? "." : slash == 0 ? "/" : str_z(cx, str_sub(name, 0, slash));
	out->parent->fd = open(above, flags | O_DIRECTORY | O_CLOEXEC);
	if (out->parent->fd < 0)
		return files_fail(cx, errno, "open the directory of", name);
	out->dir = out->parent->fd;
	return OK;
}

int
files_open_last(const struct files_place *at, int flags, mode_t mode)
{
	return openat(at->dir, at->last, flags | (at->beneath ? O_NOFOLLOW : 0) | O_CLOEXEC | O_NOCTTY, mode);
}

static enum err
open_held(struct cx *cx, int dir, struct str name, int flags, mode_t mode, struct files_held **out)
{
	struct files_held *h = files_hold(cx);
	struct files_place at;

	TRY(files_find(cx, dir, name, false, &at));
	h->fd = files_open_last(&at, flags, mode);
	if (h->fd < 0)
		return files_fail(cx, errno, flags & O_CREAT ? "make" : "open", name);
	files_let_go(at.parent);
	*out = h;
	return OK;
}

enum err
files_open(struct cx *cx, int dir, struct str name, int flags, mode_t mode, int *fd)
{
	struct files_held *h;

	TRY(open_held(cx, dir, name, flags, mode, &h));
	*fd = h->fd;
	return OK;
}

enum err
files_open_dir(struct cx *cx, int dir, struct str name, int *fd)
{
	struct files_held *h;

	TRY(open_held(cx, dir, name, O_RDONLY | O_DIRECTORY, 0, &h));
	*fd = h->fd;
	h->fd = -1;
	return OK;
}

static enum err
read_held(struct cx *cx, const struct files_held *h, struct str name, ptrdiff_t limit, struct str *out)
{
	struct stat st;
	ptrdiff_t at = 0;
	char *p;

	if (fstat(h->fd, &st) < 0)
		return files_fail(cx, errno, "look at", name);
	if (!S_ISREG(st.st_mode))
		return fail(cx, ERR_DENIED, "%.*s is not a regular file", F(name));
	if (st.st_size > limit)
		return fail(cx, ERR_TOO_BIG, "%.*s has more than %td bytes", F(name), limit);
	p = NEW(cx, char, st.st_size);
	while (at < st.st_size) {
		ssize_t n = read(h->fd, p + at, (size_t)(st.st_size - at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return files_fail(cx, errno, "read", name);
		if (n == 0)
			break;
		at += n;
	}
	*out = (struct str){ p, at };
	return OK;
}

enum err
files_read(struct cx *cx, int dir, struct str name, ptrdiff_t limit, struct str *out)
{
	struct files_held *h;

	/* O_NONBLOCK: a pipe that lies in the way must not hold us up */
	TRY(open_held(cx, dir, name, O_RDONLY | O_NONBLOCK, 0, &h));
	TRY(read_held(cx, h, name, limit, out));
	files_let_go(h);
	return OK;
}

enum err
files_read_secret(struct cx *cx, int dir, struct str name, ptrdiff_t limit, struct str *out)
{
	struct files_held *h;
	struct stat st;

	TRY(open_held(cx, dir, name, O_RDONLY | O_NONBLOCK, 0, &h));
	if (fstat(h->fd, &st) < 0)
		return files_fail(cx, errno, "look at", name);
	if (st.st_mode & 077)
		return fail(cx, ERR_DENIED, "%.*s can be reached by others (mode %03o): make it 0600", F(name),
		    (unsigned)st.st_mode & 0777);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fail(cx, ERR_DENIED, "%.*s belongs to another user", F(name));
	TRY(read_held(cx, h, name, limit, out));
	files_let_go(h);
	return OK;
}

enum err
files_piece(struct cx *cx, int fd, int64_t from, ptrdiff_t most, struct str *out)
{
	char *p = arena_room(&cx->a, 1, most);
	ssize_t got;

	for (*out = (struct str){ p, 0 }; out->n < most; out->n += got) {
		got = pread(fd, p + out->n, (size_t)(most - out->n), from + out->n);
		if (got < 0 && errno != EINTR)
			return files_fail(cx, errno, "read", S("a file"));
		if (got == 0)
			break;
		if (got < 0)
			got = 0;
	}
	return OK;
}

static void
unmap(void *arg)
{
	struct str *s = arg;

	if (s->n)
		munmap((void *)(uintptr_t)s->p, (size_t)s->n);
}

enum err
files_map(struct cx *cx, int dir, struct str name, struct str *out)
{
	struct str *seen = NEW(cx, struct str, 1);
	struct files_held *h;
	struct stat st;
	void *p;

	cx_defer(cx, unmap, seen);
	TRY(open_held(cx, dir, name, O_RDONLY | O_NONBLOCK, 0, &h));
	if (fstat(h->fd, &st) < 0)
		return files_fail(cx, errno, "look at", name);
	if (!S_ISREG(st.st_mode))
		return fail(cx, ERR_DENIED, "%.*s is not a regular file", F(name));
	*out = S("");
	if (st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, h->fd, 0);
		if (p == MAP_FAILED)
			return files_fail(cx, errno, "read", name);
		*out = *seen = (struct str){ p, st.st_size };
	}
	files_let_go(h);
	return OK;
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
dir_close(void *arg)
{
	DIR **d = arg;

	if (*d)
		closedir(*d);
}

enum err
files_list(struct cx *cx, int dir, struct str name, struct str **out, ptrdiff_t *n)
{
	struct found { struct str name; struct found *next; } *all = NULL, *f;
	DIR **d = NEW(cx, DIR *, 1);
	struct dirent *entry;
	ptrdiff_t count = 0;
	struct files_held *h;

	cx_defer(cx, dir_close, d);
	TRY(open_held(cx, dir, name, O_RDONLY | O_DIRECTORY, 0, &h));
	if (!(*d = fdopendir(h->fd)))
		return files_fail(cx, errno, "list", name);
	h->fd = -1;
	while (errno = 0, (entry = readdir(*d))) {
		struct str s = str_of(entry->d_name);

		if (str_eq(s, S(".")) || str_eq(s, S("..")))
			continue;
		f = NEW(cx, struct found, 1);
		*f = (struct found){ str_copy(cx, s), all };
		all = f;
		count++;
	}
	if (errno)
		return files_fail(cx, errno, "list", name);
	closedir(*d);
	*d = NULL;
	*out = NEW(cx, struct str, count);
	*n = count;
	for (f = all; f; f = f->next)
		(*out)[--count] = f->name;
	qsort(*out, (size_t)*n, sizeof **out, by_bytes);
	return OK;
}

static enum err
look_at(struct cx *cx, int dir, struct str name, struct stat *st)
{
	struct files_place at;

	TRY(files_find(cx, dir, name, false, &at));
	if (fstatat(at.dir, at.last, st, at.beneath ? AT_SYMLINK_NOFOLLOW : 0) < 0)
		return files_fail(cx, errno, "look at", name);
	files_let_go(at.parent);
	return S_ISREG(st->st_mode) ? OK : fail(cx, ERR_NOT_FOUND, "%.*s is not a regular file", F(name));
}

enum err
files_size(struct cx *cx, int dir, struct str name, int64_t *out)
{
	struct stat st;

	TRY(look_at(cx, dir, name, &st));
	*out = st.st_size;
	return OK;
}

enum err
files_time(struct cx *cx, int dir, struct str name, when *out)
{
	struct stat st;

	TRY(look_at(cx, dir, name, &st));
	*out = st.st_mtim.tv_sec * SECOND + st.st_mtim.tv_nsec / 1000;
	return OK;
}

enum err
files_room(struct cx *cx, int dir, int64_t *out)
{
	struct statvfs v;

	if (fstatvfs(dir, &v) < 0)
		return files_fail(cx, errno, "measure", S("the file system"));
	*out = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
	return OK;
}

enum err
files_lock(struct cx *cx, int dir, int *fd)
{
	struct files_held *h;
	char text[24];
	struct str who;
	ssize_t n;

	TRY(open_held(cx, dir, S("lock"), O_RDWR | O_CREAT, 0600, &h));
	if (flock(h->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return files_fail(cx, errno, "lock", S("the data directory"));
		n = pread(h->fd, text, sizeof text, 0);
		who = str_trim((struct str){ text, n < 0 ? 0 : n });
		return fail(cx, ERR_BUSY, "another tocsin serves this directory (process %.*s)",
		    F(who.n ? who : S("unknown")));
	}
	n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(h->fd, 0) < 0 || pwrite(h->fd, text, (size_t)n, 0) != n)
		return files_fail(cx, errno, "write", S("lock"));
	*fd = h->fd;
	h->fd = -1;
	return OK;
}

enum err
files_unsynced(struct cx *cx, int number, const char *what, struct str name)
{
	const char *why = strerrordesc_np(number);

	return fail(cx, ERR_SYNC, "%s%.*s may not have reached the disk: %s", what, F(name), why ? why : "unknown reason");
}

enum err
files_sync(struct cx *cx, int fd, struct str name)
{
	return fsync(fd) == 0 ? OK : files_unsynced(cx, errno, "", name);
}
