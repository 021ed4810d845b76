/* sealed: a small text under a key, as text: what the database keeps for a browser and only that browser's token
 * opens, such as an unfinished report. XChaCha20-Poly1305 with a random nonce; the key must be 256 secret bits.
 * Called by doors. */
#ifndef SYS_SEALED_H
#define SYS_SEALED_H
#include "base/cx.h"

enum { SEALED_KEY = 32 };

/* base64 of nonce ‖ ciphertext ‖ tag: about 4/3 of its length and 56 bytes. */
struct str sealed_make(struct cx *, const uint8_t key[SEALED_KEY], struct str text);
/* False if it is not what was sealed under this key. */
bool sealed_open(struct cx *, const uint8_t key[SEALED_KEY], struct str sealed, struct str *text);
#endif
