/* head: the strict reader of a request's head (RFC 9112), called by http as bytes arrive, by nobody else but tests.
 *
 * One pass, byte by byte, so the verdict never depends on how the bytes were cut into packets. What two programs
 * could read in two ways is refused, never repaired: bare LF, folded lines, space before a colon, control
 * characters, two Hosts or none, two Content-Lengths or a list of them, Content-Length beside Transfer-Encoding,
 * any coding but `chunked` spelt so, a body on GET, targets that are not a path. */
#ifndef WEB_HEAD_H
#define WEB_HEAD_H
#include "base/cx.h"

enum { HEAD_MOST = 16384, HEAD_FIELDS = 64 };
enum method { METHOD_GET, METHOD_HEAD, METHOD_POST };

struct head_piece { uint16_t at, n; };
struct head_field { struct head_piece name, value; }; /* the name in lower case, the value trimmed */

struct head {
	uint8_t step, seen;           /* of the reader */
	bool old;                     /* HTTP/1.0, which is taken but never kept open */
	bool keep;                    /* the connection may serve another request */
	bool chunked;
	bool expects;                 /* it waits for 100 Continue */
	enum method method;
	uint16_t at;                  /* bytes read so far; the length of the head when it is done */
	uint16_t n_fields;
	struct head_piece verb, path, query; /* query without its '?' */
	struct head_field field[HEAD_FIELDS];
	int64_t length;               /* Content-Length, 0 without */
};

void head_begin(struct head *);
/* Read on in text[0..n), which starts at the first byte of the head and has at least the bytes of the call before.
 * Names are put in lower case in place and bytes of a value above 0x7e become '?'. *done says that the head is
 * complete and ends at h->at. ERR_BAD_INPUT, ERR_HEAD_SIZE (431), ERR_METHOD (405), ERR_UNKNOWN (501), ERR_VERSION
 * (505); *why is a static sentence then. Pure: takes no memory. */
MUST_CHECK enum err head_feed(struct head *, char *text, ptrdiff_t n, bool *done, const char **why);

/* The piece of the text. */
struct str head_str(const char *text, struct head_piece);
/* The value of a field (name in lower case) if it came exactly once; else the empty str. */
struct str head_get(const struct head *, const char *text, struct str name);
#endif
