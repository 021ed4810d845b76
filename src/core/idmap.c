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

/* The slot where the id stands, or the free one where it would. */
static uint32_t
place(const struct idmap *m, struct id d)
{
	uint64_t h;
	uint32_t at;

	crypto_shorthash((uint8_t *)&h, d.b, sizeof d.b, m->key);
	for (at = (uint32_t)h & (m->slots - 1); m->slot[at]; at = (at + 1) & (m->slots - 1))
		if (id_eq(*(struct id *)idmap_nth(m, m->slot[at] - 1), d))
			break;
	return at;
}

void *
idmap_find(const struct idmap *m, struct id d)
{
	uint32_t at;

	if (!m->n || !m->slot[at = place(m, d)])
		return NULL;
	return idmap_nth(m, m->slot[at] - 1);
}

static void
grow(struct idmap *m)
{
	assert(m->slots < (uint32_t)1 << 31);
	m->slots = m->slots ? m->slots * 2 : 2 * FIRST;
	m->slot = NEW(m->cx, uint32_t, m->slots);
	for (uint32_t i = 0; i < m->n; i++)
		m->slot[place(m, *(struct id *)idmap_nth(m, i))] = i + 1;
}

void *
idmap_have(struct idmap *m, struct id d)
{
	void *e = idmap_find(m, d);
	uint32_t chunks;

	if (e)
		return e;
	if (m->n >= m->slots / 2)
		grow(m);
	chunks = m->n / FIRST + 1;
	if (m->n % FIRST == 0 && (chunks & (chunks - 1)) == 0) /* 0, 64, 192, 448 …: the chunk before is full */
		m->chunk[31 - __builtin_clz(chunks)] = arena_take(&m->cx->a, m->size, (ptrdiff_t)FIRST * chunks);
	m->slot[place(m, d)] = ++m->n;
	e = idmap_nth(m, m->n - 1);
	memcpy(e, &d, sizeof d);
	return e;
}
