#include "store/db_memory.h"

#include "base/cx.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Blocks come in 44 sizes, four to each doubling: 16, 32, 48, 64, 80, 96, 112, 128, 160 … 65,536 bytes, of which eight
 * say which one it is. What is larger, or comes when the room is used up, is the system's. */
enum { CLASSES = 45, HEAD = 8, MOST = 1 << 16, LARGE = 255 };
#define ROOM ((ptrdiff_t)1 << 30)

struct block { uint64_t class; struct block *next; /* while it is free */ };
struct large { uint64_t size, class; };

static char *at, *end;
static struct block *spare[CLASSES];

static int
class_of(size_t n)
{
	int top;

	if (n <= 64)
		return (int)(n + 15) / 16;
	top = 63 - __builtin_clzll(n - 1);
	return 5 + (top - 6) * 4 + (int)((n - 1) >> (top - 2) & 3);
}

static size_t
size_of(int class)
{
	return class <= 4 ? (size_t)class * 16 : (size_t)(5 + (class - 5) % 4) << ((class - 5) / 4 + 4);
}

static void *
take_large(size_t n)
{
	struct large *l = malloc(sizeof *l + n);

	if (!l)
		return NULL;
	*l = (struct large){ n, LARGE };
	return l + 1;
}

static void *
take(int n)
{
	size_t all = (size_t)n + HEAD;
	struct block *b;
	int class;

	if (all > MOST)
		return take_large((size_t)n);
	class = class_of(all);
	b = spare[class];
	if (b) {
		spare[class] = b->next;
	} else {
		if ((size_t)(end - at) < size_of(class))
			return take_large((size_t)n);
		b = (struct block *)(void *)at;
		at += size_of(class);
		b->class = (uint64_t)class;
	}
	return (char *)b + HEAD;
}

static struct block *
block_of(void *p)
{
	return (struct block *)(void *)((char *)p - HEAD);
}

static void
give(void *p)
{
	struct block *b = block_of(p);

	if (b->class == LARGE) {
		free((struct large *)p - 1);
		return;
	}
	b->next = spare[b->class];
	spare[b->class] = b;
}

static int
size(void *p)
{
	struct block *b = block_of(p);

	return (int)(b->class == LARGE ? ((struct large *)p - 1)->size : size_of((int)b->class) - HEAD);
}

static void *
change(void *p, int n)
{
	int had = size(p);
	void *q;

	if (n <= had && n > had / 2)
		return p;
	q = take(n);
	if (q) {
		memcpy(q, p, (size_t)(n < had ? n : had));
		give(p);
	}
	return q;
}

static int
rounded(int n)
{
	size_t all = (size_t)n + HEAD;

	return all > MOST ? (n + 7) & ~7 : (int)size_of(class_of(all)) - HEAD;
}

static int
begin(void *arg)
{
	(void)arg;
	if (!at) {
		at = cx_room(ROOM);
		end = at + ROOM;
	}
	return SQLITE_OK;
}

static void stop(void *arg) { (void)arg; }

void
db_memory_begin(void)
{
	static const sqlite3_mem_methods own = { take, give, change, size, rounded, begin, stop, NULL };

	/* each says SQLITE_MISUSE, and changes nothing, once a handle has been opened */
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &own);
}
