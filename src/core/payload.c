#include "core/payload.h"

#include "core/be.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { BOUND = 24 }; /* of the head: what the associated data repeats */
static const uint8_t head[8] = { 'T', 'S', 'P', '1', 1, 2, 0, 0 };

static ptrdiff_t
plain_size(ptrdiff_t n)
{
	return (PAYLOAD_SALT + 8 + n + PAYLOAD_PAD - 1) / PAYLOAD_PAD * PAYLOAD_PAD;
}

ptrdiff_t
payload_size(ptrdiff_t n)
{
	return PAYLOAD_HEAD + plain_size(n) + PAYLOAD_TAG;
}

bool
payload_size_ok(uint64_t n)
{
	enum { OVER = PAYLOAD_HEAD + PAYLOAD_TAG };

	return n > OVER && (n - OVER) % PAYLOAD_PAD == 0 && n <= PTRDIFF_MAX;
}

static void
bind(uint8_t ad[BOUND + 32], const uint8_t *object, const struct payload_place *at)
{
	memcpy(ad, object, BOUND);
	memcpy(ad + BOUND, at->log_id.b, 16);
	memcpy(ad + BOUND + 16, at->case_id.b, 16);
}

struct str
payload_seal(struct cx *cx, struct str content, const struct payload_place *at, const uint8_t key[PAYLOAD_KEY],
    const uint8_t nonce[PAYLOAD_NONCE], const uint8_t salt[PAYLOAD_SALT])
{
	ptrdiff_t n = plain_size(content.n);
	uint8_t *object = NEW(cx, uint8_t, PAYLOAD_HEAD + n + PAYLOAD_TAG), *plain = object + PAYLOAD_HEAD;
	uint8_t ad[BOUND + 32];

	memcpy(object, head, sizeof head);
	memcpy(object + 8, at->dek_id.b, 16);
	memcpy(object + BOUND, nonce, PAYLOAD_NONCE);
	memcpy(plain, salt, PAYLOAD_SALT);
	be_put(plain + PAYLOAD_SALT, 8, (uint64_t)content.n);
	if (content.n)
		memcpy(plain + PAYLOAD_SALT + 8, content.p, (size_t)content.n);
	bind(ad, object, at);
	crypto_aead_xchacha20poly1305_ietf_encrypt(plain, NULL, plain, (unsigned long long)n, ad, sizeof ad, NULL,
	    nonce, key);
	return (struct str){ (char *)object, PAYLOAD_HEAD + n + PAYLOAD_TAG };
}

bool
payload_dek_id(struct str object, struct id *out)
{
	if (object.n < 0 || !payload_size_ok((uint64_t)object.n) || memcmp(object.p, head, sizeof head) != 0)
		return false;
	*out = id_of(object.p + sizeof head);
	return true;
}

enum err
payload_open(struct cx *cx, struct str object, const struct payload_place *at, const uint8_t key[PAYLOAD_KEY],
    struct payload *out)
{
	const uint8_t *o = (const uint8_t *)object.p;
	uint8_t ad[BOUND + 32], *plain;
	ptrdiff_t n = object.n - PAYLOAD_HEAD - PAYLOAD_TAG;
	struct id dek;
	uint64_t len;

	if (!payload_dek_id(object, &dek))
		return fail(cx, ERR_TAMPERED, "it is no payload object of version 1");
	if (!id_eq(dek, at->dek_id))
		return fail(cx, ERR_TAMPERED, "the payload object names another key");
	plain = NEW(cx, uint8_t, n);
	bind(ad, o, at);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, o + PAYLOAD_HEAD,
	    (unsigned long long)n + PAYLOAD_TAG, ad, sizeof ad, o + BOUND, key))
		return fail(cx, ERR_TAMPERED, "the payload object does not open with its key at this place");
	len = be_get(plain + PAYLOAD_SALT, 8);
	if (len > (uint64_t)n || plain_size((ptrdiff_t)len) != n)
		return fail(cx, ERR_TAMPERED, "the payload's length does not go with its size");
	for (ptrdiff_t i = PAYLOAD_SALT + 8 + (ptrdiff_t)len; i < n; i++)
		if (plain[i])
			return fail(cx, ERR_TAMPERED, "the payload's padding is not empty");
	memcpy(out->salt, plain, PAYLOAD_SALT);
	out->content = (struct str){ (const char *)plain + PAYLOAD_SALT + 8, (ptrdiff_t)len };
	return OK;
}

struct hash
payload_commit(const uint8_t salt[PAYLOAD_SALT], struct str content)
{
	return HASH(S("tocsin/v1/commit\n"), { (const char *)salt, PAYLOAD_SALT }, content);
}

struct hash
payload_said(const uint8_t salt[PAYLOAD_SALT], struct str words)
{
	return HASH(S("tocsin/v1/said\n"), { (const char *)salt, PAYLOAD_SALT }, words);
}
