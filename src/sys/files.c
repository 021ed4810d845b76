#include "sys/files.h"

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
files_fail(struct cx *cx, int number, const char *deed, struct str name)
{
	const char *why = strerrordesc_np(number);
	enum err e;

	switch (number) {
	case ENOENT: case ENOTDIR: e = ERR_NOT_FOUND; break;
	case EACCES: case EPERM: case EROFS: case ELOOP: case EXDEV: e = ERR_DENIED; break;
	case EEXIST: case ENOTEMPTY: e = ERR_CONFLICT; break;
	case ENOSPC: case EDQUOT: case EFBIG: e = ERR_NO_ROOM; break;
	case EMFILE: case ENFILE: case ENOMEM: case EAGAIN: e = ERR_BUSY; break;
	case ENAMETOOLONG: e = ERR_TOO_BIG; break;
	default: e = ERR_BROKEN;
	}
	return fail(cx, e, "cannot %s %.*s: %s", deed, F(name), why ? why : "unknown reason");
}

/* A descriptor that the turn closes unless it has been closed or taken before. It is made before the descriptor is,
 * for making it may end the turn. */
struct held { int fd; };

static void
held_close(void *arg)
{
	struct held *h = arg;

	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}

static struct held *
hold(struct cx *cx)
{
	struct held *h = NEW(cx, struct held, 1);

	h->fd = -1;
	cx_defer(cx, held_close, h);
	return h;
}

void
files_close_later(struct cx *cx, int fd)
{
	hold(cx)->fd = fd;
}

/* The directory that a name's last piece stands in, opened unless it is the one that was given. */
struct place { struct held *parent; int dir; const char *last; bool beneath; };

static bool
piece_ok(struct str piece)
{
	return piece.n && !str_eq(piece, S(".")) && !str_eq(piece, S(".."));
}

/* One piece at a time and never through a link: what stays below is then plain, and needs no recent kernel. */
static enum err
walk(struct cx *cx, struct place *at, struct str name, int flags)
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
		held_close(at->parent);
		at->dir = at->parent->fd = fd;
	}
	if (!piece_ok(piece) && !str_eq(name, S(".")))
		return fail(cx, ERR_DENIED, "%.*s is not a name below a directory", F(name));
	at->last = str_z(cx, piece);
	return OK;
}

/* `sync`: the directory will be synced, for which it must be open for reading; otherwise finding it is enough. */
static enum err
find(struct cx *cx, int dir, struct str name, bool sync, struct place *out)
{
	int flags = sync ? O_RDONLY : O_PATH;
	ptrdiff_t slash = -1;

	*out = (struct place){ hold(cx), dir, NULL, dir != FILES_HERE };
	if (!name.n || memchr(name.p, 0, (size_t)name.n))
		return fail(cx, ERR_DENIED, "that is not the name of a file");
	if (out->beneath)
		return walk(cx, out, name, flags);
	for (ptrdiff_t i = 0; i < name.n; i++)
		if (name.p[i] == '/')
			slash = i;
	out->last = str_z(cx, str_sub(name, slash + 1, name.n));
	if (slash < 0 && !sync)
		return OK;
	const char *above = slash < 0 ? "." : slash == 0 ? "/" : str_z(cx, str_sub(name, 0, slash));
	out->parent->fd = open(above, flags | O_DIRECTORY | O_CLOEXEC);
	if (out->parent->fd < 0)
		return files_fail(cx, errno, "open the directory of", name);
	out->dir = out->parent->fd;
	return OK;
}

static int
open_last(const struct place *at, int flags, mode_t mode)
{
	return openat(at->dir, at->last, flags | (at->beneath ? O_NOFOLLOW : 0) | O_CLOEXEC | O_NOCTTY, mode);
}

static enum err
open_held(struct cx *cx, int dir, struct str name, int flags, mode_t mode, struct held **out)
{
	struct held *h = hold(cx);
	struct place at;

	TRY(find(cx, dir, name, false, &at));
	h->fd = open_last(&at, flags, mode);
	if (h->fd < 0)
		return files_fail(cx, errno, flags & O_CREAT ? "make" : "open", name);
	held_close(at.parent);
	*out = h;
	return OK;
}

