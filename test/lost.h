/* lost: what a power cut would take away: bytes that were written and not synced, names whose directory was not. It is told of
 * each such change just before it happens (of a new name and of a move just after), and of each sync; then it can undo what none
 * has made sure of. Used by fault alone. */
#ifndef TEST_LOST_H
#define TEST_LOST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LOST_PATH = 512 };

/* Nothing is unsure below `root`. */
void lost_begin(const char *root);
void lost_write(const char *path, int fd, const void *p, size_t n, off_t at);
void lost_cut_off(const char *path, int fd, off_t size);
void lost_make(const char *path);
void lost_unmake(const char *path);
void lost_move(const char *from, const char *to);
/* A file's content, or a directory's names, are on the disk. */
void lost_sync(const char *path);
/* The sync of a file failed: what was written to it is lost unless it is written once more. */
void lost_doom(const char *path);
/* The cut: all is undone, or with `some` each write is or is not, by chance. The files must have been closed. */
void lost_now(bool some, uint64_t (*chance)(void));
#endif
