/* stream: exhibits and attachments as they are stored (TSE1): a header, then libsodium's secretstream in chunks of
 * 64 KiB. The web worker encrypts while it receives, so that no clear text of an upload reaches a disk; the
 * registrar and exports decrypt. Memory is bounded by one chunk whatever the size of the file.
 *
 * stored = "TSE1" | u8 1 | u8 alg 2 | u16 0 | dek_id[16] | secretstream header[24] | chunks of (plain + 17) bytes,
 * of which all but the last hold 65,536 bytes and the last, under TAG_FINAL, 1 to 65,536; only an empty file has
 * an empty one. No associated data. Nothing may follow. */
#ifndef SYS_STREAM_H
#define SYS_STREAM_H
#include "base/cx.h"
#include "base/hash.h"

enum { STREAM_CHUNK = 65536, STREAM_HEAD = 48, STREAM_OVER = 17, STREAM_KEY = 32 };

/* Where the bytes go: a file, a socket, a buffer. Called with at most STREAM_CHUNK + STREAM_OVER bytes at a time. */
struct stream_sink { enum err (*put)(struct cx *, void *with, struct str bytes); void *with; };

/* What stands in the record's payload. */
struct stream_sum { uint64_t plain_size, stored_size; struct hash plain, stored; };

struct stream;

/* Encrypt under a key of the object's own. What it holds is deferred on cx and lives until the end of the turn;
 * the chunk buffer comes from the arena. Writes the head at once. The key is not kept. */
MUST_CHECK enum err stream_seal(struct cx *, const uint8_t key[STREAM_KEY], const uint8_t dek_id[16],
    struct stream_sink, struct stream **out);
/* Decrypt; dek_id is what the object must say. */
MUST_CHECK enum err stream_open(struct cx *, const uint8_t key[STREAM_KEY], const uint8_t dek_id[16],
    struct stream_sink, struct stream **out);
/* Some more bytes, as many or few as there are. Opening: ERR_TAMPERED at the first chunk that is not what was
 * written; what the sink was given before it is genuine, but only stream_end says that it is all. */
MUST_CHECK enum err stream_feed(struct cx *, struct stream *, struct str bytes);
/* No more comes. Exactly once. Opening: ERR_TAMPERED if the end is missing. */
MUST_CHECK enum err stream_end(struct cx *, struct stream *, struct stream_sum *out);
/* Size of the stored object for that many bytes. */
uint64_t stream_stored_size(uint64_t plain);
#endif
