/* chunk: the strict reader of `Transfer-Encoding: chunked`, called by http. Sizes are one to eight hexadecimal
 * digits; extensions and trailers are refused. The verdict does not depend on how the bytes were cut. */
#ifndef WEB_CHUNK_H
#define WEB_CHUNK_H
#include "base/err.h"

struct chunk { uint8_t step, digits; int64_t left; };

void chunk_begin(struct chunk *);
/* Take from the front of *in; *data is the next run of body bytes, empty when *in is used up or at the *end.
 * false: malformed. Call until *in is empty or *end. */
MUST_CHECK bool chunk_next(struct chunk *, struct str *in, struct str *data, bool *end);
#endif
