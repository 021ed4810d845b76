#include "test/fault.h"

#include "base/cx.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const fault_names[FAULTS] = { "none", "once", "full", "cut", "torn", "lost", "some", "gate", "memory", "arena" };

enum { PATH = 512, MOST = 4096 };
enum kind { READ, WRITE, SYNC, OPEN, MAKE };

/* Something that no sync has made sure of yet, and how to undo it. */
struct unsure {
	enum { WROTE, CUT_OFF, MADE, UNMADE, MOVED } what;
	char path[PATH], other[PATH];   /* other: where a name is kept that was taken away; MOVED: the old name */
	off_t at, size;                 /* size: of the file before */
	size_t n, had;                  /* had: of `was`, for a write may go past the end */
	char *is, *was;
	bool doomed;                    /* the sync of it failed: none will help any more */
};

static struct {
	bool armed, over, struck, unsynced, writing_part;
	enum fault_how how;
	long k, seen;
	uint64_t seed;
	char root[PATH];
	size_t n_root;
	struct unsure unsure[MOST];
	int n, kept;
} f;

static uint64_t
chance(void)
{
	f.seed ^= f.seed << 13, f.seed ^= f.seed >> 7, f.seed ^= f.seed << 17;
	return f.seed;
}

static bool
below(const char *path)
{
	return f.armed && !strncmp(path, f.root, f.n_root);
}

static bool
path_of_fd(int fd, char out[PATH])
{
	char link[64];
	long n;

	if (!f.armed)
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = syscall(SYS_readlink, link, out, PATH - 1);
	if (n < 0)
		return false;
	out[n] = 0;
	return below(out);
}

static bool
path_at(int dir, const char *name, char out[PATH])
{
	char above[PATH];

	if (name[0] == '/')
		snprintf(out, PATH, "%s", name);
	else if (dir == AT_FDCWD || !path_of_fd(dir, above))
		return false;
	else
		snprintf(out, PATH, "%.250s/%.250s", above, name);
	return below(out);
}

static int
number_of(enum kind kind)
{
	if (f.how == FAULT_FULL)
		return ENOSPC;
	if (kind == OPEN)
		return f.seed & 1 ? EMFILE : EIO;
	return f.seed & 1 && (kind == WRITE || kind == MAKE) ? ENOSPC : EIO;
}

/* Does this call fail? */
static bool
strikes(enum kind kind)
{
	bool takes_room = kind == WRITE || kind == MAKE, hit;

	if (f.how >= FAULT_MEMORY)
		return false;
	if (f.over) {
		errno = EIO;
		return true;
	}
	if ((f.how == FAULT_FULL && !takes_room) || (f.how == FAULT_GATE && kind != SYNC))
		return false;
	f.seen++;
	hit = f.how != FAULT_NONE && (f.how == FAULT_FULL ? f.seen >= f.k : f.seen == f.k);
	if (!hit)
		return false;
	f.struck = true;
	f.unsynced |= kind == SYNC;
	f.over = f.how >= FAULT_CUT && f.how <= FAULT_SOME;
	f.writing_part = f.how == FAULT_TORN && kind == WRITE;
	errno = f.over ? EIO : number_of(kind);
	return true;
}

static bool
keeps_track(void)
{
	return f.how == FAULT_LOST || f.how == FAULT_SOME || f.how == FAULT_GATE;
}

static struct unsure *
unsure_new(int what, const char *path)
{
	struct unsure *u;

	if (f.n == MOST)
		abort();
	u = &f.unsure[f.n++];
	*u = (struct unsure){ .what = what };
	snprintf(u->path, PATH, "%s", path);
	return u;
}

/* A second name for what is about to lose its own. */
static void
keep_aside(const char *path, char out[PATH])
{
	snprintf(out, PATH, "%.400s.kept-%d", f.root, f.kept++);
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
	*u = f.unsure[--f.n];
}

static void
drop(int i)
{
	struct unsure gone = f.unsure[i];

	/* order matters for what stays */
	memmove(&f.unsure[i], &f.unsure[i + 1], (size_t)(f.n - i - 1) * sizeof gone);
	f.unsure[f.n - 1] = gone;
	forget(&f.unsure[f.n - 1]);
}

