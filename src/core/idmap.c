#include "core/idmap.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { FIRST = 64 };

struct idmap
idmap_new(struct cx *cx, ptrdiff_t size)
{
	struct idmap m = { .cx = cx, .size = (size + 15) & ~(ptrdiff_t)15 };

	assert(size >= (ptrdiff_t)sizeof(struct id));
	cx->chance(m.key, sizeof m.key);
	return m;
}

void *
idmap_nth(const struct idmap *m, uint32_t i)
{
	int chunk = 31 - __builtin_clz(i / FIRST + 1);
	ptrdiff_t within = (ptrdiff_t)i - (((ptrdiff_t)FIRST << chunk) - FIRST);

	assert(i < m->n);
	return m->chunk[chunk] + within * m->size;
}

static uint32_t
hash(const struct idmap *m, struct id d)
{
	uint64_t h;

	crypto_shorthash((uint8_t *)&h, d.b, sizeof d.b, m->key);
	return (uint32_t)h;
}

/* The slot where the id stands, or the free one where it would. Entries are far apart in memory: one is looked at
 * only if its whole hash fits. */
static struct idmap_slot *
place(const struct idmap *m, struct id d, uint32_t h)
{
	uint32_t at = h & (m->slots - 1);

	for (; m->slot[at].nth; at = (at + 1) & (m->slots - 1))
		if (m->slot[at].hash == h && id_eq(*(struct id *)idmap_nth(m, m->slot[at].nth - 1), d))
			break;
	return &m->slot[at];
}

void *
idmap_find(const struct idmap *m, struct id d)
{
	const struct idmap_slot *s;

	if (!m->n)
		return NULL;
	s = place(m, d, hash(m, d));
	return s->nth ? idmap_nth(m, s->nth - 1) : NULL;
}

static void
grow(struct idmap *m)
{
	struct idmap_slot *was = m->slot;
	uint32_t slots = m->slots;

	assert(slots < (uint32_t)1 << 31);
	m->slots = slots ? slots * 2 : 2 * FIRST;
	m->slot = NEW(m->cx, struct idmap_slot, m->slots);
	for (uint32_t i = 0; i < slots; i++) {
		uint32_t at = was[i].hash & (m->slots - 1);

		if (!was[i].nth)
			continue;
		while (m->slot[at].nth)
			at = (at + 1) & (m->slots - 1);
		m->slot[at] = was[i];
	}
}

void *
idmap_have(struct idmap *m, struct id d)
{
	struct idmap_slot *s;
	uint32_t chunks = m->n / FIRST + 1, h = hash(m, d);
	void *e;

	if (m->n >= m->slots / 2)
		grow(m);
	s = place(m, d, h);
	if (s->nth)
		return idmap_nth(m, s->nth - 1);
	if (m->n % FIRST == 0 && (chunks & (chunks - 1)) == 0) /* 0, 64, 192, 448 …: the chunk before is full */
		m->chunk[31 - __builtin_clz(chunks)] = arena_take(&m->cx->a, m->size, (ptrdiff_t)FIRST * chunks);
	*s = (struct idmap_slot){ h, ++m->n };
	e = idmap_nth(m, m->n - 1);
	memcpy(e, &d, sizeof d);
	return e;
}
