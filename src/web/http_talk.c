#include "web/http_talk.h"

#include <stdlib.h>

when talk_boot;
uint64_t talk_ticket;
int talk_resumed, talk_ended;

static void
standing_clock(when *now, when *b)
{
	*now = T0;
	*b = talk_boot;
}

/* The handlers that a test can ask for by path. */
static enum err
here(struct turn *t)
{
	turn_answer(t, 200, S("text/plain"), S("here"));
	return OK;
}

static enum err
echo(struct turn *t)
{
	struct buf *b = turn_answer_buf(t, 200, S("text/plain"));

	buf_fmt(b, "%.*s|", F(t->body));
	for (const struct form_field *f = t->form.first; f; f = f->next)
		buf_fmt(b, "%.*s=%.*s;", F(f->name), F(f->value));
	buf_put(b, S("|"));
	for (const struct form_field *f = t->query.first; f; f = f->next)
		buf_fmt(b, "%.*s=%.*s;", F(f->name), F(f->value));
	if (t->own)
		buf_put(b, buf_str(t->own));
	return OK;
}

static enum err
on_resume(struct turn *t, void *arg, const void *word)
{
	talk_resumed++;
	if (str_eq(str_of(word), S("again")))
		talk_ticket = turn_park(t, on_resume, arg);
	else if (str_eq(str_of(word), S("fail")))
		return (fail)(t->cx, ERR_CONFLICT, "no");
	else
		turn_answer(t, 200, S("text/plain"), str_copy(t->cx, str_of(word)));
	return OK;
}

static void count_end(void *arg) { (void)arg; talk_ended++; }

static enum err
park(struct turn *t)
{
	cx_defer(t->cx, count_end, NULL);
	talk_ticket = turn_park(t, on_resume, NULL);
	return OK;
}

static enum err
park_and_resume_at_once(struct turn *t)
{
	talk_ticket = turn_park(t, on_resume, NULL);
	EXPECT(turn_resume(t->door, talk_ticket, "at once"));
	return OK;
}

static enum err
greedy(struct turn *t)
{
	cx_defer(t->cx, count_end, NULL);
	t->own = NEW(t->cx, struct buf, 1);
	for (;;)
		NEW(t->cx, char, 1 << 16);
	return OK;
}

static enum err silent(struct turn *t) { (void)t; return OK; }

static enum err
splitting(struct turn *t)
{
	turn_answer_see(t, S("/x\r\nSet-Cookie: a=b"));
	return OK;
}

static enum err
three_bytes(void *arg, char *to, ptrdiff_t cap, ptrdiff_t *n)
{
	int *left = arg;

	*n = cap < 3 ? cap : 3;
	if (*left < *n)
		*n = *left;
	*left -= (int)*n;
	memset(to, 'z', (size_t)*n);
	return OK;
}

static enum err
download(struct turn *t)
{
	int *left = NEW(t->cx, int, 1);
	bool shortfall = form_has(&t->query, S("short"));

	*left = shortfall ? 5 : 10;
	cx_defer(t->cx, count_end, NULL);
	turn_answer_source(t, S("application/octet-stream"), (struct pull){ three_bytes, left, 10 });
	turn_set_download(t, S("na\"me \xc3\xa9.txt"));
	return OK;
}

static enum err
asset(struct turn *t)
{
	static const struct asset a = { { "text/css", 8 }, { "plain", 5 }, { "br!", 3 }, { "gzip", 4 } };

	turn_answer_asset(t, &a);
	return OK;
}

static enum err
up_begin(struct turn *t, struct str field, struct str filename, struct str type)
{
	if (!t->own) {
		t->own = NEW(t->cx, struct buf, 1);
		*(struct buf *)t->own = buf_new(t->cx);
	}
	buf_fmt(t->own, "<%.*s|%.*s|%.*s>", F(field), F(filename), F(type));
	return OK;
}

static enum err up_data(struct turn *t, struct str bytes) { buf_put(t->own, bytes); return OK; }
static enum err up_end(struct turn *t) { buf_char(t->own, '/'); return OK; }
static const struct upload_sink up = { up_begin, up_data, up_end };

static const struct { struct str path; struct plan plan; } routes[] = {
	{ { "here", 4 }, { .handler = here } },
	{ { "echo", 4 }, { .handler = echo, .take = PLAN_BYTES, .limit = 100 } },
	{ { "form", 4 }, { .handler = echo, .take = PLAN_FORM, .limit = 100 } },
	{ { "up", 2 }, { .handler = echo, .take = PLAN_UPLOAD, .limit = 1000, .sink = &up } },
	{ { "big", 3 }, { .handler = echo, .take = PLAN_BYTES, .limit = 64 << 20 } },
	{ { "park", 4 }, { .handler = park } },
	{ { "atonce", 6 }, { .handler = park_and_resume_at_once } },
	{ { "greedy", 6 }, { .handler = greedy } },
	{ { "silent", 6 }, { .handler = silent } },
	{ { "split", 5 }, { .handler = splitting } },
	{ { "download", 8 }, { .handler = download } },
	{ { "asset", 5 }, { .handler = asset } },
};

static enum err
route(struct turn *t, struct plan *plan)
{
	for (ptrdiff_t i = 0; i < COUNT(routes); i++)
		if (t->n_segs == 1 && str_eq(t->segs[0], routes[i].path)) {
			*plan = routes[i].plan;
			return OK;
		}
	return (fail)(t->cx, ERR_NOT_FOUND, "no such path");
}

static enum err
error_page(struct turn *t, enum err e)
{
	if (e == ERR_CONFLICT)
		return ERR_BROKEN; /* so that a test sees the fixed text */
	turn_field(t, S("cookie"));
	buf_fmt(turn_answer_buf(t, err_http(e), S("text/plain")), "error: %s", t->cx->why);
	return OK;
}

static const struct web_field fields[] = { { { "X-Frame-Options", 15 }, { "DENY", 4 } } };
static const struct web_app app = { .route = route, .error_page = error_page, .fields = fields, .n_fields = 1 };

struct talk *
talk_begin(struct cx *cx)
{
	struct talk *t = NEW(cx, struct talk, 1);

	talk_boot = 1000 * SECOND;
	talk_ticket = 0;
	talk_resumed = talk_ended = 0;
	http_defaults(&t->set);
	t->set.arena = 1 << 20;
	t->set.turns = 2;
	http_door_open(&t->door, &app, &t->set);
	t->door.clock = standing_clock;
	http_open(&t->http, &t->door, t->in, S("192.0.2.1"));
	t->said = buf_new(cx);
	return t;
}

void
talk_end(struct talk *t)
{
	http_close(&t->http);
	http_door_close(&t->door);
}

void
talk_listen(struct talk *t, ptrdiff_t step)
{
	struct str p[3];

	while (http_out(&t->http, p)) {
		ptrdiff_t n = p[0].n < step ? p[0].n : step;

		buf_put(&t->said, str_sub(p[0], 0, n));
		http_sent(&t->http, n);
	}
}

void
talk_say(struct talk *t, struct str text, ptrdiff_t cut)
{
	while (text.n) {
		ptrdiff_t cap, n;
		char *room = http_room(&t->http, &cap);

		n = cap < text.n ? cap : text.n;
		if (cut > 0 && cut < n)
			n = cut;
		cut -= n;
		if (n == 0)
			return;
		memcpy(room, text.p, (size_t)n);
		text = str_sub(text, n, text.n);
		http_took(&t->http, n);
		talk_listen(t, 1 << 20);
	}
}
