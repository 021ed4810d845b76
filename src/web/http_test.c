#include "web/http_talk.h"

/* One conversation from its beginning. */
static struct str
answer_to(struct cx *cx, struct str text, ptrdiff_t cut, enum http_state *state)
{
	struct talk *t = talk_begin(cx);
	struct str said;

	talk_say(t, text, cut);
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

	talk_say(t, S("POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"), 0);
	EXPECT_STR(buf_str(&t->said), S("HTTP/1.1 100 Continue\r\n\r\n"));
	talk_say(t, S("abc"), 0);
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

	talk_say(t, S("GET /park" HOST "\r\n"), 0);
	EXPECT(t->http.state == HTTP_PARKED && t->said.n == 0 && talk_ticket);
	http_room(&t->http, &cap);
	EXPECT(cap == 0);
	old = talk_ticket;
	EXPECT(turn_resume(&t->door, talk_ticket, "again") && t->http.state == HTTP_PARKED);
	EXPECT(!turn_resume(&t->door, old, "x"));
	EXPECT(turn_resume(&t->door, talk_ticket, "done") && talk_resumed == 2 && talk_ended == 0);
	talk_listen(t, 7);
	EXPECT(str_ends(buf_str(&t->said), S("\r\n\r\ndone")) && t->http.state == HTTP_IDLE && talk_ended == 1);
	EXPECT(!turn_resume(&t->door, talk_ticket, "x") && !turn_resume(&t->door, 0, "x") && !turn_resume(&t->door,
	    UINT64_MAX, "x"));
	talk_say(t, S("GET /park" HOST "\r\n"), 0);
	EXPECT(turn_resume(&t->door, talk_ticket, "fail"));
	talk_listen(t, 7);
	EXPECT(str_ends(buf_str(&t->said), S("somebody changed it first\n")) && t->http.state == HTTP_LINGER);
	talk_end(t);
}

TEST(an_answer_to_the_worker_before_fits_no_turn_of_the_next)
{
	struct talk *before = talk_begin(cx), *next;
	uint64_t old;

	talk_say(before, S("GET /park" HOST "\r\n"), 0);
	old = talk_ticket;
	next = talk_begin(cx);
	talk_say(next, S("GET /park" HOST "\r\n"), 0);
	EXPECT(talk_ticket && talk_ticket != old && !turn_resume(&next->door, old, "another's words") && turn_resume(&next->door, talk_ticket, "done"));
	talk_end(next);
	EXPECT(turn_resume(&before->door, old, "done"));
	talk_end(before);
}

TEST(http_keeps_a_parked_turn_whose_client_has_gone)
{
	struct talk *t = talk_begin(cx);

	talk_say(t, S("GET /park" HOST "\r\n"), 0);
	http_gone(&t->http);
	EXPECT(t->http.state == HTTP_PARKED && talk_ended == 0);
	EXPECT(turn_resume(&t->door, talk_ticket, "done") && talk_resumed == 1 && talk_ended == 1);
	EXPECT(t->http.state == HTTP_OVER && !turn_resume(&t->door, talk_ticket, "done"));
	talk_end(t);
}

TEST(http_gives_up_a_parked_turn_in_time)
{
	struct talk *t = talk_begin(cx);

	talk_say(t, S("GET /park" HOST "\r\n"), 0);
	EXPECT(t->http.due == talk_boot + t->set.park);
	talk_boot = t->http.due;
	http_due(&t->http);
	talk_listen(t, 1000);
	EXPECT(str_starts(buf_str(&t->said), S("HTTP/1.1 503 ")) && talk_ended == 1 && t->http.state == HTTP_LINGER);
	EXPECT(!turn_resume(&t->door, talk_ticket, "late") && talk_resumed == 0);
	talk_end(t);
}
