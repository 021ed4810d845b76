/* The key folder's own backup, and what is remembered of either. */
#include "desk/backup.h"

#include "base/code.h"
#include <fcntl.h>
#include <sys/stat.h>

enum { KEY_MOST = 4096 };

/* The nearest folder on the way to `path` that is there. */
static enum err
nearest(struct cx *cx, struct str path, int *dir)
{
	for (;;) {
		enum err e = files_open_dir(cx, FILES_HERE, path.n ? path : S("."), dir);
		ptrdiff_t cut = path.n - 1;

		if (e != ERR_NOT_FOUND || !path.n)
			return e;
		while (cut > 0 && path.p[cut] != '/')
			cut--;
		path = cut > 0 || path.p[0] != '/' ? str_sub(path, 0, cut < 0 ? 0 : cut) : S("/");
	}
}

enum err
backup_place(struct cx *cx, struct desk *d, struct str path)
{
	struct stat data, here, above;
	int64_t size;
	int dir, up;

	TRY(nearest(cx, path, &dir));
	files_close_later(cx, dir);
	if (fstat(d->dir, &data) || fstat(dir, &here))
		return fail(cx, ERR_BROKEN, "cannot look at %.*s", F(path));
	for (;;) {
		if (here.st_dev == data.st_dev && here.st_ino == data.st_ino)
			return fail(cx, ERR_CONFLICT, "%.*s lies in the data directory itself: it must go elsewhere", F(path));
		if (files_size(cx, dir, S("SHA256SUMS"), &size) == OK)
			return fail(cx, ERR_CONFLICT, "%.*s lies within a backup: it must go elsewhere", F(path));
		up = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (up < 0)
			return OK; /* what may not be looked at is nobody's data directory of ours */
		files_close_later(cx, up);
		if (fstat(up, &above))
			return fail(cx, ERR_BROKEN, "cannot look above %.*s", F(path));
		if (above.st_dev == here.st_dev && above.st_ino == here.st_ino)
			return OK;
		here = above;
		dir = up;
	}
}

static enum err
copy_folder(struct cx *cx, int from_dir, int to_dir, struct str folder)
{
	struct str *names, bytes;
	ptrdiff_t n;
	int from, to;

	TRY(files_open_dir(cx, from_dir, folder, &from));
	files_close_later(cx, from);
	TRY(files_make_dir(cx, to_dir, folder));
	TRY(files_open_dir(cx, to_dir, folder, &to));
	files_close_later(cx, to);
	TRY(files_list(cx, from, S("."), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		if (str_starts(names[i], S("."))) /* half written, by a process that is gone */
			continue;
		TRY(files_read_secret(cx, from, names[i], KEY_MOST, &bytes));
		TRY(files_create(cx, to, names[i], 0600, bytes));
	}
	return OK;
}

enum err
backup_keys_copy(struct cx *cx, int from, int to)
{
	TRY(copy_folder(cx, from, to, S("keys")));
	return copy_folder(cx, from, to, S("gate"));
}

enum err
backup_keys(struct cx *cx, struct desk *d, struct str path)
{
	struct folder f;
	enum err e;

	TRY(backup_place(cx, d, path));
	TRY(folder_begin(cx, path, &f));
	e = backup_keys_copy(cx, d->dir, f.at);
	if (e == OK)
		e = folder_end(cx, &f, S("keys"));
	if (e != OK)
		folder_undo(cx, &f);
	return e;
}

enum err
backup_keys_mark(struct cx *cx, struct desk *d, struct str *out)
{
	static const struct str folders[] = { { "keys", 4 }, { "gate", 4 } };
	struct buf b = buf_new(cx);
	struct str *names, bytes;
	struct hash h;
	ptrdiff_t n;

	for (ptrdiff_t k = 0; k < COUNT(folders); k++) {
		TRY(files_list(cx, d->dir, folders[k], &names, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			if (!str_ends(names[i], S(".key")))
				continue;
			TRY(files_read_secret(cx, d->dir, str_fmt(cx, "%.*s/%.*s", F(folders[k]), F(names[i])), KEY_MOST, &bytes));
			h = sha256(bytes);
			buf_fmt(&b, "%.*s %.*s\n", F(names[i]), F(hex_of(cx, h.b, 32)));
		}
	}
	h = sha256(buf_str(&b));
	*out = hex_of(cx, h.b, 4);
	return OK;
}

struct str
backup_note(struct cx *cx, struct str what, struct str where)
{
	char now[WHEN_TEXT];

	return str_fmt(cx, "%.*s %.*s %.*s", when_text(cx->now / SECOND * SECOND, now), now, F(what), F(where));
}

bool
backup_note_read(struct str note, when *at, struct str *what, struct str *where)
{
	struct moment m;
	struct str time;

	if (!str_cut(note, ' ', &time, what) || !moment_read(time, &m) || m.to != EXACT || !str_cut(*what, ' ', what, where))
		return false;
	*at = m.at;
	return true;
}
