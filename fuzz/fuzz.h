/* fuzz: how a fuzz target is written: FUZZ(cx, in) { … } gets a fresh turn and the bytes. An input that is too big
 * for the turn's memory ends it, as it would end a request. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H
#include "base/cx.h"
#include <stdlib.h>

__attribute__((unused)) static void
fuzz_chance(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)p)[i] = (unsigned char)i;
}

#define FUZZ(cx, in) \
	static enum err fuzz_one(struct cx *, struct str); \
	static enum err fuzz_turn(struct cx *c_, void *arg) { return fuzz_one(c_, *(struct str *)arg); } \
	int LLVMFuzzerTestOneInput(const uint8_t *, size_t); \
	int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) \
	{ \
		enum { ROOM = 64 << 20 }; \
		static void *room; \
		struct str bytes = { (const char *)p, (ptrdiff_t)n }; \
		struct cx turn = { 0 }; \
		if (!room) \
			room = cx_room(ROOM); \
		cx_begin(&turn, room, ROOM); \
		turn.chance = fuzz_chance; \
		turn.now = (when)1795428000 * SECOND; \
		if (cx_run(&turn, fuzz_turn, &bytes) == OK) { } \
		cx_end(&turn); \
		return 0; \
	} \
	static enum err fuzz_one(struct cx *cx, struct str in)

/* What must hold for every input. */
#define HOLD(c) do { if (!(c)) abort(); } while (0)
#endif
