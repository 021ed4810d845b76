#include "web/browse.h"

#include "base/code.h"
#include "web/browse_html.h"
#include "web/site.h"
#include "web/url.h"
#include <stdlib.h>

enum { MOST_HOPS = 5 };
#define BOUNDARY "----browse7d1"

static struct cx *now_of;

static void
test_clock(when *now, when *boot)
{
	*now = now_of->now;
	*boot = now_of->boot;
}

static void
end(void *p)
{
	struct browse *b = p;

	http_door_close(&b->http);
}

struct browse *
browse_start(struct flow *f)
{
	struct browse *b = NEW(f->cx, struct browse, 1);
	struct http_settings set;

	b->flow = f;
	b->cx = f->cx;
	EXPECT(desk_open(&f->life, f->path, false, &b->door.desk) == OK); /* as a worker has it */
	b->door.here = &f->desk;
	b->door.http = &b->http;
	b->app = site_app(&b->door);
	http_defaults(&set);
	set.turns = 2;
	http_door_open(&b->http, &b->app, &set);
	b->http.clock = test_clock;
	now_of = f->cx;
	cx_defer(f->cx, end, b);
	return b;
}

static void
cookie_put(struct browse *b, struct str name, struct str value)
{
	struct browse_cookie *c;

	for (c = b->cookies; c; c = c->next)
		if (str_eq(c->name, name))
			break;
	if (!c) {
		c = NEW(b->cx, struct browse_cookie, 1);
		c->next = b->cookies;
		b->cookies = c;
	}
	*c = (struct browse_cookie){ .name = name, .value = value, .next = c->next };
}

void
browse_as(struct browse *b, struct str session)
{
	cookie_put(b, S("tocsin"), session);
}

struct str
browse_cookie(const struct browse *b, struct str name)
{
	for (const struct browse_cookie *c = b->cookies; c; c = c->next)
		if (str_eq(c->name, name))
			return c->value;
	return S("");
}

/* One conversation: all of the request in, all of the answer out. */
static struct str
talk(struct browse *b, struct str request)
{
	struct http *h = NEW(b->cx, struct http, 1);
	char *in = NEW(b->cx, char, HEAD_MOST);
	struct buf said = buf_new(b->cx);
	struct str p[3], rest = request;

	now_of = b->cx;
	http_open(h, &b->http, in, S("192.0.2.7"));
	for (;;) {
		ptrdiff_t cap = 0, n;
		char *room = http_room(h, &cap);

		n = cap < rest.n ? cap : rest.n;
		if (n > 0) {
			memcpy(room, rest.p, (size_t)n);
			rest = str_sub(rest, n, rest.n);
			http_took(h, n);
		}
		while (http_out(h, p)) {
			buf_put(&said, p[0]);
			http_sent(h, p[0].n);
		}
		if (n <= 0)
			break;
	}
	http_close(h);
	return buf_str(&said);
}

struct str
browse_head(const struct browse *b, const char *name)
{
	struct str rest = b->head, line, key, value;

	while (str_next(&rest, '\n', &line))
		if (str_cut(line, ':', &key, &value) && str_eq(str_lower(b->cx, key), str_of(name)))
			return str_trim(value);
	return S("");
}

/* Cookies that the answer sets; one without a value or an age is forgotten. */
static void
take_cookies(struct browse *b)
{
	struct str rest = b->head, line, key, value, pair, more, name, what;

	while (str_next(&rest, '\n', &line)) {
		if (!str_cut(line, ':', &key, &value) || !str_eq(str_lower(b->cx, key), S("set-cookie")))
			continue;
		EXPECT(str_find(value, S("HttpOnly")) > 0 && str_find(value, S("SameSite")) > 0);
		str_cut(str_trim(value), ';', &pair, &more);
		str_cut(pair, '=', &name, &what);
		cookie_put(b, str_copy(b->cx, name), str_find(more, S("Max-Age=0")) >= 0 ? S("") : str_copy(b->cx, what));
	}
}

/* What every answer must carry, whatever else it says. */
static void
expect_guarded(struct browse *b)
{
	EXPECT(browse_head(b, "content-security-policy").n > 0);
	EXPECT_STR(browse_head(b, "x-content-type-options"), S("nosniff"));
	EXPECT_STR(browse_head(b, "x-frame-options"), S("DENY"));
	if (str_starts(b->at, S("/assets/")) || str_starts(b->at, S("/brand")) || str_starts(b->at, S("/favicon")))
		return;
	EXPECT_STR(browse_head(b, "cache-control"), S("no-store"));
	if (b->status == 200 && str_starts(browse_head(b, "content-type"), S("text/html")))
		EXPECT(str_starts(b->page, S("<!DOCTYPE html>")) && str_ends(str_trim(b->page), S("</html>")));
}

