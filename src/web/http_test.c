#include "web/http.h"

#include "base/test.h"
#include <stdlib.h>

/* A door, one connection, and what it has said. The clock stands until a test moves it. */
static when boot;
static uint64_t ticket;
static int resumed, ended;

static void
standing_clock(when *now, when *b)
{
	*now = T0;
	*b = boot;
}

struct talk {
	struct http_door door;
	struct http_settings set;
	struct http http;
	char in[HEAD_MOST];
	struct buf said;
};

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
	resumed++;
	if (str_eq(str_of(word), S("again")))
		ticket = turn_park(t, on_resume, arg);
	else if (str_eq(str_of(word), S("fail")))
		return (fail)(t->cx, ERR_CONFLICT, "no");
	else
		turn_answer(t, 200, S("text/plain"), str_copy(t->cx, str_of(word)));
	return OK;
}

static void count_end(void *arg) { (void)arg; ended++; }

static enum err
park(struct turn *t)
{
	cx_defer(t->cx, count_end, NULL);
	ticket = turn_park(t, on_resume, NULL);
	return OK;
}

static enum err
park_and_resume_at_once(struct turn *t)
{
	ticket = turn_park(t, on_resume, NULL);
	EXPECT(turn_resume(t->door, ticket, "at once"));
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

static struct talk *
talk_begin(struct cx *cx)
{
	struct talk *t = NEW(cx, struct talk, 1);

	boot = 1000 * SECOND;
	ticket = 0;
	resumed = ended = 0;
	http_defaults(&t->set);
	t->set.arena = 1 << 20;
	t->set.turns = 2;
	http_door_open(&t->door, &app, &t->set);
	t->door.clock = standing_clock;
	http_open(&t->http, &t->door, t->in, S("192.0.2.1"));
	t->said = buf_new(cx);
	return t;
}

static void
talk_end(struct talk *t)
{
	http_close(&t->http);
	http_door_close(&t->door);
}

/* Take everything that the door wants to send, `step` bytes at a time. */
static void
listen_to(struct talk *t, ptrdiff_t step)
{
	struct str p[3];

	while (http_out(&t->http, p)) {
		ptrdiff_t n = p[0].n < step ? p[0].n : step;

		buf_put(&t->said, str_sub(p[0], 0, n));
		http_sent(&t->http, n);
	}
}

/* Say the text in pieces as large as the door takes them, cut at `cut` too. */
static void
say(struct talk *t, struct str text, ptrdiff_t cut)
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
		listen_to(t, 1 << 20);
	}
}

/* One conversation from its beginning. */
static struct str
answer_to(struct cx *cx, struct str text, ptrdiff_t cut, enum http_state *state)
{
	struct talk *t = talk_begin(cx);
	struct str said;

	say(t, text, cut);
	*state = t->http.state;
	said = buf_str(&t->said);
	talk_end(t);
	return said;
}

static void
expect_answer(struct cx *cx, struct str text, const char *status, const char *body, enum http_state want)
{
	enum http_state state;
	struct str said = answer_to(cx, text, 0, &state);

	if (!str_starts(said, str_fmt(cx, "HTTP/1.1 %s", status)) || !str_ends(said, str_of(body)) || state != want)
		fail_msg("%.*s\nended in state %d with\n%.*s", F(text), (int)state, F(said));
}

#define HOST " HTTP/1.1\r\nHost: x\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

