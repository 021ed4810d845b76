#include "base/code.h"

#include <assert.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char b64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford */

struct str
hex_of(struct cx *cx, const void *bytes, ptrdiff_t n)
{
	const unsigned char *b = bytes;
	char *p = NEW(cx, char, 2 * n);

	for (ptrdiff_t i = 0; i < n; i++) {
		p[2 * i] = hex_digits[b[i] >> 4];
		p[2 * i + 1] = hex_digits[b[i] & 15];
	}
	return (struct str){ p, 2 * n };
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
hex_read(struct str s, void *out, ptrdiff_t n)
{
	unsigned char *o = out;

	if (s.n != 2 * n)
		return false;
	for (ptrdiff_t i = 0; i < n; i++) {
		int hi = hex_value(s.p[2 * i]), lo = hex_value(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		o[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

struct str
base64_of(struct cx *cx, const void *bytes, ptrdiff_t n)
{
	const unsigned char *b = bytes;
	ptrdiff_t len = (n + 2) / 3 * 4;
	char *p = NEW(cx, char, len), *o = p;

	for (ptrdiff_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)b[i] << 16 | (i + 1 < n ? (unsigned)b[i + 1] << 8 : 0) | (i + 2 < n ? b[i + 2] : 0);

		*o++ = b64[v >> 18];
		*o++ = b64[v >> 12 & 63];
		*o++ = i + 1 < n ? b64[v >> 6 & 63] : '=';
		*o++ = i + 2 < n ? b64[v & 63] : '=';
	}
	return (struct str){ p, len };
}

bool
base64_read(struct cx *cx, struct str s, struct str *out)
{
	ptrdiff_t pad = str_ends(s, S("==")) ? 2 : str_ends(s, S("=")), n = s.n / 4 * 3 - pad;
	unsigned char *p;
	unsigned v = 0;

	if (s.n % 4)
		return false;
	p = NEW(cx, unsigned char, n + 3);
	for (ptrdiff_t i = 0; i < s.n; i++) {
		const char *at = i < s.n - pad ? memchr(b64, s.p[i], 64) : b64;

		if (!at)
			return false;
		v = v << 6 | (unsigned)(at - b64);
		if (i % 4 == 3) {
			p[i / 4 * 3] = (unsigned char)(v >> 16);
			p[i / 4 * 3 + 1] = (unsigned char)(v >> 8);
			p[i / 4 * 3 + 2] = (unsigned char)v;
			if (i == s.n - 1 && ((pad && v & 0xff) || (pad == 2 && v & 0xffff)))
				return false;
			v = 0;
		}
	}
	*out = (struct str){ (char *)p, n };
	return true;
}

struct str
base32_of(struct cx *cx, const void *bytes, ptrdiff_t n, ptrdiff_t chars)
{
	const unsigned char *b = bytes;
	char *p = NEW(cx, char, chars);

	assert(chars * 5 <= n * 8);
	for (ptrdiff_t i = 0; i < chars; i++) {
		ptrdiff_t bit = i * 5;
		unsigned two = (unsigned)b[bit / 8] << 8 | (bit / 8 + 1 < n ? b[bit / 8 + 1] : 0);

		p[i] = b32[two >> (11 - bit % 8) & 31];
	}
	return (struct str){ p, chars };
}

bool
base32_tidy(struct cx *cx, struct str typed, struct str *out)
{
	char *p = NEW(cx, char, typed.n);
	ptrdiff_t n = 0;

	for (ptrdiff_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (c == 'O')
			c = '0';
		if (c == 'I' || c == 'L')
			c = '1';
		if (!memchr(b32, c, 32))
			return false;
		p[n++] = c;
	}
	*out = (struct str){ p, n };
	return true;
}

char
base32_check(struct str s)
{
	ptrdiff_t sum = 0;

	for (ptrdiff_t i = 0; i < s.n; i++)
		sum += (i + 2) * ((const char *)memchr(b32, s.p[i], 32) - b32);
	return b32[sum % 31];
}
