#include "torture.h"

#include "base/buf.h"
#include "web/browse_html.h"
#include "web/url.h"

/* CR LF and CR as forms send them. */
static struct str
tidy(struct cx *cx, struct str s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			buf_char(&b, s.p[i] == '\r' ? '\n' : s.p[i]);
	return buf_str(&b);
}

void
round_begin(struct round *r, const struct str *strings, ptrdiff_t n, ptrdiff_t turn)
{
	r->calm = turn < 0;
	for (int i = 0; i < r->n; i++) {
		r->slot[i].said = r->calm ? r->slot[i].calm : strings[(turn + i * 37L) % n];
		r->slot[i].refused = false;
		/* before it is sent, an address is shown as it was typed */
		r->slot[i].alt = r->slot[i].small ? str_trim(r->slot[i].said) : S("");
	}
}

struct slot *
round_slot(struct round *r, const char *name, const char *calm)
{
	struct slot *s = &r->slot[r->n++];

	EXPECT(r->n <= SLOTS);
	*s = (struct slot){ .name = str_of(name), .calm = str_of(calm) };
	return s;
}

/* A file's name as it is meant. */
static struct str
unquoted(struct cx *cx, struct str s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s.n; i++) {
		bool hides = s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '\\';
		bool quote = str_starts(str_sub(s, i, s.n), S("%22"));

		i += hides ? 1 : 0;
		if (s.p[i] == '\n' || s.p[i] == '\r')
			buf_fmt(&b, "%%%02X", s.p[i]);
		else
			buf_char(&b, quote ? '"' : s.p[i]);
		i += quote ? 2 : 0;
	}
	return buf_str(&b);
}

struct str
round_kept(const struct round *r, const struct slot *s)
{
	struct str said = s->refused ? s->calm : s->said, kept = str_trim(r->exact ? said : tidy(r->cx, said));

	if (s->file && !s->refused)
		return unquoted(r->cx, str_trim(s->said));
	return s->small ? str_lower(r->cx, kept) : kept;
}

/* The fields that a page calls wrong: those which its summary of errors leads to. */
static bool
is_blamed(struct round *r, struct browse *b, struct str name)
{
	return browse_has(b, str_z(r->cx, str_fmt(r->cx, "href=\"#%.*s\"", F(name))));
}

static bool
take_blame(struct round *r, struct browse *b, int from, int to)
{
	bool any = false;

	for (int i = from; i < to; i++) {
		struct slot *s = &r->slot[i];
		struct str shown = browse_value(b, str_z(r->cx, s->name)), typed = tidy(r->cx, s->said);

		if (!s->choice && !s->refused && !str_eq(shown, typed) && !str_eq(shown, str_trim(typed)))
			torture_wrong("%.*s %.*s: typed “%.*s”, shown again “%.*s”", F(b->at), F(s->name),
			    F(torture_words(r->cx, typed)), F(torture_words(r->cx, shown)));
		if (s->refused || !is_blamed(r, b, s->name))
			continue;
		s->refused = any = true;
	}
	return any;
}

void
round_send(struct round *r, struct browse *b, const char *action, int from, int to, const char *const *more)
{
	for (int tries = 0; tries <= to - from; tries++) {
		for (int i = from; i < to; i++) {
			const struct slot *s = &r->slot[i];

			browse_fill(b, str_z(r->cx, s->name), str_z(r->cx, s->refused ? s->calm : s->said));
		}
		for (int i = 0; more && more[i]; i += 2)
			browse_fill(b, more[i], more[i + 1]);
		browse_send(b, action);
		if (b->status < 400) {
			if (!tries)
				torture_tried += to - from;
			return;
		}
		if (!tries)
			torture_tried += to - from;
		if (b->status >= 500 || !take_blame(r, b, from, to)) {
			torture_wrong("%.*s: %d that names no field of %.*s “%.*s” …: %.*s", F(b->at), b->status,
			    F(r->slot[from].name), F(torture_words(r->cx, r->slot[from].said)),
			    F(str_sub(html_text(r->cx, b->page), 0, 600)));
			return;
		}
	}
	torture_wrong("%.*s: refused although every field is harmless", F(b->at));
}

