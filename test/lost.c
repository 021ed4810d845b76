#include "test/lost.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH = LOST_PATH, MOST = 4096 };

/* Something that no sync has made sure of yet, and how to undo it. */
struct unsure {
	enum { WROTE, CUT_OFF, MADE, UNMADE, MOVED } what;
	char path[PATH], other[PATH];   /* other: where a name is kept that was taken away; MOVED: the old name */
	off_t at, size;                 /* size: of the file before */
	size_t n, had;                  /* had: of `was`, for a write may go past the end */
	char *is, *was;
	bool doomed;                    /* the sync of it failed: none will help any more */
};

static struct unsure all[MOST];
static int n_all, kept;
static char root[PATH];

static struct unsure *
unsure_new(int what, const char *path)
{
	struct unsure *u;

	if (n_all == MOST)
		abort();
	u = &all[n_all++];
	*u = (struct unsure){ .what = what };
	snprintf(u->path, PATH, "%s", path);
	return u;
}

/* A second name for what is about to lose its own. */
static void
keep_aside(const char *path, char out[PATH])
{
	snprintf(out, PATH, "%.400s.kept-%d", root, kept++);
	if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, out, 0) < 0)
		out[0] = 0;
}

static void
forget(struct unsure *u)
{
	if (u->other[0] && u->what != MOVED)
		syscall(SYS_unlink, u->other);
	free(u->is);
	free(u->was);
	*u = all[--n_all];
}

static void
drop(int i)
{
	struct unsure gone = all[i];

	/* order matters for what stays */
	memmove(&all[i], &all[i + 1], (size_t)(n_all - i - 1) * sizeof gone);
	all[n_all - 1] = gone;
	forget(&all[n_all - 1]);
}

/* What is written once more, from its beginning on, will be brought to the disk after all. */
static void
written_again(const char *path, size_t n, off_t at)
{
	for (int i = n_all - 1; i >= 0; i--) {
		struct unsure *u = &all[i];
		off_t end = at + (off_t)n;
		size_t part;

		if (!u->doomed || strcmp(u->path, path) != 0 || u->at < at || u->at >= end)
			continue;
		part = (size_t)(end - u->at);
		if (part >= u->n) {
			drop(i);
			continue;
		}
		u->at = end;
		u->n -= part;
		u->had = u->had > part ? u->had - part : 0;
		memmove(u->was, u->was + part, u->n);
	}
}

void
lost_begin(const char *where)
{
	while (n_all)
		forget(&all[n_all - 1]);
	if (where != root)
		snprintf(root, PATH, "%s", where);
}

void
lost_write(const char *path, int fd, const void *p, size_t n, off_t at)
{
	struct unsure *u;
	struct stat st;
	long had;

	written_again(path, n, at);
	u = unsure_new(WROTE, path);
	fstat(fd, &st);
	u->size = st.st_size;
	u->at = at;
	u->n = n;
	u->is = malloc(n + 1);
	u->was = malloc(n + 1);
	memcpy(u->is, p, n);
	had = syscall(SYS_pread64, fd, u->was, n, at);
	u->had = had < 0 ? 0 : (size_t)had;
}

void
lost_cut_off(const char *path, int fd, off_t size)
{
	struct unsure *u = unsure_new(CUT_OFF, path);
	struct stat st;

	fstat(fd, &st);
	u->at = size;
	u->size = st.st_size;
	u->n = st.st_size > size ? (size_t)(st.st_size - size) : 0;
	u->was = malloc(u->n + 1);
	u->had = u->n && syscall(SYS_pread64, fd, u->was, u->n, size) > 0 ? u->n : 0;
}

void
lost_make(const char *path)
{
	unsure_new(MADE, path);
}

void
lost_unmake(const char *path)
{
	char aside[PATH];

	keep_aside(path, aside);
	if (aside[0])
		snprintf(unsure_new(UNMADE, path)->other, PATH, "%s", aside);
}

static void
rename_unsure(const char *from, const char *to)
{
	for (int i = 0; i < n_all; i++)
		if (all[i].what < MADE && !strcmp(all[i].path, from))
			snprintf(all[i].path, PATH, "%s", to);
}

void
lost_move(const char *from, const char *to)
{
	snprintf(unsure_new(MOVED, to)->other, PATH, "%s", from);
	rename_unsure(from, to);
}

/* A file's content, or a directory's names, are on the disk. */
void
lost_sync(const char *path)
{
	size_t n = strlen(path);

	for (int i = n_all - 1; i >= 0; i--) {
		struct unsure *u = &all[i];
		bool name = u->what >= MADE;
		const char *slash = strrchr(u->path, '/');

		if (name ? (size_t)(slash - u->path) == n && !strncmp(u->path, path, n) : !u->doomed && !strcmp(u->path, path))
			drop(i);
	}
}

void
lost_doom(const char *path)
{
	for (int i = 0; i < n_all; i++)
		all[i].doomed |= all[i].what == WROTE && !strcmp(all[i].path, path);
}

static void
undo(const struct unsure *u)
{
	int fd;

	switch (u->what) {
	case WROTE: case CUT_OFF:
		if ((fd = (int)syscall(SYS_openat, AT_FDCWD, u->path, O_RDWR, 0)) < 0)
			return;
		memset(u->was + u->had, 0, u->n - u->had);
		if (syscall(SYS_pwrite64, fd, u->was, u->doomed ? u->n : u->had, u->at) < 0 ||
		    (!u->doomed && syscall(SYS_ftruncate, fd, u->size) < 0))
			abort();
		syscall(SYS_close, fd);
		return;
	case MADE:
		syscall(SYS_unlink, u->path);
		return;
	case MOVED:
		syscall(SYS_rename, u->path, u->other);
		return;
	case UNMADE:
		syscall(SYS_link, u->other, u->path);
		return;
	}
}

static void
redo(const struct unsure *u)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, u->path, O_RDWR, 0);

	if (fd < 0)
		return;
	if (u->what == WROTE && syscall(SYS_pwrite64, fd, u->is, u->n, u->at) < 0)
		abort();
	if (u->what == CUT_OFF && syscall(SYS_ftruncate, fd, u->at) < 0)
		abort();
	syscall(SYS_close, fd);
}

void
lost_now(bool some, uint64_t (*chance)(void))
{
	for (int i = n_all - 1; i >= 0; i--)
		if (!some || all[i].what < MADE)
			undo(&all[i]);
	for (int i = 0; i < n_all && some; i++)
		if (all[i].what < MADE && chance() % 2)
			redo(&all[i]);
	lost_begin(root);
}
