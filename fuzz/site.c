/* Every page there is, as nobody, a handler, an administrator and a reporter: no address, query or form breaks one. The
 * first line is who (a digit) and the target; what follows is the body of a form, to which the page's own secret is
 * added, or JSON for a program. No command goes out: where one would, the turn waits and is given up. */
#include "base/buf.h"
#include "base/code.h"
#include "fuzz/fuzz.h"
#include "fuzz/house.h"
#include "web/site.h"
#include "web/url.h"
#include <string.h>

#define BROWSER "0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456789ABCDEFGHJ"

static void
standing_clock(when *now, when *boot)
{
	*now = *boot = (when)1795428000 * SECOND;
}

/* A request as a browser would send it. */
static struct str
request(struct cx *cx, enum house_who who, struct str target, struct str body, bool form)
{
	const struct house *h = house();
	struct str path, query, csrf = h->actor[who].csrf;
	struct buf b = buf_new(cx);
	struct hash own = HASH(S("tocsin/v1/form\n"), S(BROWSER));

	str_cut(target, '?', &path, &query);
	if (str_starts(path, S("/api/")))
		return str_fmt(cx, "%s %.*s HTTP/1.1\r\nHost: fuzz.example\r\nAuthorization: Bearer %.*s\r\nContent-Type: "
		    "application/json\r\nContent-Length: %td\r\n\r\n%.*s", form ? "POST" : "GET", F(target), F(h->token), body.n,
		    F(body));
	if (!csrf.n || str_starts(path, S("/report")) || str_starts(path, S("/ask")))
		csrf = hex_of(cx, own.b, 16);
	buf_fmt(&b, "%s %.*s HTTP/1.1\r\nHost: fuzz.example\r\nCookie: tocsin_browser=" BROWSER, form ? "POST" : "GET", F(target));
	if (h->session[who].n)
		buf_fmt(&b, "; tocsin=%.*s", F(h->session[who]));
	if (!form) {
		buf_put(&b, S("\r\n\r\n"));
		return buf_str(&b);
	}
	body = str_fmt(cx, "csrf=%.*s%s%.*s", F(csrf), body.n ? "&" : "", F(body));
	buf_fmt(&b, "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %td\r\n\r\n%.*s", body.n, F(body));
	return buf_str(&b);
}

static struct str
talk(struct cx *cx, struct http_door *door, struct str in)
{
	struct http *h = NEW(cx, struct http, 1);
	char *room = NEW(cx, char, HEAD_MOST);
	struct buf said = buf_new(cx);
	struct str p[3];
	ptrdiff_t cap, n;

	http_open(h, door, room, S("192.0.2.7"));
	do {
		char *to = http_room(h, &cap);

		n = cap < in.n ? cap : in.n;
		if (n > 0) {
			memcpy(to, in.p, (size_t)n);
			in = str_sub(in, n, in.n);
			http_took(h, n);
		}
		while (http_out(h, p)) {
			buf_put(&said, p[0]);
			http_sent(h, p[0].n);
		}
	} while (n > 0);
	http_close(h);
	return buf_str(&said);
}

FUZZ(cx, in)
{
	static struct door door;
	static struct http_door http;
	static struct web_app app;
	struct http_settings set;
	struct str first, body, said;
	enum house_who who = (enum house_who)((in.n ? (unsigned char)in.p[0] - (unsigned)'0' : 0u) % HOUSE_LOCAL);
	bool form = str_cut(str_sub(in, 1, in.n), '\n', &first, &body);

	if (!http.slots) {
		door = (struct door){ .desk = house()->desk, .http = &http, .link = -1 };
		app = site_app(&door);
		app.chance = fuzz_chance;
		http_defaults(&set);
		set.turns = 1;
		http_door_open(&http, &app, &set);
		http.clock = standing_clock;
	}
	said = talk(cx, &http, request(cx, who, house_filled(cx, first), house_filled(cx, body), form));
	HOLD(http.n_spare == 1 && !door.waiting);
	HOLD(!said.n || str_starts(said, S("HTTP/1.1 ")));
	HOLD(!str_starts(said, S("HTTP/1.1 5")) || str_starts(said, S("HTTP/1.1 501")) || str_starts(said, S("HTTP/1.1 505")));
	return OK;
}