TEST(http_answers)
{
	static const struct { struct str text; const char *status, *body; enum http_state state; } cases[] = {
#define CASE(text, status, body, state) { { text, (ptrdiff_t)sizeof(text) - 1 }, status, body, HTTP_##state }
		CASE("GET /here" HOST "\r\n", "200 OK", "\r\n\r\nhere", IDLE),
		CASE("HEAD /here" HOST "\r\n", "200 OK", "\r\n\r\n", IDLE),
		CASE("GET /here HTTP/1.0\r\nHost: x\r\n\r\n", "200 OK", "here", LINGER),
		CASE("GET /here" HOST "Connection: close\r\n\r\n", "200 OK", "here", LINGER),
		CASE("GET /echo?a=b+c" HOST "\r\n", "200 OK", "\r\n\r\n||a=b c;", IDLE),
		CASE("POST /echo" HOST "Content-Length: 3\r\n\r\nabc", "200 OK", "abc||", IDLE),
		CASE("POST /echo" HOST CHUNKED "\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "200 OK", "abc||", IDLE),
		CASE("POST /form" HOST FORM "Content-Length: 7\r\n\r\na=1&b=2", "200 OK", "|a=1;b=2;|", IDLE),
		CASE("POST /form" HOST "\r\n", "200 OK", "\r\n\r\n||", IDLE),
		CASE("POST /up" HOST "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 125\r\n\r\n"
		    "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n1\r\n"
		    "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n--b--\r\n", "200 OK",
		    "|a=2;|<f|x|application/octet-stream>1/", IDLE),
		CASE("GET /atonce" HOST "\r\n", "200 OK", "at once", IDLE),
		CASE("GET /download" HOST "\r\n", "200 OK", "\r\n\r\nzzzzzzzzzz", IDLE),
		CASE("HEAD /download" HOST "\r\n", "200 OK", "\r\n\r\n", IDLE),
		CASE("GET /download?short=1" HOST "\r\n", "200 OK", "\r\n\r\nzzzzz", OVER),
		/* refused by the app or for it */
		CASE("GET /nothing" HOST "\r\n", "404", "error: no such path", LINGER),
		CASE("GET /here?a" HOST "\r\n", "400", "error: a field without '='", LINGER),
		CASE("GET /%2e%2e" HOST "\r\n", "400", "error: the path holds a dot segment", LINGER),
		CASE("PUT /here" HOST "\r\n", "405", "error: only GET, HEAD and POST are taken", LINGER),
		CASE("GET /here\r\n", "400", "must be encoded", LINGER),
		CASE("POST /here" HOST "Content-Length: 1\r\n\r\nx", "413", "error: no body is taken here", LINGER),
		CASE("POST /echo" HOST "Content-Length: 101\r\n\r\n", "413", "error: at most 100 bytes are taken here",
		    LINGER),
		CASE("POST /echo" HOST CHUNKED
		    "\r\n65\r\n1234567890123456789012345678901234567890123456789012345678901234567890"
		    "1234567890123456789012345678901\r\n0\r\n\r\n", "413", "error: at most 100 bytes are taken here", LINGER),
		CASE("POST /echo" HOST CHUNKED "\r\n3;x\r\nabc\r\n0\r\n\r\n", "400",
		    "error: the body is not properly chunked", LINGER),
		CASE("POST /form" HOST "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=b", "415", "taken here",
		    LINGER),
		CASE("POST /form" HOST FORM "Content-Length: 5\r\n\r\na=%ff", "400", "error: a: this is not text in UTF-8",
		    LINGER),
		CASE("POST /up" HOST "Content-Type: multipart/mixed; boundary=b\r\nContent-Length: 3\r\n\r\na=b", "415",
		    "form-data", LINGER),
		CASE("GET /greedy" HOST "\r\n", "413", "one turn may use", LINGER),
		CASE("GET /silent" HOST "\r\n", "500", "error: the handler neither answered nor waits", LINGER),
		CASE("GET /split" HOST "\r\n", "500", "error: a field of the answer holds what none may hold", LINGER),
	};

	for (ptrdiff_t i = 0; i < COUNT(cases); i++)
		expect_answer(cx, cases[i].text, cases[i].status, cases[i].body, cases[i].state);
}

TEST(http_says_the_same_however_the_bytes_are_cut)
{
	static const struct str texts[] = {
#define TEXT(lit) { lit, (ptrdiff_t)sizeof(lit) - 1 }
		TEXT("GET /here" HOST "\r\nPOST /form" HOST FORM "Content-Length: 7\r\n\r\na=1&b=2HEAD /here" HOST "\r\n"
		    "POST /echo" HOST CHUNKED "\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\nGET /nothing" HOST "\r\nGET /here" HOST
		    "\r\n"),
		TEXT("POST /up" HOST "Content-Type: multipart/form-data; boundary=b\r\n" CHUNKED "\r\n"
		    "49\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n1\r\n--b--\r\n"
		    "\r\n0\r\n\r\n"),
		TEXT("POST /echo" HOST CHUNKED "\r\n2\r\nabc"),
		TEXT("GET /here" HOST "\r\nGET / HTTP/1.1\nHost: x\r\n\r\n"),
	};

	for (ptrdiff_t i = 0; i < COUNT(texts); i++) {
		enum http_state state, first_state;
		struct str first = answer_to(cx, texts[i], 0, &first_state);

		EXPECT(str_starts(first, i == 2 ? S("HTTP/1.1 400") : S("HTTP/1.1 200")));
		for (ptrdiff_t cut = 1; cut < texts[i].n; cut++) {
			struct mark m = cx_mark(cx);

			EXPECT_STR(answer_to(cx, texts[i], cut, &state), first);
			EXPECT(state == first_state);
			cx_back(cx, m);
		}
	}
}

TEST(http_answers_pipelined_requests_in_order)
{
	enum http_state state;
	struct str said = answer_to(cx, S("GET /here" HOST "\r\nGET /echo?n=2" HOST "\r\nGET /nothing" HOST
	    "\r\nGET /here" HOST
	    "\r\n"), 0, &state);

	EXPECT(str_find(said, S("n=2;HTTP/1.1 404 Not Found\r\n")) > str_find(said, S("hereHTTP/1.1 200 OK\r\n")));
	EXPECT(str_ends(said, S("error: no such path")) && state == HTTP_LINGER);
}

TEST(http_heads_of_answers)
{
	enum http_state state;

	EXPECT_STR(answer_to(cx, S("GET /here" HOST "\r\n"), 0, &state),
	    S("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 4\r\nX-Frame-Options: DENY\r\n"
	    "Cache-Control: no-store\r\n\r\nhere"));
	EXPECT(str_find(answer_to(cx, S("PUT /" HOST "\r\n"), 0, &state), S("\r\nAllow: GET, HEAD, POST\r\n")) > 0);
	EXPECT(str_find(answer_to(cx, S("PUT /" HOST "\r\n"), 0, &state), S("\r\nConnection: close\r\n")) > 0);
	EXPECT(str_find(answer_to(cx, S("GET /download" HOST "\r\n"), 0, &state),
	    S("\r\nContent-Disposition: attachment; "
	    "filename=\"na_me __.txt\"; filename*=UTF-8''na%22me%20%C3%A9.txt\r\n")) > 0);
}

TEST(http_picks_the_coding_of_an_asset)
{
	static const struct { const char *field, *body; } cases[] = { { "", "plain" }, {
	    "Accept-Encoding: gzip, deflate, br\r\n", "br!" },
		{ "Accept-Encoding: gzip\r\n", "gzip" }, { "Accept-Encoding: br;q=0, gzip;q=0.5\r\n", "gzip" },
		{ "Accept-Encoding: br;q=0.0,gzip; q=0\r\n", "plain" }, { "Accept-Encoding: br; q=0.01\r\n", "br!" },
		{ "Accept-Encoding: *\r\n", "plain" } };
	enum http_state state;

	for (ptrdiff_t i = 0; i < COUNT(cases); i++) {
		struct str said = answer_to(cx, str_fmt(cx, "GET /asset" HOST "%s\r\n", cases[i].field), 0, &state);

		if (!str_ends(said, str_fmt(cx, "\r\n\r\n%s", cases[i].body)))
			fail_msg("%s: %.*s", cases[i].field, F(said));
		EXPECT(str_find(said, S("\r\nVary: Accept-Encoding\r\n")) > 0 && str_find(said, S("immutable")) > 0);
	}
}

TEST(http_says_continue_only_when_the_body_is_wanted)
{
	struct talk *t = talk_begin(cx);

	say(t, S("POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"), 0);
	EXPECT_STR(buf_str(&t->said), S("HTTP/1.1 100 Continue\r\n\r\n"));
	say(t, S("abc"), 0);
	EXPECT(str_ends(buf_str(&t->said), S("abc||")));
	talk_end(t);
	expect_answer(cx, S("POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 101\r\n\r\n"), "413",
	    "taken here", HTTP_LINGER);
}

TEST(http_parks_and_resumes)
{
	struct talk *t = talk_begin(cx);
	uint64_t old;
	ptrdiff_t cap;

	say(t, S("GET /park" HOST "\r\n"), 0);
	EXPECT(t->http.state == HTTP_PARKED && t->said.n == 0 && ticket);
	http_room(&t->http, &cap);
	EXPECT(cap == 0);
	old = ticket;
	EXPECT(turn_resume(&t->door, ticket, "again") && t->http.state == HTTP_PARKED);
	EXPECT(!turn_resume(&t->door, old, "x"));
	EXPECT(turn_resume(&t->door, ticket, "done") && resumed == 2 && ended == 0);
	listen_to(t, 7);
	EXPECT(str_ends(buf_str(&t->said), S("\r\n\r\ndone")) && t->http.state == HTTP_IDLE && ended == 1);
	EXPECT(!turn_resume(&t->door, ticket, "x") && !turn_resume(&t->door, 0, "x") && !turn_resume(&t->door,
	    UINT64_MAX, "x"));
	say(t, S("GET /park" HOST "\r\n"), 0);
	EXPECT(turn_resume(&t->door, ticket, "fail"));
	listen_to(t, 7);
	EXPECT(str_ends(buf_str(&t->said), S("somebody changed it first\n")) && t->http.state == HTTP_LINGER);
	talk_end(t);
}

TEST(an_answer_to_the_worker_before_fits_no_turn_of_the_next)
{
	struct talk *before = talk_begin(cx), *next;
	uint64_t old;

	say(before, S("GET /park" HOST "\r\n"), 0);
	old = ticket;
	next = talk_begin(cx);
	say(next, S("GET /park" HOST "\r\n"), 0);
	EXPECT(ticket && ticket != old && !turn_resume(&next->door, old, "another's words") && turn_resume(&next->door, ticket, "done"));
	talk_end(next);
	EXPECT(turn_resume(&before->door, old, "done"));
	talk_end(before);
}

TEST(http_keeps_a_parked_turn_whose_client_has_gone)
{
	struct talk *t = talk_begin(cx);

	say(t, S("GET /park" HOST "\r\n"), 0);
	http_gone(&t->http);
	EXPECT(t->http.state == HTTP_PARKED && ended == 0);
	EXPECT(turn_resume(&t->door, ticket, "done") && resumed == 1 && ended == 1);
	EXPECT(t->http.state == HTTP_OVER && !turn_resume(&t->door, ticket, "done"));
	talk_end(t);
}

TEST(http_gives_up_a_parked_turn_in_time)
{
	struct talk *t = talk_begin(cx);

	say(t, S("GET /park" HOST "\r\n"), 0);
	EXPECT(t->http.due == boot + t->set.park);
	boot = t->http.due;
	http_due(&t->http);
	listen_to(t, 1000);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 503 ")) && ended == 1 && t->http.state == HTTP_LINGER);
	EXPECT(!turn_resume(&t->door, ticket, "late") && resumed == 0);
	talk_end(t);
}

TEST(http_deadlines_are_not_moved_by_a_trickle)
{
	struct talk *t = talk_begin(cx);
	when first;

	EXPECT(t->http.due == boot + t->set.idle);
	boot += SECOND;
	say(t, S("GET /"), 0);
	first = t->http.due;
	EXPECT(first == boot + t->set.head);
	boot += SECOND;
	say(t, S("h"), 0);
	EXPECT(t->http.due == first);
	http_due(&t->http);
	listen_to(t, 1000);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 408 ")) && t->http.state == HTTP_LINGER);
	first = t->http.due;
	boot += SECOND;
	say(t, S("x"), 0);
	EXPECT(t->http.due == first);
	http_due(&t->http);
	EXPECT(t->http.state == HTTP_OVER);
	talk_end(t);
}

TEST(http_wants_a_least_rate_of_bodies_and_readers)
{
	struct talk *t = talk_begin(cx);
	struct str p[3];
	when began = boot;

	say(t, S("POST /echo" HOST "Content-Length: 50\r\n\r\n"), 0);
	EXPECT(t->http.due == began + t->set.body);
	boot += 20 * SECOND;
	say(t, S("0123456789"), 0);
	EXPECT(t->http.due == began + t->set.body + 10 * SECOND / t->set.rate);
	boot = t->http.due;
	http_due(&t->http);
	listen_to(t, 1000);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 408 ")));
	http_close(&t->http);

	http_open(&t->http, &t->door, t->in, S(""));
	memcpy(t->in, "GET /here" HOST "\r\n", sizeof "GET /here" HOST "\r\n" - 1);
	began = boot;
	http_took(&t->http, sizeof "GET /here" HOST "\r\n" - 1);
	EXPECT(t->http.state == HTTP_WRITE && http_out(&t->http, p) == 2 && t->http.due == began + t->set.write);
	boot += 30 * SECOND;
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

	boot += SECOND;
	say(t, S("POST /big" HOST "Content-Length: 100000\r\n\r\n"), 0);
	memset(buf_room(&b, 99999), 'x', 99999);
	say(t, buf_str(&b), 0);
	EXPECT(t->http.state == HTTP_BODY && t->http.due == boot + t->set.body);
	boot += 3 * SECOND;
	say(t, S("y"), 0);
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
	boot += SECOND - 1; /* they may only be slow */
	say(t, str_of(text), 0);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 503 ")));
	http_close(&t->http);
	http_open(&t->http, &t->door, t->in, S(""));
	http_sent(&deaf[0], 100); /* and this one is */
	boot += 1;
	say(t, str_of(text), 0);
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

	say(t, str_of(text), 0);
	for (int i = 0; i < 2; i++) {
		boot += SECOND;
		http_open(&more[i], &t->door, in[i], S(""));
		memcpy(in[i], text, sizeof text - 1);
		http_took(&more[i], sizeof text - 1);
	}
	EXPECT(t->http.state == HTTP_BODY && more[0].state == HTTP_BODY && more[1].state == HTTP_WRITE);
	EXPECT(http_out(&more[1], p) == 1 && str_starts(p[0], S("HTTP/1.1 503 ")));
	http_close(&more[1]);
	boot += 2 * SECOND;
	http_open(&more[1], &t->door, in[1], S(""));
	memcpy(in[1], text, sizeof text - 1);
	http_took(&more[1], sizeof text - 1);
	EXPECT(t->http.state == HTTP_OVER && more[0].state == HTTP_BODY && more[1].state == HTTP_BODY);
	http_open(&t->http, &t->door, t->in, S(""));
	say(t, S("GET /here" HOST "\r\n"), 0); /* a whole request comes before any that trickles */
	EXPECT(t->http.state == HTTP_IDLE && more[0].state == HTTP_OVER && more[1].state == HTTP_BODY);
	http_close(&more[0]);
	http_close(&more[1]);
	talk_end(t);
}

TEST(http_waits_while_the_door_is_paused)
{
	struct talk *t = talk_begin(cx);

	t->door.paused = true;
	say(t, S("GET /here" HOST "\r\n"), 0);
	EXPECT(t->http.state == HTTP_HELD && t->said.n == 0);
	t->door.paused = false;
	http_unpause(&t->http);
	listen_to(t, 1000);
	EXPECT(str_ends(buf_str(&t->said), S("\r\n\r\nhere")) && t->http.state == HTTP_IDLE);
	t->door.stopping = true;
	say(t, S("GET /here" HOST "\r\n"), 0);
	EXPECT(str_find(buf_str(&t->said), S("\r\nConnection: close\r\n")) > 0 && t->http.state == HTTP_LINGER);
	talk_end(t);
}

TEST(http_body_that_outgrows_the_turn_is_too_big)
{
	struct talk *t = talk_begin(cx);
	struct buf b = buf_new(cx);

	buf_put(&b, S("POST /big" HOST "Content-Length: 4194304\r\n\r\n"));
	memset(buf_room(&b, 4 << 20), 'x', 4 << 20);
	say(t, buf_str(&b), 0);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 413 ")) && t->http.state == HTTP_LINGER);
	talk_end(t);
}
