/* buf: text that grows inside a turn's arena. Used for everything that is written out. */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include "base/cx.h"

struct buf { struct arena *a; char *p; ptrdiff_t n, cap; };

struct buf buf_new(struct cx *);
/* What has been written so far; valid until the next put. */
struct str buf_str(const struct buf *);
void buf_put(struct buf *, struct str);
void buf_char(struct buf *, char);
void buf_int(struct buf *, int64_t);
__attribute__((format(printf, 2, 3)))
void buf_fmt(struct buf *, const char *fmt, ...);
/* n bytes to be filled in by the caller, already counted. */
char *buf_room(struct buf *, ptrdiff_t n);
#endif