static void
read_answer(struct browse *b, struct str answer)
{
	ptrdiff_t cut = str_find(answer, S("\r\n\r\n"));
	int64_t status = 0;

	while (str_starts(answer, S("HTTP/1.1 100"))) {
		answer = str_sub(answer, cut + 4, answer.n);
		cut = str_find(answer, S("\r\n\r\n"));
	}
	if (cut < 0 || !str_starts(answer, S("HTTP/1.1 ")) || !str_int(str_sub(answer, 9, 3), &status))
		fail_msg("no answer from %.*s: %.*s", F(b->at), F(answer));
	b->status = (int)status;
	b->head = str_sub(answer, 0, cut);
	b->page = str_sub(answer, cut + 4, answer.n);
	take_cookies(b);
	expect_guarded(b);
}

static void
request(struct browse *b, const char *method, struct str address, struct str type, struct str body)
{
	struct buf r = buf_new(b->cx);
	const char *between = "Cookie: ";
	struct str place;

	str_cut(address, '#', &address, &place); /* where to look on the page is no business of the server */
	buf_fmt(&r, "%s %.*s HTTP/1.1\r\nHost: tocsin.test\r\n", method, F(address));
	for (const struct browse_cookie *c = b->cookies; c; c = c->next)
		if (c->value.n) {
			buf_fmt(&r, "%s%.*s=%.*s", between, F(c->name), F(c->value));
			between = "; ";
		}
	if (*between == ';')
		buf_put(&r, S("\r\n"));
	buf_put(&r, b->with);
	if (type.n)
		buf_fmt(&r, "Content-Type: %.*s\r\nContent-Length: %td\r\n", F(type), body.n);
	buf_put(&r, S("\r\n"));
	buf_put(&r, body);
	if (type.n)
		b->sent = str_fmt(b->cx, "%.*s", F(buf_str(&r)));
	b->at = str_copy(b->cx, address);
	read_answer(b, talk(b, buf_str(&r)));
}

static void
follow_redirects(struct browse *b)
{
	for (b->hops = 0; b->status == 303; b->hops++) {
		EXPECT(b->hops < MOST_HOPS);
		struct str to, part;

		str_cut(browse_head(b, "location"), '#', &to, &part); /* the part of a page is the browser's own affair */
		request(b, "GET", to, S(""), S(""));
	}
}

void
browse_raw(struct browse *b, const char *method, const char *address, const char *type, struct str body)
{
	request(b, method, str_of(address), str_of(type), body);
	follow_redirects(b);
}

void
browse_get(struct browse *b, const char *address)
{
	browse_raw(b, "GET", address, NULL, S(""));
}

void
browse_again(struct browse *b)
{
	ptrdiff_t space = str_index(b->sent, ' ');
	struct str address = str_sub(b->sent, space + 1, b->sent.n);

	EXPECT(space > 0);
	b->at = str_sub(address, 0, str_index(address, ' '));
	read_answer(b, talk(b, b->sent));
	follow_redirects(b);
}

void
browse_follow(struct browse *b, const char *text)
{
	struct str href = html_link(b->cx, b->page, str_of(text));

	if (!href.n)
		fail_msg("%.*s has no link “%s”", F(b->at), text);
	browse_get(b, str_z(b->cx, href));
}

static struct browse_field *
field_add(struct cx *cx, struct browse_field **list, struct browse_field f)
{
	while (*list)
		list = &(*list)->next;
	*list = NEW(cx, struct browse_field, 1);
	**list = f;
	return *list;
}

void
browse_fill(struct browse *b, const char *name, const char *value)
{
	field_add(b->cx, &b->fill, (struct browse_field){ .name = str_of(name), .value = value ? str_of(value) :
	    (struct str){ NULL, 0 } });
}

void
browse_attach(struct browse *b, const char *name, const char *filename, struct str bytes)
{
	field_add(b->cx, &b->fill, (struct browse_field){ .name = str_of(name), .value = bytes,
		.filename = str_of(filename), .is_file = true });
}

static bool
filled(const struct browse *b, struct str name)
{
	for (const struct browse_field *f = b->fill; f; f = f->next)
		if (str_eq(f->name, name))
			return true;
	return false;
}

