/* A whole connection: whatever comes, the door says the same when the bytes come one by one and when they come at once. */
#include "web/http.h"
#include "fuzz/fuzz.h"
#include <string.h>

static void
standing_clock(when *now, when *boot)
{
	*now = *boot = (when)1795428000 * SECOND;
}

static const struct asset asset = { { "text/css", 8 }, { "plain", 5 }, { "br!", 3 }, { "gzip", 4 } };

static enum err
echo(struct turn *t)
{
	struct buf *b = turn_answer_buf(t, 200, S("text/plain"));

	buf_put(b, t->body);
	for (const struct form_field *f = t->form.first; f; f = f->next) {
		HOLD(utf8_ok(f->name) && utf8_ok(f->value) && str_index(f->value, '\r') < 0);
		buf_put(b, f->name);
		buf_put(b, f->value);
	}
	for (int i = 0; i < t->n_segs; i++)
		HOLD(str_index(t->segs[i], '/') < 0 && utf8_ok(t->segs[i]));
	buf_put(b, turn_cookie(t, S("sid")));
	if (t->path.n % 16 == 15)
		turn_answer_asset(t, &asset);
	turn_set(t, S("X-Type"), t->type);
	return OK;
}

static enum err
sink_begin(struct turn *t, struct str field, struct str filename, struct str type)
{
	HOLD(utf8_ok(field) && utf8_ok(filename) && filename.n && type.n);
	(void)t;
	return OK;
}

static enum err sink_data(struct turn *t, struct str bytes) { (void)t; HOLD(bytes.n > 0); return OK; }
static enum err sink_end(struct turn *t) { (void)t; return OK; }

static enum err
route(struct turn *t, struct plan *plan)
{
	static const struct upload_sink sink = { sink_begin, sink_data, sink_end };
	static const enum plan_take takes[] = { PLAN_NOTHING, PLAN_BYTES, PLAN_FORM, PLAN_UPLOAD };

	*plan = (struct plan){ .handler = echo, .take = takes[t->path.n % 4], .limit = 4096, .sink = &sink };
	return OK;
}

static const struct web_app app = { .route = route };

static void
hear(struct http *h, struct buf *said)
{
	struct str p[3];

	while (http_out(h, p)) {
		/* whoever has sent the body with its head is not told to go on */
		if (!str_starts(p[0], S("HTTP/1.1 100 ")))
			buf_put(said, p[0]);
		http_sent(h, p[0].n);
	}
}

static struct str
talk(struct cx *cx, struct str in, ptrdiff_t step, enum http_state *state)
{
	static struct http_door door;
	static struct http h;
	static char room[HEAD_MOST];
	struct buf said = buf_new(cx);
	struct http_settings set;

	if (!door.slots) {
		http_defaults(&set);
		set.turns = 1;
		set.arena = 1 << 20;
		http_door_open(&door, &app, &set);
		door.clock = standing_clock;
	}
	http_open(&h, &door, room, S(""));
	while (in.n) {
		ptrdiff_t cap, n;
		char *to = http_room(&h, &cap);

		n = cap < step ? cap : step;
		if (in.n < n)
			n = in.n;
		if (n == 0)
			break;
		memcpy(to, in.p, (size_t)n);
		in = str_sub(in, n, in.n);
		http_took(&h, n);
		hear(&h, &said);
	}
	*state = h.state;
	http_close(&h);
	HOLD(door.n_spare == 1);
	return buf_str(&said);
}

FUZZ(cx, in)
{
	enum http_state all, one, some;
	struct str said = talk(cx, in, HEAD_MOST, &all);

	HOLD(str_eq(said, talk(cx, in, 1, &one)) && all == one);
	HOLD(str_eq(said, talk(cx, in, 7, &some)) && all == some);
	return OK;
}
