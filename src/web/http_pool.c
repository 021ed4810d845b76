#include "web/http_inner.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

enum { KEPT = 128 << 10, WARM = 8 };

static ptrdiff_t
tables_size(const struct http_door *d)
{
	return d->set.turns * (ptrdiff_t)(sizeof *d->slots + sizeof *d->spare);
}

void
http_door_open(struct http_door *d, const struct web_app *app, const struct http_settings *set)
{
	char *seats;

	assert(set->turns > 0 && set->arena >= 256 << 10 && set->arena % 4096 == 0 && set->rate > 0);
	memset(d, 0, sizeof *d);
	d->app = app;
	d->set = *set;
	d->slots = cx_room(tables_size(d));
	d->spare = (int *)(void *)(d->slots + set->turns);
	d->chance = app->chance ? app->chance : randombytes_buf;
	d->chance(&d->ticket, sizeof d->ticket); /* an answer to the worker before must not fit a turn of this one */
	seats = cx_room(set->turns * set->arena); /* at once, so that no request asks the system for more */
	for (int i = set->turns; i-- > 0;) {
		d->slots[i].seat = (struct http_seat *)(void *)(seats + i * set->arena);
		d->spare[d->n_spare++] = i;
	}
}

void
http_door_close(struct http_door *d)
{
	assert(d->n_spare == d->set.turns);
	munmap(d->slots[0].seat, (size_t)(d->set.turns * d->set.arena));
	munmap(d->slots, (size_t)tables_size(d));
}

struct turn *
http_pool_take(struct http *h)
{
	struct http_door *d = h->door;
	struct http_slot *slot;
	struct http_seat *seat;

	if (d->n_spare == 0)
		return NULL;
	slot = &d->slots[d->spare[--d->n_spare]];
	slot->user = h;
	seat = slot->seat;
	memset(seat, 0, sizeof *seat);
	seat->index = (int)(slot - d->slots);
	cx_begin(&seat->cx, seat + 1, d->set.arena - (ptrdiff_t)sizeof *seat);
	seat->cx.chance = d->chance;
	seat->turn.cx = &seat->cx;
	seat->turn.app = d->app->self;
	seat->turn.http = h;
	seat->turn.door = d;
	seat->turn.head = &h->head;
	seat->turn.peer = str_of(h->peer);
	seat->turn.path = seat->turn.type = seat->turn.body = S("");
	return &seat->turn;
}

static int
index_of(struct turn *t)
{
	return ((struct http_seat *)(void *)((char *)t - offsetof(struct http_seat, turn)))->index;
}

void
http_pool_give(struct turn *t)
{
	struct http_door *d = t->door;
	int i = index_of(t);
	/* the few that are used most stay warm, the rest cost nothing */
	ptrdiff_t keep = d->n_spare + WARM >= d->set.turns ? KEPT : 0;

	cx_end(t->cx);
	d->slots[i].user = NULL;
	t->ticket = 0;
	madvise((char *)d->slots[i].seat + keep, (size_t)(d->set.arena - keep), MADV_DONTNEED);
	d->spare[d->n_spare++] = i;
}

uint64_t
http_pool_ticket(struct turn *t)
{
	t->ticket = (uint64_t)++t->door->ticket << 32 | (uint64_t)(index_of(t) + 1);
	return t->ticket;
}

struct http *
http_pool_find(struct http_door *d, uint64_t ticket)
{
	uint64_t i = (ticket & UINT32_MAX) - 1;
	struct http_slot *slot;

	if (i >= (uint64_t)d->set.turns)
		return NULL;
	slot = &d->slots[i];
	return slot->user && slot->seat->turn.ticket == ticket ? slot->user : NULL;
}

struct http *
http_pool_slowest(struct http_door *d, when boot, when lag)
{
	struct http *slowest = NULL;

	for (int i = 0; i < d->set.turns; i++) {
		struct http *h = d->slots[i].user;
		/* an answer under way is not broken off for a moment's wait */
		when most = boot - (h && h->state == HTTP_WRITE && lag < SECOND ? SECOND : lag);

		if (h && (h->state == HTTP_BODY || h->state == HTTP_WRITE) && h->paid <= most &&
		    (!slowest || h->paid < slowest->paid))
			slowest = h;
	}
	return slowest;
}
