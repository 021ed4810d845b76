/* password: hashes of passwords (argon2id), sealed under a key that only the gate has, so that whoever reads the
 * database cannot even begin to guess. Called by the gate, and by the command line that makes the first account.
 *
 * A blob is version[1] ‖ nonce[24] ‖ XChaCha20-Poly1305(limits ‖ salt ‖ hash), PASSWORD_BLOB bytes, the actor's id being
 * authenticated with it: a blob moved to another account opens nothing. */
#ifndef SYS_PASSWORD_H
#define SYS_PASSWORD_H
#include "base/cx.h"

enum { PASSWORD_KEY = 32, PASSWORD_MAX = 1024, PASSWORD_BLOB = 105 };

/* The cost of one guess. {0, 0} means 3 passes over 64 MiB. Memory in bytes, from 8 KiB. */
struct password_cost { uint64_t passes, memory; };

/* ERR_BAD_INPUT for an empty password or one of more than PASSWORD_MAX bytes; ERR_BUSY if the memory is not there. */
MUST_CHECK enum err password_seal(struct cx *, const uint8_t key[PASSWORD_KEY], struct str password,
    struct str actor_id, struct password_cost, struct str *blob);

/* What came of a check. A blob that is empty, broken, another actor's or of another key costs as much time as a good
 * one and does not hold: give an empty one for an account that is not there. */
struct password_check {
	bool holds;
	bool stale; /* it holds, but was made at another cost: seal it again */
};
MUST_CHECK enum err password_check(struct cx *, const uint8_t key[PASSWORD_KEY], struct str blob, struct str password,
    struct str actor_id, struct password_cost, struct password_check *out);
#endif
