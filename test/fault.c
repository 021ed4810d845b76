#include "test/fault.h"

#include "base/cx.h"
#include "test/lost.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const fault_names[FAULTS] = { "none", "once", "full", "cut", "torn", "lost", "some", "gate", "memory", "arena" };

enum { PATH = LOST_PATH };
enum kind { READ, WRITE, SYNC, OPEN, MAKE };

static struct {
	bool armed, over, struck, unsynced, writing_part;
	enum fault_how how;
	long k, seen;
	uint64_t seed;
	char root[PATH];
	size_t n_root;
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

void
fault_lose(void)
{
	if (keeps_track())
		lost_now(f.how == FAULT_SOME, chance);
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
	lost_begin(root);
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
	if (ours && keeps_track())
		lost_write(path, fd, p, n, placed ? at : (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR));
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
		if (f.how == FAULT_GATE)
			lost_doom(path);
		/* SQLite does not say that it could not sync its own directory; that one is made sure of when it is made */
		if (!strcmp(strrchr(path, '/'), "/db"))
			f.unsynced = false;
		errno = EIO;
		return -1;
	}
	if (ours)
		lost_sync(path);
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
	if (ours && keeps_track())
		lost_cut_off(path, fd, size);
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
		lost_make(path);
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

int
libc_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	char a[PATH], b[PATH];
	bool ours = path_at(from_dir, from, a) && path_at(to_dir, to, b);
	int r;

	if (ours && strikes(MAKE))
		return -1;
	if (!ours || !keeps_track())
		return (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
	lost_unmake(b);
	r = (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
	lost_move(a, b);
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
		lost_make(b);
	return r;
}

int
libc_unlinkat(int dir, const char *name, int flags)
{
	char path[PATH];
	bool ours = path_at(dir, name, path);

	/* taking away takes no room; it is counted with the opening of files */
	if (ours && strikes(OPEN)) {
		errno = EIO;
		return -1;
	}
	if (ours && keeps_track())
		lost_unmake(path);
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
}
