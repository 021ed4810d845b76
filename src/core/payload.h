/* payload: the stored object that holds an entry's content (TSP1), its commitment and a report's `said`. The
 * journal seals, views and exports open. Pure: key, nonce and salt are arguments, and whoever passes a nonce twice
 * under one key has given the content away. */
#ifndef CORE_PAYLOAD_H
#define CORE_PAYLOAD_H
#include "base/cx.h"
#include "base/hash.h"
#include "core/id.h"

enum { PAYLOAD_HEAD = 48, PAYLOAD_TAG = 16, PAYLOAD_PAD = 256 };
enum { PAYLOAD_SALT = 32, PAYLOAD_NONCE = 24, PAYLOAD_KEY = 32 };

/* What an object is bound to: it opens nowhere else. */
struct payload_place { struct id log_id, case_id, dek_id; };

/* Length of the object for n bytes of content: 64 + 256 k. */
ptrdiff_t payload_size(ptrdiff_t n);
/* Can a stored object have this length? */
bool payload_size_ok(uint64_t);

struct str payload_seal(struct cx *, struct str content, const struct payload_place *, const uint8_t key[PAYLOAD_KEY],
    const uint8_t nonce[PAYLOAD_NONCE], const uint8_t salt[PAYLOAD_SALT]);

/* What came out: `content` lies in the arena. */
struct payload { struct str content; uint8_t salt[PAYLOAD_SALT]; };

/* Strict: header, sizes, dek_id, tag, and a padding of zeros shorter than 256. ERR_TAMPERED. */
MUST_CHECK enum err payload_open(struct cx *, struct str object, const struct payload_place *,
    const uint8_t key[PAYLOAD_KEY], struct payload *out);
/* The dek_id an object claims, before it can be opened; false if it is no object. */
bool payload_dek_id(struct str object, struct id *out);

/* SHA-256("tocsin/v1/commit\n" ‖ salt ‖ content), what a record holds. */
struct hash payload_commit(const uint8_t salt[PAYLOAD_SALT], struct str content);
/* SHA-256("tocsin/v1/said\n" ‖ salt ‖ exactly what the receipt repeats). */
struct hash payload_said(const uint8_t salt[PAYLOAD_SALT], struct str words);
#endif
