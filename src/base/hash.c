#include "base/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct hash
sha256(struct str s)
{
	return sha256_of(&s, 1);
}

/* The one-shot context of the low-level interface: EVP's costs more than a record's two blocks of hashing. */
struct hash
sha256_of(const struct str *pieces, int n)
{
	struct hash h;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	SHA256_CTX c;

	SHA256_Init(&c);
	for (int i = 0; i < n; i++)
		SHA256_Update(&c, pieces[i].p, (size_t)pieces[i].n);
	SHA256_Final(h.b, &c);
#pragma GCC diagnostic pop
	return h;
}

bool hash_eq(struct hash a, struct hash b) { return memcmp(a.b, b.b, 32) == 0; }
bool hash_zero(struct hash a) { return hash_eq(a, (struct hash){ { 0 } }); }
struct str hash_str(const struct hash *h) { return (struct str){ (const char *)h->b, 32 }; }

/* RFC 2104 by hand: OpenSSL's own looks its algorithms up at every call, which costs twenty times the hashing. */
struct hash
hash_keyed(struct str key, struct str text)
{
	enum { BLOCK = 64 };
	char inner[BLOCK], outer[BLOCK];
	struct hash h;

	if (key.n > BLOCK) {
		h = HASH(key);
		key = hash_str(&h);
	}
	memset(inner, 0x36, sizeof inner);
	memset(outer, 0x5c, sizeof outer);
	for (ptrdiff_t i = 0; i < key.n; i++) {
		inner[i] = (char)(inner[i] ^ key.p[i]);
		outer[i] = (char)(outer[i] ^ key.p[i]);
	}
	h = HASH({ inner, BLOCK }, text);
	h = HASH({ outer, BLOCK }, hash_str(&h));
	sodium_memzero(inner, sizeof inner);
	sodium_memzero(outer, sizeof outer);
	return h;
}

void
sign_keypair(const uint8_t seed[32], uint8_t pub[32], uint8_t secret[64])
{
	crypto_sign_ed25519_seed_keypair(pub, secret, seed);
}

void
sign_make(const uint8_t secret[64], struct str text, uint8_t sig[64])
{
	crypto_sign_ed25519_detached(sig, NULL, (const uint8_t *)text.p, (size_t)text.n, secret);
}

bool
sign_ok(const uint8_t pub[32], struct str text, const uint8_t sig[64])
{
	return crypto_sign_ed25519_verify_detached(sig, (const uint8_t *)text.p, (size_t)text.n, pub) == 0;
}

bool
secret_eq(struct str a, struct str b)
{
	return a.n == b.n && sodium_memcmp(a.p, b.p, (size_t)a.n) == 0;
}

struct sha256_run *
sha256_start(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	assert(c && EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	return (struct sha256_run *)c;
}

void
sha256_feed(struct sha256_run *r, struct str s)
{
	int ok = EVP_DigestUpdate((EVP_MD_CTX *)r, s.p, (size_t)s.n);

	assert(ok);
	(void)ok;
}

struct hash
sha256_end(struct sha256_run *r)
{
	struct hash h;
	int ok = EVP_DigestFinal_ex((EVP_MD_CTX *)r, h.b, NULL);

	assert(ok);
	(void)ok;
	EVP_MD_CTX_free((EVP_MD_CTX *)r);
	return h;
}
