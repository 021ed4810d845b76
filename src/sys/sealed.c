#include "sys/sealed.h"

#include "base/code.h"
#include <sodium.h>

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };
_Static_assert(SEALED_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key, one cipher");

struct str
sealed_make(struct cx *cx, const uint8_t key[SEALED_KEY], struct str text)
{
	uint8_t *out = NEW(cx, uint8_t, NONCE + text.n + TAG);

	cx->chance(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, (const uint8_t *)text.p, (unsigned long long)text.n,
	    NULL, 0, NULL,
	    out, key);
	return base64_of(cx, out, NONCE + text.n + TAG);
}

bool
sealed_open(struct cx *cx, const uint8_t key[SEALED_KEY], struct str sealed, struct str *text)
{
	struct str bytes;
	uint8_t *plain;

	if (!base64_read(cx, sealed, &bytes) || bytes.n < NONCE + TAG)
		return false;
	plain = NEW(cx, uint8_t, bytes.n - NONCE - TAG);
	*text = (struct str){ (char *)plain, bytes.n - NONCE - TAG };
	return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, (const uint8_t *)bytes.p + NONCE,
	    (unsigned long long)(bytes.n - NONCE), NULL, 0, (const uint8_t *)bytes.p, key) == 0;
}
