/* hash: SHA-256 (OpenSSL, for its SHA-NI) and Ed25519 (libsodium). Pure functions of bytes, which is why they stand here
 * and not in sys: the formats of core are made of them. */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include "base/str.h"

struct hash { uint8_t b[32]; };

/* SHA-256 of the pieces one after the other; at most 8 pieces. */
struct hash sha256(struct str);
struct hash sha256_of(const struct str *pieces, int n);
#define HASH(...) sha256_of((const struct str[]){ __VA_ARGS__ }, (int)(sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str)))
bool hash_eq(struct hash, struct hash);
bool hash_zero(struct hash);
struct str hash_str(const struct hash *);

/* HMAC-SHA-256 under a 32-byte key: what is stored of codes and links. */
struct hash hash_keyed(struct str key, struct str text);

/* Ed25519 (RFC 8032). */
void sign_keypair(const uint8_t seed[32], uint8_t pub[32], uint8_t secret[64]);
void sign_make(const uint8_t secret[64], struct str text, uint8_t sig[64]);
bool sign_ok(const uint8_t pub[32], struct str text, const uint8_t sig[64]);

/* Equal, in time that depends on the lengths only. */
bool secret_eq(struct str, struct str);

/* A hash that is fed piece by piece, for files. Must be ended exactly once, which gives it back. */
struct sha256_run;
struct sha256_run *sha256_start(void);
void sha256_feed(struct sha256_run *, struct str);
struct hash sha256_end(struct sha256_run *);
#endif
