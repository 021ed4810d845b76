#include "web/door.h"

#include "base/test.h"
#include "desk/registrar.h"
#include "sys/ipc.h"
#include "web/http.h"
#include <sys/socket.h>
#include <unistd.h>

/* A crowd that all sends at once through a channel with little room, and this test in the place of the registrar. */
enum { CROWD = 64 };

static struct str long_words;

static enum err
answer(struct turn *t, void *arg, enum err e, struct js *ok)
{
	(void)arg;
	TRY(e);
	turn_answer(t, 200, S("text/plain"), js_str(ok, S("says")));
	return OK;
}

static enum err
ask(struct turn *t)
{
	struct js *args = js_object(t->cx);

	js_set_str(t->cx, args, S("words"), long_words);
	return door_send(t->app, t, (struct id){ { 0 } }, (struct credential){ .session = S("") }, S("note"), S(""), args,
	    answer, NULL);
}

static enum err
route(struct turn *t, struct plan *plan)
{
	(void)t;
	*plan = (struct plan){ .handler = ask };
	return OK;
}

struct crowd {
	struct door door;
	struct http_door http;
	struct http client[CROWD];
	char in[CROWD][HEAD_MOST];
	int ends[2];
};

static struct crowd *
crowd_begin(struct cx *cx)
{
	static const struct str get = S("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	static struct web_app app = { .route = route };
	struct crowd *c = NEW(cx, struct crowd, 1);
	struct http_settings set;
	int small = 32 << 10;

	long_words = (struct str){ NEW(cx, char, 4096), 4096 };
	memset((char *)(uintptr_t)long_words.p, 'w', 4096);
	EXPECT_OK(ipc_pair(cx, c->ends));
	EXPECT(setsockopt(c->ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
	app.self = &c->door;
	http_defaults(&set);
	set.arena = 256 << 10;
	http_door_open(&c->http, &app, &set);
	c->door.http = &c->http;
	c->door.link = c->ends[0];
	cx_begin(&c->door.turn, cx_room(1 << 20), 1 << 20);
	for (int i = 0; i < CROWD; i++) {
		ptrdiff_t cap;

		http_open(&c->client[i], &c->http, c->in[i], S("192.0.2.1"));
		memcpy(http_room(&c->client[i], &cap), get.p, (size_t)get.n);
		http_took(&c->client[i], get.n);
		EXPECT(c->client[i].state == HTTP_PARKED);
	}
	return c;
}

/* What has reached the registrar's end; each is answered, if `back`. */
static int
serve(struct cx *cx, struct crowd *c, bool back)
{
	struct str message, text;
	uint64_t ticket;
	int n = 0;

	for (; ipc_recv(cx, c->ends[1], &message) == IPC_OK; n++) {
		EXPECT(registrar_unwrap(message, &ticket, &text) && ticket);
		if (back)
			EXPECT(ipc_send(c->ends[1], registrar_wrap(cx, ticket, S("{\"ok\":{\"says\":\"done\"}}"))) == IPC_OK);
	}
	return n;
}

static int
answered(const struct crowd *c)
{
	int n = 0;

	for (int i = 0; i < CROWD; i++)
		n += c->client[i].state != HTTP_PARKED;
	return n;
}

static void
crowd_end(struct crowd *c)
{
	for (int i = 0; i < CROWD; i++)
		http_close(&c->client[i]);
	http_door_close(&c->http);
	close(c->ends[0]);
	close(c->ends[1]);
}

TEST(door_sends_what_found_no_room_as_soon_as_there_is_some)
{
	struct crowd *c = crowd_begin(cx);
	int rounds = 0;

	for (; answered(c) < CROWD && rounds < CROWD; rounds++) {
		EXPECT(serve(cx, c, true) > 0);
		door_ready(&c->door, SERVER_READ | SERVER_WRITE);
	}
	EXPECT(rounds > 1); /* or the channel was wide enough for all and nothing was shown */
	EXPECT(answered(c) == CROWD && !c->door.waiting);
	crowd_end(c);
}

TEST(door_asks_all_again_when_the_registrar_greets)
{
	struct crowd *c = crowd_begin(cx);
	int lost = 0, before, rounds = 0;

	while ((before = serve(cx, c, false)) > 0) {
		lost += before;
		door_ready(&c->door, SERVER_WRITE);
	}
	EXPECT(lost == CROWD && answered(c) == 0);
	EXPECT(ipc_send(c->ends[1], registrar_wrap(cx, 0, S("{}"))) == IPC_OK);
	do
		door_ready(&c->door, SERVER_READ | SERVER_WRITE);
	while (serve(cx, c, true) > 0 && rounds++ < CROWD);
	door_ready(&c->door, SERVER_READ);
	EXPECT(answered(c) == CROWD);
	crowd_end(c);
}
