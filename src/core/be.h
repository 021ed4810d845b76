/* be: whole numbers as big-endian bytes, the way every format of the journal has them. Used inside core, and where numbers cross to a database. */
#ifndef CORE_BE_H
#define CORE_BE_H
#include <stdint.h>

static inline void
be_put(uint8_t *p, int bytes, uint64_t v)
{
	for (int i = bytes - 1; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static inline uint64_t
be_get(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}
#endif
