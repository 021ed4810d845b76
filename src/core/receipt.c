#include "core/receipt.h"

#include "base/buf.h"
#include "base/code.h"

enum { REF_RANDOM = 5, REF_BODY = 2 + REF_RANDOM }; /* the year counts in the check character, the prefix does not */

/* Groups of `each` characters with dashes between. */
static struct str
grouped(struct cx *cx, struct str s, ptrdiff_t each)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s.n; i += each) {
		if (i)
			buf_char(&b, '-');
		buf_put(&b, str_sub(s, i, each));
	}
	return buf_str(&b);
}

struct str
receipt_seal(struct cx *cx, struct hash leaf)
{
	return grouped(cx, base32_of(cx, leaf.b, 32, 20), 5);
}

/* A character that cannot be taken for another one, spoken or written. */
static bool
clear(char c)
{
	return c != '0' && c != '1';
}

static char
clear_char(struct cx *cx)
{
	uint8_t five;
	char c;

	do {
		cx->chance(&five, 1);
		five = (uint8_t)(five << 3);
		c = base32_of(cx, &five, 1, 1).p[0];
	} while (!clear(c));
	return c;
}

/* The reference whose year and random characters are `body`. */
static struct str
ref_of(struct cx *cx, struct str prefix, struct str body)
{
	return str_fmt(cx, "%.*s-%.*s-%.*s-%c", F(prefix), F(str_sub(body, 0, 2)), F(str_sub(body, 2, REF_RANDOM)),
	    base32_check(body));
}

struct str
receipt_ref(struct cx *cx, struct str prefix, when now)
{
	int year = london_of(now).year % 100;
	char p[REF_BODY] = { (char)('0' + year / 10), (char)('0' + year % 10) };
	struct str body = { p, REF_BODY };

	do
		for (int i = 2; i < REF_BODY; i++)
			p[i] = clear_char(cx);
	while (!clear(base32_check(body)));
	return ref_of(cx, prefix, body);
}

/* Typed text without what separates: spaces, dashes and the dashes and spaces that word processors make of them. */
static struct str
squeezed(struct cx *cx, struct str typed)
{
	static const struct str odd[] = {
		{ "\xc2\xa0", 2 }, { "\xe2\x80\x90", 3 }, { "\xe2\x80\x91", 3 }, { "\xe2\x80\x92", 3 }, { "\xe2\x80\x93", 3 },
		{ "\xe2\x80\x94", 3 }, { "\xe2\x88\x92", 3 }
	};
	struct buf b = buf_new(cx);

	while (typed.n) {
		ptrdiff_t skip = str_index(S(" \t\r\n-/."), typed.p[0]) >= 0;

		for (ptrdiff_t i = 0; !skip && i < COUNT(odd); i++)
			skip = str_starts(typed, odd[i]) ? odd[i].n : 0;
		if (!skip)
			buf_char(&b, typed.p[0] >= 'a' && typed.p[0] <= 'z' ? (char)(typed.p[0] - 32) : typed.p[0]);
		typed = str_sub(typed, skip ? skip : 1, typed.n);
	}
	return buf_str(&b);
}

bool
receipt_ref_read(struct cx *cx, struct str prefix, struct str typed, struct str *out)
{
	struct str s = squeezed(cx, typed), p = squeezed(cx, prefix), body;

	if (s.n == p.n + REF_BODY + 1 && str_starts(s, p))
		s = str_sub(s, p.n, s.n);
	if (s.n != REF_BODY + 1 || !base32_tidy(cx, s, &s))
		return false;
	body = str_sub(s, 0, REF_BODY);
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (i < 2 ? s.p[i] > '9' : !clear(s.p[i]))
			return false;
	if (base32_check(body) != s.p[REF_BODY])
		return false;
	*out = ref_of(cx, prefix, body);
	return true;
}

struct str
receipt_code(struct cx *cx, const uint8_t random[RECEIPT_CODE_BYTES])
{
	return grouped(cx, base32_of(cx, random, RECEIPT_CODE_BYTES, 16), 4);
}

bool
receipt_code_read(struct cx *cx, struct str typed, struct str *out)
{
	struct str s;

	if (!base32_tidy(cx, squeezed(cx, typed), &s) || s.n != 16)
		return false;
	*out = grouped(cx, s, 4);
	return true;
}
