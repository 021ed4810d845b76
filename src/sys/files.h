/* files: everything that is done with files, so that it is done durably and so that a name is never a way out.
 * Called by keys, vault, setup, command line. What says it is durable is on the disk when the call returns, its name
 * included. Errors name the file and say why: ERR_NOT_FOUND, ERR_DENIED, ERR_CONFLICT (it is there already),
 * ERR_NO_ROOM (disk or quota full), ERR_TOO_BIG (past the caller's limit), ERR_BUSY (out of descriptors or memory),
 * ERR_SYNC (the system could not bring it to the disk; asking again would be answered by a lie, so whoever keeps the
 * journal ends, and what starts next believes only what it writes anew).
 *
 * Every call takes `dir`, the descriptor of a directory, and a name below it: relative, no "..", no symbolic link
 * anywhere on the way (each piece is opened by itself and without following); another name is ERR_DENIED. "." is the
 * directory itself. FILES_HERE takes any path as the system does: for paths that the operator gave, never for a name
 * from outside. */
#ifndef SYS_FILES_H
#define SYS_FILES_H
#include "base/cx.h"
#include <sys/types.h>

enum { FILES_HERE = -100 };

/* Open; closed at the end of the turn. `flags` as for open(2); O_CLOEXEC and O_NOCTTY are added. */
MUST_CHECK enum err files_open(struct cx *, int dir, struct str name, int flags, mode_t mode, int *fd);
/* Open a directory; the caller keeps it, or closes it. */
MUST_CHECK enum err files_open_dir(struct cx *, int dir, struct str name, int *fd);
/* Close at the end of the turn a descriptor that was opened elsewhere. */
void files_close_later(struct cx *, int fd);

/* The whole of a regular file, at most `limit` bytes. */
MUST_CHECK enum err files_read(struct cx *, int dir, struct str name, ptrdiff_t limit, struct str *out);
/* The same for a key: ERR_DENIED if anybody but its owner may read or write it, or if its owner is neither we nor
 * root. */
MUST_CHECK enum err files_read_secret(struct cx *, int dir, struct str name, ptrdiff_t limit, struct str *out);
/* A regular file of any size, seen without being read into the arena; gone at the end of the turn, or at the cx_back
 * of an older mark. Whoever cuts the file off meanwhile ends the process: for the command line. */
MUST_CHECK enum err files_map(struct cx *, int dir, struct str name, struct str *out);
/* At most `most` bytes of an open file from a place on; fewer only at its end. */
MUST_CHECK enum err files_piece(struct cx *, int fd, int64_t from, ptrdiff_t most, struct str *out);
/* All bytes to an open descriptor. */
MUST_CHECK enum err files_put(struct cx *, int fd, struct str bytes);

/* What was put is on the disk. */
MUST_CHECK enum err files_sync(struct cx *, int fd, struct str name);
/* Write a file's bytes once more where they stand, and sync them: after a sync that failed in another process this is
 * what can be believed. OK if there is no such file. */
MUST_CHECK enum err files_renew(struct cx *, int dir, struct str name);

/* Replace or create: readers see the old or the new content, never less; durable. */
MUST_CHECK enum err files_write(struct cx *, int dir, struct str name, mode_t mode, struct str content);
/* Create what must not be there yet (ERR_CONFLICT); complete or absent, durable. */
MUST_CHECK enum err files_create(struct cx *, int dir, struct str name, mode_t mode, struct str content);
/* Append, creating if need be; durable. One writer: appends of two processes do not mix, but may come in any
 * order. */
MUST_CHECK enum err files_append(struct cx *, int dir, struct str name, mode_t mode, struct str content);
/* A second name for a file, in another directory of the same file system; the new name is durable. */
MUST_CHECK enum err files_link(struct cx *, int from_dir, struct str from, int to_dir, struct str to);
/* Take a name away, durably. OK if there is none: so that a deletion can be finished after a crash. */
MUST_CHECK enum err files_remove(struct cx *, int dir, struct str name);
/* Make a directory and those above it, mode 0700, durable; what is there already stays as it is. */
MUST_CHECK enum err files_make_dir(struct cx *, int dir, struct str name);
/* The directory's entries are on the disk. */
MUST_CHECK enum err files_sync_dir(struct cx *, int dir);

/* The names in a directory without "." and "..", sorted by bytes. */
MUST_CHECK enum err files_list(struct cx *, int dir, struct str name, struct str **out, ptrdiff_t *n);
/* Size in bytes; ERR_NOT_FOUND if there is no regular file of that name. */
MUST_CHECK enum err files_size(struct cx *, int dir, struct str name, int64_t *out);
/* When it was last written; ERR_NOT_FOUND likewise. */
MUST_CHECK enum err files_time(struct cx *, int dir, struct str name, when *out);
/* Bytes that may still be written on the file system of an open directory. */
MUST_CHECK enum err files_room(struct cx *, int dir, int64_t *out);

/* Hold a data directory for this process alone, by its file "lock". ERR_BUSY names the process that holds it. The
 * descriptor is kept for as long as the directory is served; children that inherit it hold it too. */
MUST_CHECK enum err files_lock(struct cx *, int dir, int *fd);

/* The error for an errno: "cannot <deed> <name>: why". For modules that must call the system themselves. */
MUST_CHECK enum err files_fail(struct cx *, int number, const char *deed, struct str name);
#define files_fail(...) err_sure(files_fail(__VA_ARGS__))
#endif