/* The fields as the page has them, then what was filled in: a field that the form does not have fails the test. */
static struct browse_field *
fields_to_send(struct browse *b, const struct html_form *form, const char *button)
{
	struct browse_field *all = NULL;

	for (const struct html_field *f = form->fields; f; f = f->next)
		if (f->sent && !filled(b, f->name))
			field_add(b->cx, &all, (struct browse_field){ .name = f->name, .value = f->value,
				.is_file = f->is_file });
	for (struct browse_field *f = b->fill; f; f = f->next) {
		if (!html_form_has(form, f->name))
			fail_msg("%.*s: the form has no field %.*s", F(b->at), F(f->name));
		if (f->value.p)
			field_add(b->cx, &all, (struct browse_field){ .name = f->name, .value = f->value, .filename = f->filename,
				.is_file = f->is_file });
	}
	if (button) {
		struct str name = html_button(form, str_of(button));

		if (!name.n)
			fail_msg("%.*s: the form has no button %s", F(b->at), button);
		field_add(b->cx, &all, (struct browse_field){ .name = name, .value = str_of(button) });
	}
	b->fill = NULL;
	return all;
}

static struct str
urlencoded(struct cx *cx, const struct browse_field *f)
{
	struct buf out = buf_new(cx);

	for (; f; f = f->next) {
		url_put(&out, f->name);
		buf_char(&out, '=');
		url_put(&out, f->value);
		if (f->next)
			buf_char(&out, '&');
	}
	return buf_str(&out);
}

/* As browsers write a file's name. */
static void
put_filename(struct buf *b, struct str name)
{
	for (ptrdiff_t i = 0; i < name.n; i++)
		if (name.p[i] == '"' || name.p[i] == '\n' || name.p[i] == '\r')
			buf_fmt(b, "%%%02X", name.p[i]);
		else
			buf_char(b, name.p[i]);
}

static struct str
multipart(struct cx *cx, const struct browse_field *f)
{
	struct buf out = buf_new(cx);

	for (; f; f = f->next) {
		buf_fmt(&out, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"", F(f->name));
		if (f->is_file) {
			buf_put(&out, S("; filename=\""));
			put_filename(&out, f->filename);
			buf_put(&out, S("\"\r\nContent-Type: application/octet-stream"));
		}
		buf_put(&out, S("\r\n\r\n"));
		buf_put(&out, f->value);
		buf_put(&out, S("\r\n"));
	}
	buf_put(&out, S("--" BOUNDARY "--\r\n"));
	return buf_str(&out);
}

void
browse_press(struct browse *b, const char *action, const char *button)
{
	struct browse_field *fields;
	struct html_form form;

	if (!html_form(b->cx, b->page, str_of(action), &form))
		fail_msg("%.*s (%d) has no form %s:\n%.*s", F(b->at), b->status, action ? action : "",
		    F(html_text(b->cx, b->page)));
	fields = fields_to_send(b, &form, button);
	if (form.multipart)
		request(b, "POST", form.action, S("multipart/form-data; boundary=" BOUNDARY), multipart(b->cx, fields));
	else
		request(b, "POST", form.action, S("application/x-www-form-urlencoded"), urlencoded(b->cx, fields));
	follow_redirects(b);
}

void
browse_send(struct browse *b, const char *action)
{
	browse_press(b, action, NULL);
}

bool
browse_sees(struct browse *b, const char *text)
{
	return str_find(html_text(b->cx, b->page), str_of(text)) >= 0;
}

bool
browse_has(const struct browse *b, const char *html)
{
	return str_find(b->page, str_of(html)) >= 0;
}

void
browse_expect(struct browse *b, int status, const char *at, const char *text)
{
	struct str path, query;

	str_cut(b->at, '?', &path, &query);
	if (b->status != status || (at && !str_eq(path, str_of(at))) || (text && !browse_sees(b, text)))
		fail_msg("expected %d at %s saying “%s”, but it is %d at %.*s:\n%.*s", status, at, text, b->status,
		    F(b->at), F(html_text(b->cx, b->page)));
}

struct str
browse_value(struct browse *b, const char *name)
{
	struct str rest = b->page;
	struct html_form form;

	while (html_form_next(b->cx, &rest, &form))
		for (const struct html_field *f = form.fields; f; f = f->next)
			if (f->sent && str_eq(f->name, str_of(name)))
				return f->value;
	return S("");
}

struct str
browse_class(struct browse *b, const char *class)
{
	return html_class(b->cx, b->page, str_of(class));
}
