/* id: sixteen bytes that name something (a case, a person's pseudonym, a data key, a log). Used by every floor
 * above. */
#ifndef CORE_ID_H
#define CORE_ID_H
#include "base/cx.h"

struct id { uint8_t b[16]; };

/* A fresh one out of the turn's chance; never all zero. */
struct id id_new(struct cx *);
/* The first sixteen bytes of b, of which there must be at least as many. */
struct id id_of(const void *b);
bool id_eq(struct id, struct id);
/* All zero: "none", or the case of the system's own records. */
bool id_zero(struct id);
/* The bytes; valid as long as what is pointed at. */
struct str id_str(const struct id *);
/* 32 lower-case hex digits and back; reading takes exactly that length, either case. */
struct str id_hex(struct cx *, struct id);
bool id_read(struct str hex, struct id *out);
#endif
