#include "web/http_inner.h"

#include <string.h>
#include <time.h>

static when
reading(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

when
http_boot_real(void)
{
	return reading(CLOCK_BOOTTIME);
}

static void
real_clock(when *now, when *boot)
{
	*now = reading(CLOCK_REALTIME);
	*boot = http_boot_real();
}

void
http_defaults(struct http_settings *s)
{
	*s = (struct http_settings){ .head = 10 * SECOND, .idle = 10 * SECOND, .park = 10 * SECOND, .linger = 2 * SECOND,
	    .body = 30 * SECOND, .write = 60 * SECOND, .rate = 16 << 10, .turns = 128, .arena = 16 << 20 };
}

when
http_boot(const struct http *h)
{
	when now, boot;

	(h->door->clock ? h->door->clock : real_clock)(&now, &boot);
	return boot;
}

void
http_clock(struct http_door *d, struct cx *cx)
{
	(d->clock ? d->clock : real_clock)(&cx->now, &cx->boot);
}

void
http_pace(struct http *h, when grace)
{
	h->paid = http_boot(h);
	h->due = h->paid + grace;
}

void
http_paid(struct http *h, ptrdiff_t n, when grace)
{
	when boot = http_boot(h);

	h->paid += n * SECOND / h->door->set.rate;
	if (h->paid > boot)
		h->paid = boot;
	h->due = h->paid + grace;
}

static void
be_idle(struct http *h)
{
	h->state = HTTP_IDLE;
	h->due = http_boot(h) + h->door->set.idle;
	head_begin(&h->head);
}

void
http_open(struct http *h, struct http_door *door, char *in, struct str peer)
{
	memset(h, 0, sizeof *h);
	h->door = door;
	h->in = in;
	peer = str_sub(peer, 0, (ptrdiff_t)sizeof h->peer - 1);
	if (peer.n)
		memcpy(h->peer, peer.p, (size_t)peer.n);
	be_idle(h);
}

static void
end_turn(struct http *h)
{
	if (h->turn)
		http_pool_give(h->turn);
	h->turn = NULL;
	memset(h->out, 0, sizeof h->out);
}

void
http_over(struct http *h)
{
	end_turn(h);
	h->state = HTTP_OVER;
	if (h->door->wake)
		h->door->wake(h);
}

/* Read what is there of a head. */
static void
read_head(struct http *h)
{
	const char *why = NULL;
	bool done;
	enum err e;

	if (h->n == 0)
		return;
	if (h->state == HTTP_IDLE) {
		h->state = HTTP_HEAD;
		h->due = http_boot(h) + h->door->set.head;
	}
	if ((e = head_feed(&h->head, h->in, h->n, &done, &why)) != OK) {
		http_turn_fail(h, e, why);
	} else if (done && h->door->paused) {
		h->state = HTTP_HELD;
		h->due = http_boot(h) + h->door->set.park;
	} else if (done) {
		http_turn_begin(h);
	}
}

char *
http_room(struct http *h, ptrdiff_t *cap)
{
	bool wanted = h->state == HTTP_IDLE || h->state == HTTP_HEAD || h->state == HTTP_BODY || h->state == HTTP_LINGER;

	*cap = wanted ? HEAD_MOST - h->n : 0;
	return h->in + h->n;
}

void
http_took(struct http *h, ptrdiff_t n)
{
	h->n += n;
	if (h->state == HTTP_BODY)
		http_turn_body(h);
	else if (h->state == HTTP_LINGER)
		h->n = 0;
	else
		read_head(h);
}

void
http_eof(struct http *h)
{
	http_over(h);
}

void
http_gone(struct http *h)
{
	if (h->state == HTTP_PARKED)
		h->gone = true;
	else
		http_over(h);
}

int
http_out(const struct http *h, struct str pieces[3])
{
	int n = 0;

	for (int i = 0; i < 3; i++)
		if (h->out[i].n)
			pieces[n++] = h->out[i];
	return n;
}

/* The answer has been sent whole. */
static void
answered(struct http *h)
{
	bool last = h->last || h->door->stopping;

	end_turn(h);
	if (last) {
		h->state = HTTP_LINGER;
		h->due = http_boot(h) + h->door->set.linger;
		h->n = 0;
		return;
	}
	be_idle(h);
	read_head(h);
}

void
http_sent(struct http *h, ptrdiff_t n)
{
	if (h->state == HTTP_WRITE)
		http_paid(h, n, h->door->set.write);
	for (int i = 0; i < 3; i++) {
		ptrdiff_t k = h->out[i].n < n ? h->out[i].n : n;

		h->out[i] = str_sub(h->out[i], k, h->out[i].n);
		n -= k;
	}
	if (h->state != HTTP_WRITE)
		return;
	if (h->out[0].n || h->out[1].n || h->out[2].n)
		return;
	if (h->left_of_source == 0)
		answered(h);
	else if (http_turn_pull(h) != OK)
		http_over(h);
}

void
http_due(struct http *h)
{
	switch (h->state) {
	case HTTP_HEAD:
	case HTTP_BODY:
		http_turn_fail(h, ERR_TIMEOUT, NULL);
		return;
	case HTTP_HELD:
	case HTTP_PARKED:
		http_turn_fail(h, ERR_BUSY, NULL);
		return;
	case HTTP_IDLE:
	case HTTP_WRITE:
	case HTTP_LINGER:
	case HTTP_OVER:
		http_over(h);
	}
}

void
http_unpause(struct http *h)
{
	if (h->state == HTTP_HELD)
		http_turn_begin(h);
}

void
http_close(struct http *h)
{
	end_turn(h);
	h->state = HTTP_OVER;
}
