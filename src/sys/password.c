#include "sys/password.h"

#include "base/hash.h"
#include <sodium.h>
#include <string.h>

enum { VERSION = 1, NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, HASH = 32 };

/* What is sealed. Both counts are stored as they are in memory: a database does not change its machine's byte order
 * without a restore, which asks for new passwords. */
struct plain {
	uint64_t passes, memory;
	uint8_t salt[crypto_pwhash_argon2id_SALTBYTES];
	uint8_t hash[HASH];
};

enum { SEALED = sizeof(struct plain) + crypto_aead_xchacha20poly1305_ietf_ABYTES };
_Static_assert(PASSWORD_BLOB == 1 + NONCE + SEALED, "as long as the header says");
_Static_assert(sizeof(struct plain) == 16 + crypto_pwhash_argon2id_SALTBYTES + HASH, "no holes are sealed");
_Static_assert(PASSWORD_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key, one cipher");

static struct password_cost
cost_or_usual(struct password_cost c)
{
	return c.passes || c.memory ? c : (struct password_cost){ 3, 64 << 20 };
}

static enum err
stretch(struct cx *cx, struct str password, struct plain *p)
{
	if (crypto_pwhash_argon2id(p->hash, HASH, password.p, (unsigned long long)password.n, p->salt, p->passes,
	    (size_t)p->memory, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return fail(cx, ERR_BUSY, "no memory to check a password");
	return OK;
}

enum err
password_seal(struct cx *cx, const uint8_t key[PASSWORD_KEY], struct str password, struct str actor_id,
    struct password_cost cost, struct str *blob)
{
	struct plain p = { .passes = cost_or_usual(cost).passes, .memory = cost_or_usual(cost).memory };
	uint8_t *out = NEW(cx, uint8_t, PASSWORD_BLOB);
	enum err e;

	if (!password.n)
		return fail(cx, ERR_BAD_INPUT, "a password cannot be empty");
	if (password.n > PASSWORD_MAX)
		return fail(cx, ERR_BAD_INPUT, "a password has at most %d bytes", PASSWORD_MAX);
	cx->chance(p.salt, sizeof p.salt);
	e = stretch(cx, password, &p);
	out[0] = VERSION;
	cx->chance(out + 1, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE, NULL, (const uint8_t *)&p, sizeof p,
	    (const uint8_t *)actor_id.p, (unsigned long long)actor_id.n, NULL, out + 1, key);
	sodium_memzero(&p, sizeof p);
	TRY(e);
	*blob = (struct str){ (const char *)out, PASSWORD_BLOB };
	return OK;
}

static bool
unseal(const uint8_t key[PASSWORD_KEY], struct str blob, struct str actor_id, struct plain *out)
{
	const uint8_t *p = (const uint8_t *)blob.p;

	return blob.n == PASSWORD_BLOB && p[0] == VERSION &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out, NULL, NULL, p + 1 + NONCE, SEALED,
	    (const uint8_t *)actor_id.p, (unsigned long long)actor_id.n, p + 1, key) == 0;
}

enum err
password_check(struct cx *cx, const uint8_t key[PASSWORD_KEY], struct str blob, struct str password,
    struct str actor_id, struct password_cost cost, struct password_check *out)
{
	struct plain kept, now = { .passes = 0 };
	bool opened = unseal(key, blob, actor_id, &kept);
	enum err e;

	*out = (struct password_check){ false, false };
	if (password.n > PASSWORD_MAX)
		return fail(cx, ERR_BAD_INPUT, "a password has at most %d bytes", PASSWORD_MAX);
	cost = cost_or_usual(cost);
	if (!opened) {
		memset(&kept, 0, sizeof kept);
		kept.passes = cost.passes;
		kept.memory = cost.memory;
	}
	now = kept;
	e = stretch(cx, password, &now);
	out->holds = e == OK && opened && sodium_memcmp(now.hash, kept.hash, HASH) == 0;
	out->stale = out->holds && (kept.passes != cost.passes || kept.memory != cost.memory);
	sodium_memzero(&kept, sizeof kept);
	sodium_memzero(&now, sizeof now);
	return e;
}
