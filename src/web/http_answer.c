#include "web/http_inner.h"

#include <stdio.h>
#include <string.h>

static const char *
phrase(int status)
{
	static const struct { int status; const char *words; } phrases[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 301, "Moved Permanently" },
		{ 303, "See Other" }, { 307, "Temporary Redirect" }, { 308, "Permanent Redirect" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" }, { 408, "Request Timeout" }, { 409, "Conflict" }, { 410, "Gone" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" }, { 428, "Precondition Required" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" }, { 507, "Insufficient Storage" },
	};

	for (ptrdiff_t i = 0; i < COUNT(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].words;
	return "Status";
}

/* RFC 9110, 5.6.7 */
static int
date_text(when now, char out[32])
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
	    "Dec" };
	struct civil c = civil_of(now);

	return snprintf(out, 32, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[weekday_of(day_of(c.year, c.month, c.day))],
	    c.day % 100, months[c.month - 1], c.year % 10000, c.hour % 100, c.minute % 100, c.second % 100);
}

/* Whether lines of "Name: value" hold this name. */
static bool
has_field(struct str lines, struct str name)
{
	struct str line, key, value;

	while (str_next(&lines, '\n', &line))
		if (str_cut(line, ':', &key, &value) && key.n == name.n && strncasecmp(key.p, name.p, (size_t)key.n) == 0)
			return true;
	return false;
}

static void
put_field(struct buf *b, struct str name, struct str value)
{
	buf_put(b, name);
	buf_put(b, S(": "));
	buf_put(b, value);
	buf_put(b, S("\r\n"));
}

static struct str
body_of(const struct answer *a)
{
	return a->is_fixed ? a->fixed : buf_str(&a->made);
}

static struct str
head_of(struct http *h)
{
	struct turn *t = h->turn;
	struct answer *a = &t->answer;
	struct str own = buf_str(&a->fields);
	struct buf b = buf_new(t->cx);
	char date[32];

	buf_fmt(&b, "HTTP/1.1 %d %s\r\n", a->status, phrase(a->status));
	put_field(&b, S("Date"), (struct str){ date, date_text(t->cx->now, date) });
	if (a->status != 204) {
		if (a->type.n)
			put_field(&b, S("Content-Type"), a->type);
		buf_fmt(&b, "Content-Length: %lld\r\n",
		    (long long)(a->source.next ? a->source.length : (int64_t)body_of(a).n));
	}
	buf_put(&b, own);
	for (int i = 0; i < h->door->app->n_fields; i++)
		if (!has_field(own, h->door->app->fields[i].name))
			put_field(&b, h->door->app->fields[i].name, h->door->app->fields[i].value);
	if (!has_field(own, S("cache-control")))
		put_field(&b, S("Cache-Control"), a->cached ? S("public, max-age=31536000, immutable") : S("no-store"));
	if (a->status == 405 && !has_field(own, S("allow")))
		put_field(&b, S("Allow"), S("GET, HEAD, POST"));
	if (h->last)
		put_field(&b, S("Connection"), S("close"));
	buf_put(&b, S("\r\n"));
	return buf_str(&b);
}

enum err
http_answer_compose(struct http *h)
{
	struct turn *t = h->turn;
	struct answer *a = &t->answer;

	if (a->status == 0)
		return fail(t->cx, ERR_BROKEN, "the handler neither answered nor waits");
	if (a->broken)
		return fail(t->cx, ERR_BROKEN, "a field of the answer holds what none may hold");
	h->last |= h->door->stopping || !h->head.keep;
	h->out[1] = head_of(h);
	h->out[2] = t->bare || a->source.next || a->status == 204 ? S("") : body_of(a);
	h->left_of_source = t->bare || !a->source.next ? 0 : a->source.length;
	if (h->left_of_source)
		h->piece = NEW(t->cx, char, HTTP_PIECE);
	return OK;
}

void
http_answer_plain(struct http *h, enum err e)
{
	struct str words = err_words(e);
	int n;

	h->last = true;
	h->n = 0;
	n = snprintf(h->in, HEAD_MOST, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: %td\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%sConnection: close\r\n\r\n", err_http(e),
	    phrase(err_http(e)), words.n + 1, e == ERR_METHOD ? "Allow: GET, HEAD, POST\r\n" : "");
	h->out[1] = (struct str){ h->in, n };
	h->out[2] = S("");
	if (h->turn && h->turn->bare)
		return;
	n += snprintf(h->in + n, HEAD_MOST - (size_t)n, "%.*s\n", F(words));
	h->out[1].n = n;
}
