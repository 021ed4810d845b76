#include "web/turn.h"

#include "web/cookie.h"
#include "web/http_inner.h"
#include "web/url.h"
#include <assert.h>
#include <string.h>

struct str
turn_field(const struct turn *t, struct str name)
{
	return t->text ? head_get(t->head, t->text, name) : S("");
}

struct str
turn_cookie(const struct turn *t, struct str name)
{
	return cookie_get(turn_field(t, S("cookie")), name);
}

static struct answer *
afresh(struct turn *t, int status, struct str type)
{
	struct answer *a = &t->answer;

	assert(status >= 200 && status <= 599);
	*a = (struct answer){ .status = status, .type = type, .fields = a->fields, .made = buf_new(t->cx),
	    .broken = a->broken };
	return a;
}

void
turn_answer(struct turn *t, int status, struct str type, struct str body)
{
	struct answer *a = afresh(t, status, type);

	a->fixed = body;
	a->is_fixed = true;
}

struct buf *
turn_answer_buf(struct turn *t, int status, struct str type)
{
	return &afresh(t, status, type)->made;
}

void
turn_answer_see(struct turn *t, struct str where)
{
	turn_answer(t, 303, S(""), S(""));
	turn_set(t, S("Location"), where);
}

void
turn_answer_source(struct turn *t, struct str type, struct pull source)
{
	assert(source.next && source.length >= 0);
	afresh(t, 200, type)->source = source;
}

/* A weight of nothing: "q=0", "q=0.000". */
static bool
is_zero(struct str q)
{
	if (!str_starts(q, S("q=0")))
		return false;
	for (ptrdiff_t i = 3; i < q.n; i++)
		if (q.p[i] != '0' && q.p[i] != '.')
			return false;
	return true;
}

/* Is this coding in an Accept-Encoding field, and not refused there? "*" alone brings the plain bytes. */
static bool
accepts(struct str field, struct str coding)
{
	struct str rest = field, item, name, q;

	while (str_next(&rest, ',', &item)) {
		str_cut(item, ';', &name, &q);
		if (str_eq(str_trim(name), coding))
			return !is_zero(str_trim(q));
	}
	return false;
}

void
turn_answer_asset(struct turn *t, const struct asset *asset)
{
	struct str field = turn_field(t, S("accept-encoding")), body = asset->plain;

	if (asset->br.n || asset->gzip.n)
		turn_set(t, S("Vary"), S("Accept-Encoding"));
	if (asset->br.n && accepts(field, S("br"))) {
		turn_set(t, S("Content-Encoding"), S("br"));
		body = asset->br;
	} else if (asset->gzip.n && accepts(field, S("gzip"))) {
		turn_set(t, S("Content-Encoding"), S("gzip"));
		body = asset->gzip;
	}
	turn_answer(t, 200, asset->type, body);
	t->answer.cached = true;
}

static bool
printable(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

void
turn_set(struct turn *t, struct str name, struct str value)
{
	struct buf *b = &t->answer.fields;

	if (!printable(name) || !printable(value) || name.n == 0 || str_index(name, ':') >= 0) {
		t->answer.broken = true;
		return;
	}
	buf_put(b, name);
	buf_put(b, S(": "));
	buf_put(b, value);
	buf_put(b, S("\r\n"));
}

void
turn_set_download(struct turn *t, struct str filename)
{
	struct buf b = buf_new(t->cx);

	buf_put(&b, S("attachment; filename=\""));
	for (ptrdiff_t i = 0; i < filename.n; i++) {
		char c = filename.p[i];

		buf_char(&b, c < 0x20 || c > 0x7e || strchr("\"\\/%", c) ? '_' : c);
	}
	buf_put(&b, S("\"; filename*=UTF-8''"));
	url_put(&b, filename); /* RFC 8187 */
	turn_set(t, S("Content-Disposition"), buf_str(&b));
}

uint64_t
turn_park(struct turn *t, enum err (*resume)(struct turn *, void *arg, const void *word), void *arg)
{
	assert(!t->resume);
	t->resume = resume;
	t->resume_arg = arg;
	return http_pool_ticket(t);
}

bool
turn_resume(struct http_door *door, uint64_t ticket, const void *word)
{
	struct http *h = http_pool_find(door, ticket);
	enum err (*fn)(struct turn *, void *, const void *);

	if (!h)
		return false;
	if (!h->turn->running) {
		http_turn_resume(h, word);
		return true;
	}
	/* The answer was there before the handler had returned: go on within the same run. */
	fn = h->turn->resume;
	h->turn->resume = NULL;
	h->turn->ticket = 0;
	h->turn->early = fn(h->turn, h->turn->resume_arg, word);
	return true;
}
