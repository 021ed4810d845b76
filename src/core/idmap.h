/* idmap: entries found by a 16-byte id, in the turn's arena, for verifiers that see a log once and keep a little
 * about each case or object. Entries never move. Nobody can choose ids that make it slow: its hash is keyed by the
 * turn's chance. */
#ifndef CORE_IDMAP_H
#define CORE_IDMAP_H
#include "core/id.h"

struct idmap {
	struct cx *cx;
	ptrdiff_t size;          /* of an entry, which begins with its struct id */
	uint8_t key[16];
	struct idmap_slot { uint32_t hash, nth; } *slot; /* nth: 1 + number of the entry; 0 is free */
	uint32_t slots, n;
	char *chunk[32];         /* 64, 128, 256 … entries */
};

/* `size` bytes an entry. Must not grow between cx_mark and cx_back of a mark older than itself. */
struct idmap idmap_new(struct cx *, ptrdiff_t size);
/* The entry of an id, or NULL. */
void *idmap_find(const struct idmap *, struct id);
/* The same, made (zeroed but for its id) if it was not there. */
void *idmap_have(struct idmap *, struct id);
/* The i-th in order of making, i < n. */
void *idmap_nth(const struct idmap *, uint32_t i);
#endif
