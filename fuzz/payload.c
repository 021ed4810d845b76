/* Payload objects: raw bytes; bytes as content; and bytes as the plaintext of one who has the key, not the rules. */
#include "core/payload.h"
#include "fuzz/fuzz.h"
#include <sodium.h>
#include <string.h>

static const uint8_t key[PAYLOAD_KEY] = "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK";
static const uint8_t nonce[PAYLOAD_NONCE] = "ABCDEFGHIJKLMNOPQRSTUVW";

FUZZ(cx, in)
{
	struct payload_place at = { { { 1 } }, { { 2 } }, { { 3 } } };
	uint8_t salt[PAYLOAD_SALT] = { 4 }, ad[24 + 32];
	struct str o = payload_seal(cx, in, &at, key, nonce, salt), again;
	struct payload p;

	HOLD(payload_open(cx, o, &at, key, &p) == OK && str_eq(p.content, in));
	(void)!payload_open(cx, in, &at, key, &p);
	{
		ptrdiff_t n = (in.n / PAYLOAD_PAD + 1) * PAYLOAD_PAD;
		uint8_t *made = NEW(cx, uint8_t, PAYLOAD_HEAD + n + PAYLOAD_TAG);

		memcpy(made, o.p, PAYLOAD_HEAD);
		memcpy(made + PAYLOAD_HEAD, in.p, (size_t)in.n);
		memcpy(ad, o.p, 24);
		memcpy(ad + 24, at.log_id.b, 16);
		memcpy(ad + 40, at.case_id.b, 16);
		crypto_aead_xchacha20poly1305_ietf_encrypt(made + PAYLOAD_HEAD, NULL, made + PAYLOAD_HEAD,
		    (unsigned long long)n, ad, sizeof ad, NULL, nonce, key);
		o = (struct str){ (char *)made, PAYLOAD_HEAD + n + PAYLOAD_TAG };
		TRY(payload_open(cx, o, &at, key, &p));
		again = payload_seal(cx, p.content, &at, key, nonce, p.salt);
		HOLD(str_eq(again, o));
	}
	return OK;
}
