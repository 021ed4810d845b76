/* id: sixteen bytes that name something (a case, a person's pseudonym, a data key, a log). Used by every floor
 * above. */
#ifndef CORE_ID_H
#define CORE_ID_H
#include "base/cx.h"

struct id { uint8_t b[16]; };

/* A fresh one out of the turn's chance; never all zero. */
struct id id_new(struct cx *);
/* A fresh one whose first six bytes are the turn's time, so that rows lie in an index in the order in which they came and
 * a commit writes few of its pages. For what is no secret and is not seen from outside. */
struct id id_next(struct cx *);
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