enum err
files_open(struct cx *cx, int dir, struct str name, int flags, mode_t mode, int *fd)
{
	struct held *h;

	TRY(open_held(cx, dir, name, flags, mode, &h));
	*fd = h->fd;
	return OK;
}

enum err
files_open_dir(struct cx *cx, int dir, struct str name, int *fd)
{
	struct held *h;

	TRY(open_held(cx, dir, name, O_RDONLY | O_DIRECTORY, 0, &h));
	*fd = h->fd;
	h->fd = -1;
	return OK;
}

static enum err
read_held(struct cx *cx, const struct held *h, struct str name, ptrdiff_t limit, struct str *out)
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
	struct held *h;

	/* O_NONBLOCK: a pipe that lies in the way must not hold us up */
	TRY(open_held(cx, dir, name, O_RDONLY | O_NONBLOCK, 0, &h));
	TRY(read_held(cx, h, name, limit, out));
	held_close(h);
	return OK;
}

enum err
files_read_secret(struct cx *cx, int dir, struct str name, ptrdiff_t limit, struct str *out)
{
	struct held *h;
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
	held_close(h);
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
	struct held *h;
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
	held_close(h);
	return OK;
}

static int
put_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, (size_t)bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes = str_sub(bytes, n, bytes.n);
	}
	return 0;
}

enum err
files_put(struct cx *cx, int fd, struct str bytes)
{
	int number = put_all(fd, bytes);

	return number ? files_fail(cx, number, "write", S("an open file")) : OK;
}