/* What is written once more, from its beginning on, will be brought to the disk after all. */
static void
written_again(const char *path, size_t n, off_t at)
{
	for (int i = f.n - 1; i >= 0; i--) {
		struct unsure *u = &f.unsure[i];
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

static void
remember(const char *path, int fd, const void *p, size_t n, off_t at)
{
	struct unsure *u;
	struct stat st;
	long had;

	if (!keeps_track())
		return;
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

/* A file's content, or a directory's names, are on the disk. */
static void
sure(const char *path)
{
	size_t n = strlen(path);

	for (int i = f.n - 1; i >= 0; i--) {
		struct unsure *u = &f.unsure[i];
		bool name = u->what >= MADE;
		const char *slash = strrchr(u->path, '/');

		if (name ? (size_t)(slash - u->path) == n && !strncmp(u->path, path, n) : !u->doomed && !strcmp(u->path, path))
			drop(i);
	}
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
fault_lose(void)
{
	bool some = f.how == FAULT_SOME;

	for (int i = f.n - 1; i >= 0 && keeps_track(); i--)
		if (!some || f.unsure[i].what < MADE)
			undo(&f.unsure[i]);
	for (int i = 0; i < f.n && some; i++)
		if (f.unsure[i].what < MADE && chance() % 2)
			redo(&f.unsure[i]);
	while (f.n)
		forget(&f.unsure[f.n - 1]);
}

void
fault_arm(const char *root, enum fault_how how, long k, uint64_t seed)
{
	f.armed = true;
	f.over = f.struck = f.unsynced = false;
	f.how = how;
	f.k = k;
	f.seen = 0;
	f.seed = seed * 2654435761u + 88172645463325252u;
	f.n_root = (size_t)snprintf(f.root, PATH, "%s", root);
}

void fault_calm(void) { f.k = 0; }
long fault_disarm(void) { return f.armed = false, f.seen; }
bool fault_struck(void) { return f.struck; }
bool fault_unsynced(void) { return f.unsynced; }

/* The names of libc. Those by which large files are meant are what sources compiled with 64-bit offsets call. */
ssize_t libc_write(int, const void *, size_t) __asm__("write");
ssize_t libc_read(int, void *, size_t) __asm__("read");
ssize_t libc_pwrite(int, const void *, size_t, off_t) __asm__("pwrite64");
ssize_t libc_pread(int, void *, size_t, off_t) __asm__("pread64");
int libc_fsync(int) __asm__("fsync");
int libc_fdatasync(int) __asm__("fdatasync");
int libc_ftruncate(int, off_t) __asm__("ftruncate64");
int libc_open(const char *, int, ...) __asm__("open64");
int libc_open_2(const char *, int) __asm__("__open64_2");
int libc_openat(int, const char *, int, ...) __asm__("openat64");
int libc_openat_2(int, const char *, int) __asm__("__openat64_2");
int libc_renameat(int, const char *, int, const char *) __asm__("renameat");
int libc_linkat(int, const char *, int, const char *, int) __asm__("linkat");
int libc_unlinkat(int, const char *, int) __asm__("unlinkat");
int libc_unlink(const char *) __asm__("unlink");
int libc_mkdirat(int, const char *, mode_t) __asm__("mkdirat");

static ssize_t
put(int fd, const void *p, size_t n, off_t at, bool placed)
{
	char path[PATH];
	bool ours = path_of_fd(fd, path);

	f.writing_part = false;
	if (ours && strikes(WRITE)) {
		if (f.writing_part && n > 1)
			(void)syscall(placed ? SYS_pwrite64 : SYS_write, fd, p, 1 + chance() % (n - 1), at);
		errno = f.over ? EIO : number_of(WRITE);
		return -1;
	}
	if (ours)
		remember(path, fd, p, n, placed ? at : (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR));
	return syscall(placed ? SYS_pwrite64 : SYS_write, fd, p, n, at);
}

ssize_t libc_write(int fd, const void *p, size_t n) { return put(fd, p, n, 0, false); }
ssize_t libc_pwrite(int fd, const void *p, size_t n, off_t at) { return put(fd, p, n, at, true); }

ssize_t
libc_read(int fd, void *p, size_t n)
{
	char path[PATH];

	return path_of_fd(fd, path) && strikes(READ) ? -1 : syscall(SYS_read, fd, p, n);
}

ssize_t
libc_pread(int fd, void *p, size_t n, off_t at)
{
	char path[PATH];

	return path_of_fd(fd, path) && strikes(READ) ? -1 : syscall(SYS_pread64, fd, p, n, at);
}

static int
sync_fd(int fd, long call)
{
	char path[PATH];
	bool ours = path_of_fd(fd, path);

	if (ours && strikes(SYNC)) {
		for (int i = 0; i < f.n; i++)
			f.unsure[i].doomed |= f.how == FAULT_GATE && f.unsure[i].what == WROTE && !strcmp(f.unsure[i].path, path);
		/* SQLite does not say that it could not sync its own directory; that one is made sure of when it is made */
		if (!strcmp(strrchr(path, '/'), "/db"))
			f.unsynced = false;
		errno = EIO;
		return -1;
	}
	if (ours)
		sure(path);
	return (int)syscall(call, fd);
}

int libc_fsync(int fd) { return sync_fd(fd, SYS_fsync); }
int libc_fdatasync(int fd) { return sync_fd(fd, SYS_fdatasync); }

int
libc_ftruncate(int fd, off_t size)
{
	char path[PATH];
	bool ours = path_of_fd(fd, path);

	if (ours && strikes(WRITE))
		return -1;
	if (ours && keeps_track()) {
		struct unsure *u;
		struct stat st;

		fstat(fd, &st);
		u = unsure_new(CUT_OFF, path);
		u->at = size;
		u->size = st.st_size;
		u->n = st.st_size > size ? (size_t)(st.st_size - size) : 0;
		u->was = malloc(u->n + 1);
		u->had = u->n && syscall(SYS_pread64, fd, u->was, u->n, size) > 0 ? u->n : 0;
	}
	return (int)syscall(SYS_ftruncate, fd, size);
}

static int
open_any(int dir, const char *name, int flags, mode_t mode)
{
	char path[PATH];
	struct stat st;
	bool ours = path_at(dir, name, path), there = ours && stat(path, &st) == 0;
	int fd;

	if (ours && strikes(flags & O_CREAT && !there ? MAKE : OPEN))
		return -1;
	fd = (int)syscall(SYS_openat, dir, name, flags, mode);
	if (fd >= 0 && ours && !there && flags & O_CREAT && keeps_track())
		unsure_new(MADE, path);
	return fd;
}

static mode_t
mode_of(int flags, va_list ap)
{
	return flags & O_CREAT ? va_arg(ap, mode_t) : 0;
}

int
libc_openat(int dir, const char *name, int flags, ...)
{
	va_list ap;
	int fd;

	va_start(ap, flags);
	fd = open_any(dir, name, flags, mode_of(flags, ap));
	va_end(ap);
	return fd;
}

int
libc_open(const char *name, int flags, ...)
{
	va_list ap;
	int fd;

	va_start(ap, flags);
	fd = open_any(AT_FDCWD, name, flags, mode_of(flags, ap));
	va_end(ap);
	return fd;
}

int libc_open_2(const char *name, int flags) { return open_any(AT_FDCWD, name, flags, 0); }
int libc_openat_2(int dir, const char *name, int flags) { return open_any(dir, name, flags, 0); }

static void
rename_unsure(const char *from, const char *to)
{
	for (int i = 0; i < f.n; i++)
		if (f.unsure[i].what < MADE && !strcmp(f.unsure[i].path, from))
			snprintf(f.unsure[i].path, PATH, "%s", to);
}

int
libc_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	char a[PATH], b[PATH], kept[PATH];
	bool ours = path_at(from_dir, from, a) && path_at(to_dir, to, b);
	int r;

	if (ours && strikes(MAKE))
		return -1;
	if (!ours || !keeps_track())
		return (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
	keep_aside(b, kept);
	r = (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
	if (kept[0])
		snprintf(unsure_new(UNMADE, b)->other, PATH, "%s", kept);
	snprintf(unsure_new(MOVED, b)->other, PATH, "%s", a);
	rename_unsure(a, b);
	return r;
}

int
libc_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	char b[PATH];
	bool ours = path_at(to_dir, to, b);
	int r;

	if (ours && strikes(MAKE))
		return -1;
	r = (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
	if (ours && r == 0 && keeps_track())
		unsure_new(MADE, b);
	return r;
}

int
libc_unlinkat(int dir, const char *name, int flags)
{
	char path[PATH], kept[PATH];
	bool ours = path_at(dir, name, path);

	/* taking away takes no room; it is counted with the opening of files */
	if (ours && strikes(OPEN)) {
		errno = EIO;
		return -1;
	}
	if (ours && keeps_track()) {
		keep_aside(path, kept);
		if (kept[0])
			snprintf(unsure_new(UNMADE, path)->other, PATH, "%s", kept);
	}
	return (int)syscall(SYS_unlinkat, dir, name, flags);
}

int libc_unlink(const char *name) { return libc_unlinkat(AT_FDCWD, name, 0); }

int
libc_mkdirat(int dir, const char *name, mode_t mode)
{
	char path[PATH];

	return path_at(dir, name, path) && strikes(MAKE) ? -1 : (int)syscall(SYS_mkdirat, dir, name, mode);
}

/* Memory. */
static sqlite3_mem_methods real;

static bool
no_memory(void)
{
	if (!f.armed || f.how != FAULT_MEMORY || ++f.seen != f.k)
		return false;
	return f.struck = true;
}

static void *sqlite_take(int n) { return no_memory() ? NULL : real.xMalloc(n); }
static void *sqlite_more(void *p, int n) { return no_memory() ? NULL : real.xRealloc(p, n); }
static void *json_take(size_t n) { return no_memory() ? NULL : malloc(n); }

void *__real_arena_take(struct arena *, ptrdiff_t, ptrdiff_t);
void *__wrap_arena_take(struct arena *, ptrdiff_t, ptrdiff_t);

void *
__wrap_arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t n)
{
	if (f.armed && f.how == FAULT_ARENA && ++f.seen == f.k) {
		f.struck = true;
		return __real_arena_take(a, size, PTRDIFF_MAX / size); /* more than there is: it jumps */
	}
	return __real_arena_take(a, size, n);
}

void
fault_begin(void)
{
	sqlite3_mem_methods mine;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
	mine = real;
	mine.xMalloc = sqlite_take;
	mine.xRealloc = sqlite_more;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
	json_set_alloc_funcs(json_take, free);
}
