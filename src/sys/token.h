/* token: opaque secrets that we hand out (sessions, one-time links, API tokens) and what is stored of them: 256
 * random bits need no slow hash. Called by desk and gate. */
#ifndef SYS_TOKEN_H
#define SYS_TOKEN_H
#include "base/cx.h"
#include "base/hash.h"

enum { TOKEN_TEXT = 51 }; /* 255 of the 256 bits, in base32: letters and digits only, safe in URLs, cookies, speech */

struct token { struct str text; struct hash stored; };
struct token token_make(struct cx *);
/* What is stored of a token that somebody presents; false if it cannot be one of ours. */
bool token_read(struct cx *, struct str presented, struct hash *stored);
#endif
