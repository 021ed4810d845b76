/* url: percent-encoding and paths, strictly (RFC 3986). Called by http for what came in and by pages for what goes
 * out. */
#ifndef WEB_URL_H
#define WEB_URL_H
#include "base/buf.h"

enum { URL_SEGMENTS = 16 };

/* The value of a hexadecimal digit, or -1. */
int url_hex(char);
/* Undo %XX, and '+' for a space where `plus`. false on a bad escape. The result may be any bytes. */
MUST_CHECK bool url_decode(struct cx *, struct str, bool plus, struct str *out);
/* Split "/a/b%20c" into its decoded segments {"a", "b c"}; "/" has none, "/a/" ends in an empty one. ERR_BAD_INPUT:
 * bad escape, not UTF-8, a control character, "." or "..", a slash or backslash hidden in a segment, an empty
 * segment in the middle, more than URL_SEGMENTS. */
MUST_CHECK enum err url_path(struct cx *, struct str path, struct str **segs, int *n);
/* Everything but unreserved characters becomes %XX: for a path segment or a query name or value. */
void url_put(struct buf *, struct str);
struct str url_encode(struct cx *, struct str);
#endif
