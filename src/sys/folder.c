#include "sys/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART S("unfinished")

enum err
folder_begin(struct cx *cx, struct str path, struct folder *f)
{
	struct str *names;
	ptrdiff_t n;

	*f = (struct folder){ .path = path, .work = str_fmt(cx, "%.*s/%.*s", F(path), F(PART)) };
	f->made = files_list(cx, FILES_HERE, path, &names, &n) == ERR_NOT_FOUND;
	if (!f->made) {
		TRY(files_list(cx, FILES_HERE, path, &names, &n));
		for (ptrdiff_t i = 0; i < n; i++)
			if (str_eq(names[i], PART))
				return fail(cx, ERR_CONFLICT, "%.*s holds what was broken off before: delete the folder “%.*s” in it, and try again",
				    F(path), F(PART));
			else if (!str_eq(names[i], S("lost+found"))) /* of a volume of its own */
				return fail(cx, ERR_CONFLICT, "%.*s is not empty: “%.*s” is in it", F(path), F(names[i]));
	}
	TRY(files_make_dir(cx, FILES_HERE, path));
	TRY(files_open_dir(cx, FILES_HERE, path, &f->dir));
	files_close_later(cx, f->dir);
	TRY(files_make_dir(cx, f->dir, PART));
	TRY(files_open_dir(cx, f->dir, PART, &f->at));
	files_close_later(cx, f->at);
	return OK;
}

enum err
folder_sync(struct cx *cx, int dir)
{
	struct str *names;
	ptrdiff_t n;

	TRY(files_list(cx, dir, S("."), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct mark m = cx_mark(cx);
		struct stat st;
		int fd;

		if (fstatat(dir, str_z(cx, names[i]), &st, AT_SYMLINK_NOFOLLOW) < 0)
			return files_fail(cx, errno, "look at", names[i]);
		TRY(files_open(cx, dir, names[i], O_RDONLY, 0, &fd));
		TRY(S_ISDIR(st.st_mode) ? folder_sync(cx, fd) : files_sync(cx, fd, names[i]));
		cx_back(cx, m);
	}
	return files_sync_dir(cx, dir);
}

static enum err
move_up(struct cx *cx, struct folder *f, struct str name)
{
	const char *z = str_z(cx, name);

	return renameat(f->at, z, f->dir, z) == 0 ? OK : files_fail(cx, errno, "move up", name);
}

enum err
folder_end(struct cx *cx, struct folder *f, struct str last)
{
	struct str *names;
	ptrdiff_t n;

	TRY(folder_sync(cx, f->at));
	TRY(files_list(cx, f->at, S("."), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (!str_eq(names[i], last))
			TRY(move_up(cx, f, names[i]));
	TRY(files_sync_dir(cx, f->dir));
	TRY(move_up(cx, f, last));
	if (unlinkat(f->dir, str_z(cx, PART), AT_REMOVEDIR) < 0)
		return files_fail(cx, errno, "take away", PART);
	return files_sync_dir(cx, f->dir);
}

/* As far as it goes. */
static void
empty(struct cx *cx, int dir)
{
	struct str *names;
	ptrdiff_t n;
	int below;

	if (files_list(cx, dir, S("."), &names, &n) != OK)
		return;
	for (ptrdiff_t i = 0; i < n; i++) {
		struct mark m = cx_mark(cx);
		const char *z = str_z(cx, names[i]);

		if (unlinkat(dir, z, 0) < 0 && files_open(cx, dir, names[i], O_RDONLY | O_DIRECTORY, 0, &below) == OK) {
			empty(cx, below);
			unlinkat(dir, z, AT_REMOVEDIR);
		}
		cx_back(cx, m);
	}
}

void
folder_undo(struct cx *cx, struct folder *f)
{
	empty(cx, f->at);
	unlinkat(f->dir, str_z(cx, PART), AT_REMOVEDIR);
	if (f->made)
		rmdir(str_z(cx, f->path));
}