/* The content under a name that nobody else has, on the disk. The name is to be renamed or taken away. */
static enum err
put_aside(struct cx *cx, const struct place *at, struct str name, mode_t mode, struct str content, const char **aside)
{
	uint64_t tag;
	int fd, number;

	do {
		cx->chance(&tag, sizeof tag);
		*aside = str_z(cx, str_fmt(cx, ".%016llx.part", (unsigned long long)tag));
		fd = openat(at->dir, *aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0)
		return files_fail(cx, errno, "make a file beside", name);
	number = put_all(fd, content);
	if (!number && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		number = errno;
	if (close(fd) < 0 && !number)
		number = errno;
	if (!number)
		return OK;
	unlinkat(at->dir, *aside, 0);
	return files_fail(cx, number, "write", name);
}

enum err
files_write(struct cx *cx, int dir, struct str name, mode_t mode, struct str content)
{
	struct place at;
	const char *aside;

	TRY(find(cx, dir, name, true, &at));
	TRY(put_aside(cx, &at, name, mode, content, &aside));
	if (renameat(at.dir, aside, at.dir, at.last) < 0) {
		int number = errno;

		unlinkat(at.dir, aside, 0);
		return files_fail(cx, number, "replace", name);
	}
	if (fsync(at.dir) < 0)
		return files_fail(cx, errno, "sync the directory of", name);
	held_close(at.parent);
	return OK;
}

enum err
files_create(struct cx *cx, int dir, struct str name, mode_t mode, struct str content)
{
	struct place at;
	const char *aside;
	int number;

	TRY(find(cx, dir, name, true, &at));
	TRY(put_aside(cx, &at, name, mode, content, &aside));
	number = linkat(at.dir, aside, at.dir, at.last, 0) < 0 ? errno : 0;
	unlinkat(at.dir, aside, 0);
	if (number)
		return files_fail(cx, number, "make", name);
	if (fsync(at.dir) < 0)
		return files_fail(cx, errno, "sync the directory of", name);
	held_close(at.parent);
	return OK;
}

static enum err
append_held(struct cx *cx, const struct held *h, struct str name, struct str content)
{
	struct stat st;
	int number;

	if (fstat(h->fd, &st) < 0)
		return files_fail(cx, errno, "look at", name);
	number = put_all(h->fd, content);
	if (!number && fsync(h->fd) < 0)
		number = errno;
	if (!number)
		return OK;
	/* half of a line is worse than none */
	if (ftruncate(h->fd, st.st_size) < 0)
		return fail(cx, ERR_BROKEN, "%.*s is cut short: it could be neither written nor mended", F(name));
	return files_fail(cx, number, "append to", name);
}

enum err
files_append(struct cx *cx, int dir, struct str name, mode_t mode, struct str content)
{
	struct held *h = hold(cx);
	struct place at;
	bool made = false;

	TRY(find(cx, dir, name, true, &at));
	h->fd = open_last(&at, O_WRONLY | O_APPEND, 0);
	if (h->fd < 0 && errno == ENOENT) {
		made = true;
		h->fd = open_last(&at, O_WRONLY | O_APPEND | O_CREAT, mode);
	}
	if (h->fd < 0)
		return files_fail(cx, errno, "open", name);
	TRY(append_held(cx, h, name, content));
	held_close(h);
	if (made && fsync(at.dir) < 0)
		return files_fail(cx, errno, "sync the directory of", name);
	held_close(at.parent);
	return OK;
}

enum err
files_link(struct cx *cx, int from_dir, struct str from, int to_dir, struct str to)
{
	struct place a, b;

	TRY(find(cx, from_dir, from, false, &a));
	TRY(find(cx, to_dir, to, true, &b));
	if (linkat(a.dir, a.last, b.dir, b.last, 0) < 0)
		return files_fail(cx, errno, "link to", to);
	if (fsync(b.dir) < 0)
		return files_fail(cx, errno, "sync the directory of", to);
	held_close(a.parent);
	held_close(b.parent);
	return OK;
}

enum err
files_remove(struct cx *cx, int dir, struct str name)
{
	struct place at;
	enum err e = find(cx, dir, name, true, &at);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	if (unlinkat(at.dir, at.last, 0) < 0 && errno != ENOENT)
		return files_fail(cx, errno, "remove", name);
	if (fsync(at.dir) < 0)
		return files_fail(cx, errno, "sync the directory of", name);
	held_close(at.parent);
	return OK;
}

static enum err
make_one(struct cx *cx, int dir, struct str name)
{
	struct place at;

	TRY(find(cx, dir, name, true, &at));
	if (mkdirat(at.dir, at.last, 0700) == 0) {
		if (fsync(at.dir) < 0)
			return files_fail(cx, errno, "sync the directory of", name);
	} else if (errno == EEXIST) {
		struct stat st;

		if (fstatat(at.dir, at.last, &st, at.beneath ? AT_SYMLINK_NOFOLLOW : 0) < 0)
			return files_fail(cx, errno, "look at", name);
		if (!S_ISDIR(st.st_mode))
			return fail(cx, ERR_CONFLICT, "%.*s is there, but it is not a directory", F(name));
	} else {
		return files_fail(cx, errno, "make the directory", name);
	}
	held_close(at.parent);
	return OK;
}

enum err
files_make_dir(struct cx *cx, int dir, struct str name)
{
	while (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	for (ptrdiff_t i = 1; i < name.n; i++)
		if (name.p[i] == '/' && name.p[i - 1] != '/')
			TRY(make_one(cx, dir, str_sub(name, 0, i)));
	return make_one(cx, dir, name);
}

enum err
files_sync_dir(struct cx *cx, int dir)
{
	return fsync(dir) < 0 ? files_fail(cx, errno, "sync", S("a directory")) : OK;
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
	struct held *h;

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

enum err
files_size(struct cx *cx, int dir, struct str name, int64_t *out)
{
	struct place at;
	struct stat st;

	TRY(find(cx, dir, name, false, &at));
	if (fstatat(at.dir, at.last, &st, at.beneath ? AT_SYMLINK_NOFOLLOW : 0) < 0)
		return files_fail(cx, errno, "look at", name);
	held_close(at.parent);
	if (!S_ISREG(st.st_mode))
		return fail(cx, ERR_NOT_FOUND, "%.*s is not a regular file", F(name));
	*out = st.st_size;
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
	struct held *h;
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
files_sync(struct cx *cx, int fd)
{
	return fsync(fd) == 0 ? OK : files_fail(cx, errno, "write", S("an upload"));
}