enum how { AS_IT_IS, IN_A_LIST, IN_AN_ADDRESS };
/* The text in which the harmless words give way to what was said. */
static struct str
instead(struct round *r, struct str calm, enum how how, bool *any)
{
	struct buf b = buf_new(r->cx);

	*any = false;
	while (calm.n) {
		ptrdiff_t first = calm.n;
		const struct slot *s = NULL;

		for (int i = 0; i < r->n; i++) {
			ptrdiff_t at = r->slot[i].word ? -1 : str_find(calm, r->slot[i].calm);

			if (at >= 0 && at < first)
				first = at, s = &r->slot[i];
		}
		buf_put(&b, str_sub(calm, 0, first));
		if (!s)
			break;
		buf_put(&b, how == IN_AN_ADDRESS ? url_encode(r->cx, round_kept(r, s)) :
		    how == IN_A_LIST && s->alt.n ? s->alt : round_kept(r, s));
		calm = str_sub(calm, first + s->calm.n, calm.n);
		*any = true;
	}
	return buf_str(&b);
}

bool
round_same(struct round *r, struct str calm, struct str now)
{
	bool any;

	return str_eq(instead(r, calm, AS_IT_IS, &any), now) || !any || str_eq(instead(r, calm, IN_A_LIST, &any), now) ||
	    str_eq(instead(r, calm, IN_AN_ADDRESS, &any), now);
}

static bool
same_part(struct round *r, const struct look_part *calm, const struct look_part *now)
{
	if (calm->is_text != now->is_text || calm->closes != now->closes || calm->n_attrs != now->n_attrs)
		return false;
	if (calm->is_text)
		return round_same(r, calm->text, now->text);
	if (!str_eq(calm->text, now->text))
		return false;
	for (int i = 0; i < calm->n_attrs; i++)
		if (!str_eq(calm->attrs[i].name, now->attrs[i].name) || calm->attrs[i].said != now->attrs[i].said ||
		    !round_same(r, calm->attrs[i].value, now->attrs[i].value))
			return false;
	return true;
}

/* A part as HTML, more or less, for people. */
static struct str
part_words(struct cx *cx, const struct look_part *p)
{
	struct buf b = buf_new(cx);

	buf_fmt(&b, p->is_text ? "“%.*s”" : "<%.*s", F(torture_words(cx, p->text)));
	for (int i = 0; i < p->n_attrs; i++)
		buf_fmt(&b, " %.*s=“%.*s”", F(p->attrs[i].name), F(torture_words(cx, p->attrs[i].value)));
	return buf_str(&b);
}

static bool
see(struct round *r, struct browse *b, int page, struct look *now)
{
	struct str why;

	if (b->status >= 400)
		torture_wrong("%.*s: %d", F(b->at), b->status);
	if (!look_at(r->cx, b->page, now, &why)) {
		torture_wrong("%.*s is not HTML at %.*s", F(b->at), F(torture_words(r->cx, why)));
		return false;
	}
	if (r->calm)
		r->base[page] = *now;
	return !r->calm;
}

void
round_page(struct round *r, struct browse *b, int page)
{
	const struct look *base = &r->base[page];
	struct look now;

	torture_tried++;
	if (!see(r, b, page, &now))
		return;
	for (ptrdiff_t i = 0; i < base->n && i < now.n; i++)
		if (!same_part(r, &base->parts[i], &now.parts[i])) {
			torture_wrong("%.*s: instead of %.*s there is %.*s", F(b->at), F(part_words(r->cx, &base->parts[i])),
			    F(part_words(r->cx, &now.parts[i])));
			return;
		}
	if (base->n != now.n)
		torture_wrong("%.*s has %td parts, not %td", F(b->at), now.n, base->n);
}

static bool
is_like(const struct look_part *a, const struct look_part *b)
{
	if (a->is_text || b->is_text || a->closes != b->closes || !str_eq(a->text, b->text) || a->n_attrs != b->n_attrs)
		return false;
	for (int i = 0; i < a->n_attrs; i++)
		if (!str_eq(a->attrs[i].name, b->attrs[i].name))
			return false;
	return true;
}

void
round_list(struct round *r, struct browse *b, int page)
{
	const struct look *base = &r->base[page];
	struct look now;

	torture_tried++;
	if (!see(r, b, page, &now))
		return;
	for (ptrdiff_t i = 0, k; i < now.n; i++) {
		for (k = 0; k < base->n && !now.parts[i].is_text && !is_like(&base->parts[k], &now.parts[i]); k++)
			;
		if (k == base->n) {
			torture_wrong("%.*s: there is %.*s", F(b->at), F(part_words(r->cx, &now.parts[i])));
			return;
		}
	}
}

void
round_says(struct round *r, struct browse *b, const char *name, struct str words)
{
	struct look page;
	struct str why;

	torture_tried++;
	if (!look_at(r->cx, b->page, &page, &why) || !look_has(&page, "name", str_of(name), "value", words))
		torture_wrong("%.*s does not say “%.*s” in %s", F(b->at), F(torture_words(r->cx, words)), name);
}
