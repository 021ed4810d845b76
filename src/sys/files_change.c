#include "sys/files_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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
put_aside(struct cx *cx, const struct files_place *at, struct str name, mode_t mode, struct str content,
    const char **aside)
{
	bool unsynced = false;
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
	if (!number && fchmod(fd, mode) < 0)
		number = errno;
	if (!number && (unsynced = fsync(fd) < 0))
		number = errno;
	if (close(fd) < 0 && !number)
		number = errno;
	if (!number)
		return OK;
	unlinkat(at->dir, *aside, 0);
	return unsynced ? files_unsynced(cx, number, "", name) : files_fail(cx, number, "write", name);
}

enum err
files_write(struct cx *cx, int dir, struct str name, mode_t mode, struct str content)
{
	struct files_place at;
	const char *aside;

	TRY(files_find(cx, dir, name, true, &at));
	TRY(put_aside(cx, &at, name, mode, content, &aside));
	if (renameat(at.dir, aside, at.dir, at.last) < 0) {
		int number = errno;

		unlinkat(at.dir, aside, 0);
		return files_fail(cx, number, "replace", name);
	}
	if (fsync(at.dir) < 0)
		return files_unsynced(cx, errno, "the directory of ", name);
	files_let_go(at.parent);
	return OK;
}

enum err
files_create(struct cx *cx, int dir, struct str name, mode_t mode, struct str content)
{
	struct files_place at;
	const char *aside;
	int number;

	TRY(files_find(cx, dir, name, true, &at));
	TRY(put_aside(cx, &at, name, mode, content, &aside));
	number = linkat(at.dir, aside, at.dir, at.last, 0) < 0 ? errno : 0;
	unlinkat(at.dir, aside, 0);
	if (number)
		return files_fail(cx, number, "make", name);
	if (fsync(at.dir) < 0)
		return files_unsynced(cx, errno, "the directory of ", name);
	files_let_go(at.parent);
	return OK;
}

static enum err
append_held(struct cx *cx, const struct files_held *h, struct str name, struct str content)
{
	struct stat st;
	int number;

	if (fstat(h->fd, &st) < 0)
		return files_fail(cx, errno, "look at", name);
	number = put_all(h->fd, content);
	if (!number)
		return files_sync(cx, h->fd, name);
	/* half of a line is worse than none */
	if (ftruncate(h->fd, st.st_size) < 0)
		return fail(cx, ERR_BROKEN, "%.*s is cut short: it could be neither written nor mended", F(name));
	return files_fail(cx, number, "append to", name);
}

enum err
files_append(struct cx *cx, int dir, struct str name, mode_t mode, struct str content)
{
	struct files_held *h = files_hold(cx);
	struct files_place at;
	bool made = false;

	TRY(files_find(cx, dir, name, true, &at));
	h->fd = files_open_last(&at, O_WRONLY | O_APPEND, 0);
	if (h->fd < 0 && errno == ENOENT) {
		made = true;
		h->fd = files_open_last(&at, O_WRONLY | O_APPEND | O_CREAT, mode);
	}
	if (h->fd < 0)
		return files_fail(cx, errno, "open", name);
	TRY(append_held(cx, h, name, content));
	files_let_go(h);
	if (made && fsync(at.dir) < 0)
		return files_unsynced(cx, errno, "the directory of ", name);
	files_let_go(at.parent);
	return OK;
}

enum err
files_link(struct cx *cx, int from_dir, struct str from, int to_dir, struct str to)
{
	struct files_place a, b;

	TRY(files_find(cx, from_dir, from, false, &a));
	TRY(files_find(cx, to_dir, to, true, &b));
	if (linkat(a.dir, a.last, b.dir, b.last, 0) < 0)
		return files_fail(cx, errno, "link to", to);
	if (fsync(b.dir) < 0)
		return files_unsynced(cx, errno, "the directory of ", to);
	files_let_go(a.parent);
	files_let_go(b.parent);
	return OK;
}

enum err
files_remove(struct cx *cx, int dir, struct str name)
{
	struct files_place at;
	enum err e = files_find(cx, dir, name, true, &at);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	if (unlinkat(at.dir, at.last, 0) < 0 && errno != ENOENT)
		return files_fail(cx, errno, "remove", name);
	if (fsync(at.dir) < 0)
		return files_unsynced(cx, errno, "the directory of ", name);
	files_let_go(at.parent);
	return OK;
}

static enum err
make_one(struct cx *cx, int dir, struct str name)
{
	struct files_place at;

	TRY(files_find(cx, dir, name, true, &at));
	if (mkdirat(at.dir, at.last, 0700) == 0) {
		if (fsync(at.dir) < 0)
			return files_unsynced(cx, errno, "the directory of ", name);
	} else if (errno == EEXIST) {
		struct stat st;

		if (fstatat(at.dir, at.last, &st, at.beneath ? AT_SYMLINK_NOFOLLOW : 0) < 0)
			return files_fail(cx, errno, "look at", name);
		if (!S_ISDIR(st.st_mode))
			return fail(cx, ERR_CONFLICT, "%.*s is there, but it is not a directory", F(name));
	} else {
		return files_fail(cx, errno, "make the directory", name);
	}
	files_let_go(at.parent);
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
files_renew(struct cx *cx, int dir, struct str name)
{
	enum { PIECE = 256 << 10 };
	struct mark m = cx_mark(cx);
	off_t at = 0;
	char *piece;
	ssize_t n;
	int fd;
	enum err e = files_open(cx, dir, name, O_RDWR, 0, &fd);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	piece = NEW(cx, char, PIECE);
	for (; (n = pread(fd, piece, PIECE, at)) > 0; at += n)
		if (pwrite(fd, piece, (size_t)n, at) != n)
			return files_fail(cx, errno, "write once more", name);
	if (n < 0)
		return files_fail(cx, errno, "read", name);
	if (at > 0)
		TRY(files_sync(cx, fd, name));
	cx_back(cx, m);
	return OK;
}

enum err
files_sync_dir(struct cx *cx, int dir)
{
	return fsync(dir) < 0 ? files_unsynced(cx, errno, "", S("a directory")) : OK;
}
