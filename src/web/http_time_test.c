/* Deadlines, rates and bounds: who may keep a door busy, and for how long. */
#include "web/http_talk.h"

#define HOST " HTTP/1.1\r\nHost: x\r\n"

TEST(http_deadlines_are_not_moved_by_a_trickle)
{
	struct talk *t = talk_begin(cx);
	when first;

	EXPECT(t->http.due == talk_boot + t->set.idle);
	talk_boot += SECOND;
	talk_say(t, S("GET /"), 0);
	first = t->http.due;
	EXPECT(first == talk_boot + t->set.head);
	talk_boot += SECOND;
	talk_say(t, S("h"), 0);
	EXPECT(t->http.due == first);
	http_due(&t->http);
	talk_listen(t, 1000);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 408 ")) && t->http.state == HTTP_LINGER);
	first = t->http.due;
	talk_boot += SECOND;
	talk_say(t, S("x"), 0);
	EXPECT(t->http.due == first);
	http_due(&t->http);
	EXPECT(t->http.state == HTTP_OVER);
	talk_end(t);
}

TEST(http_wants_a_least_rate_of_bodies_and_readers)
{
	struct talk *t = talk_begin(cx);
	struct str p[3];
	when began = talk_boot;

	talk_say(t, S("POST /echo" HOST "Content-Length: 50\r\n\r\n"), 0);
	EXPECT(t->http.due == began + t->set.body);
	talk_boot += 20 * SECOND;
	talk_say(t, S("0123456789"), 0);
	EXPECT(t->http.due == began + t->set.body + 10 * SECOND / t->set.rate);
	talk_boot = t->http.due;
	http_due(&t->http);
	talk_listen(t, 1000);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 408 ")));
	http_close(&t->http);

	http_open(&t->http, &t->door, t->in, S(""));
	memcpy(t->in, "GET /here" HOST "\r\n", sizeof "GET /here" HOST "\r\n" - 1);
	began = talk_boot;
	http_took(&t->http, sizeof "GET /here" HOST "\r\n" - 1);
	EXPECT(t->http.state == HTTP_WRITE && http_out(&t->http, p) == 2 && t->http.due == began + t->set.write);
	talk_boot += 30 * SECOND;
	http_sent(&t->http, 8);
	EXPECT(t->http.due == began + t->set.write + 8 * SECOND / t->set.rate);
	http_due(&t->http);
	EXPECT(t->http.state == HTTP_OVER);
	talk_end(t);
}

TEST(http_haste_buys_no_rest)
{
	struct talk *t = talk_begin(cx);
	struct buf b = buf_new(cx);

	talk_boot += SECOND;
	talk_say(t, S("POST /big" HOST "Content-Length: 100000\r\n\r\n"), 0);
	memset(buf_room(&b, 99999), 'x', 99999);
	talk_say(t, buf_str(&b), 0);
	EXPECT(t->http.state == HTTP_BODY && t->http.due == talk_boot + t->set.body);
	talk_boot += 3 * SECOND;
	talk_say(t, S("y"), 0);
	EXPECT(t->http.state == HTTP_IDLE);
	talk_end(t);
}

TEST(http_drops_who_does_not_read_when_all_turns_are_taken)
{
	struct talk *t = talk_begin(cx);
	struct http deaf[2];
	char in[2][HEAD_MOST];
	struct str p[3];
	static const char text[] = "GET /here" HOST "\r\n";

	for (int i = 0; i < 2; i++) {
		http_open(&deaf[i], &t->door, in[i], S(""));
		memcpy(in[i], text, sizeof text - 1);
		http_took(&deaf[i], sizeof text - 1);
		EXPECT(deaf[i].state == HTTP_WRITE && http_out(&deaf[i], p) == 2);
	}
	talk_boot += SECOND - 1; /* they may only be slow */
	talk_say(t, str_of(text), 0);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 503 ")));
	http_close(&t->http);
	http_open(&t->http, &t->door, t->in, S(""));
	http_sent(&deaf[0], 100); /* and this one is */
	talk_boot += 1;
	talk_say(t, str_of(text), 0);
	EXPECT(str_ends(buf_str(&t->said), S("\r\n\r\nhere")) && t->http.state == HTTP_IDLE);
	EXPECT(deaf[0].state == HTTP_WRITE && deaf[1].state == HTTP_OVER);
	http_close(&deaf[0]);
	http_close(&deaf[1]);
	talk_end(t);
}

TEST(http_bounds_turns_and_drops_the_slowest_body_first)
{
	struct talk *t = talk_begin(cx);
	struct http more[2];
	char in[2][HEAD_MOST];
	struct str p[3];
	static const char text[] = "POST /echo" HOST "Content-Length: 50\r\n\r\n";

	talk_say(t, str_of(text), 0);
	for (int i = 0; i < 2; i++) {
		talk_boot += SECOND;
		http_open(&more[i], &t->door, in[i], S(""));
		memcpy(in[i], text, sizeof text - 1);
		http_took(&more[i], sizeof text - 1);
	}
	EXPECT(t->http.state == HTTP_BODY && more[0].state == HTTP_BODY && more[1].state == HTTP_WRITE);
	EXPECT(http_out(&more[1], p) == 1 && str_starts(p[0], S("HTTP/1.1 503 ")));
	http_close(&more[1]);
	talk_boot += 2 * SECOND;
	http_open(&more[1], &t->door, in[1], S(""));
	memcpy(in[1], text, sizeof text - 1);
	http_took(&more[1], sizeof text - 1);
	EXPECT(t->http.state == HTTP_OVER && more[0].state == HTTP_BODY && more[1].state == HTTP_BODY);
	http_open(&t->http, &t->door, t->in, S(""));
	talk_say(t, S("GET /here" HOST "\r\n"), 0); /* a whole request comes before any that trickles */
	EXPECT(t->http.state == HTTP_IDLE && more[0].state == HTTP_OVER && more[1].state == HTTP_BODY);
	http_close(&more[0]);
	http_close(&more[1]);
	talk_end(t);
}

TEST(http_waits_while_the_door_is_paused)
{
	struct talk *t = talk_begin(cx);

	t->door.paused = true;
	talk_say(t, S("GET /here" HOST "\r\n"), 0);
	EXPECT(t->http.state == HTTP_HELD && t->said.n == 0);
	t->door.paused = false;
	http_unpause(&t->http);
	talk_listen(t, 1000);
	EXPECT(str_ends(buf_str(&t->said), S("\r\n\r\nhere")) && t->http.state == HTTP_IDLE);
	t->door.stopping = true;
	talk_say(t, S("GET /here" HOST "\r\n"), 0);
	EXPECT(str_find(buf_str(&t->said), S("\r\nConnection: close\r\n")) > 0 && t->http.state == HTTP_LINGER);
	talk_end(t);
}

TEST(http_body_that_outgrows_the_turn_is_too_big)
{
	struct talk *t = talk_begin(cx);
	struct buf b = buf_new(cx);

	buf_put(&b, S("POST /big" HOST "Content-Length: 4194304\r\n\r\n"));
	memset(buf_room(&b, 4 << 20), 'x', 4 << 20);
	talk_say(t, buf_str(&b), 0);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 413 ")) && t->http.state == HTTP_LINGER);
	talk_end(t);
}
