#include "base/str.h"

#include <string.h>

struct str
str_of(const char *cstr)
{
	return cstr ? (struct str){ cstr, (ptrdiff_t)strlen(cstr) } : S("");
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, (size_t)a.n) == 0);
}

int
str_cmp(struct str a, struct str b)
{
	ptrdiff_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, (size_t)n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

ptrdiff_t
str_find(struct str hay, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (hay.n < needle.n)
		return -1;
	at = memmem(hay.p, (size_t)hay.n, needle.p, (size_t)needle.n);
	return at ? at - hay.p : -1;
}

ptrdiff_t
str_index(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, (size_t)s.n) : NULL;

	return at ? at - s.p : -1;
}

struct str
str_sub(struct str s, ptrdiff_t from, ptrdiff_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return s.p ? (struct str){ s.p + from, n } : (struct str){ NULL, 0 };
}

struct str
str_trim(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[0]) && s.p[0])
		s.p++, s.n--;
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	return s;
}

bool
str_cut(struct str in, char sep, struct str *head, struct str *tail)
{
	ptrdiff_t i = str_index(in, sep);

	*head = i < 0 ? in : str_sub(in, 0, i);
	*tail = i < 0 ? S("") : str_sub(in, i + 1, in.n);
	return i >= 0;
}

bool
str_next(struct str *rest, char sep, struct str *piece)
{
	if (!rest->p)
		return false;
	if (!str_cut(*rest, sep, piece, rest))
		*rest = (struct str){ NULL, 0 };
	return true;
}

bool
str_is_line(struct str s)
{
	for (ptrdiff_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

bool
str_int(struct str s, int64_t *out)
{
	bool neg = s.n && s.p[0] == '-';
	int64_t v = 0;

	if (neg)
		s = str_sub(s, 1, s.n);
	if (s.n == 0 || (s.n > 1 && s.p[0] == '0') || (neg && s.p[0] == '0'))
		return false;
	for (ptrdiff_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		/* counted below zero, where INT64_MIN lives too */
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.p[i] - '0', &v))
			return false;
	}
	if (!neg && v == INT64_MIN)
		return false;
	*out = neg ? v : -v;
	return true;
}

/* Length of the well-formed sequence at p, 0 if there is none: Unicode 15, table 3-7. */
static ptrdiff_t
utf8_step(const unsigned char *p, ptrdiff_t n)
{
	unsigned char lo = 0x80, hi = 0xBF;
	ptrdiff_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (p[0] == 0xE0) lo = 0xA0;
	if (p[0] == 0xED) hi = 0x9F;
	if (p[0] == 0xF0) lo = 0x90;
	if (p[0] == 0xF4) hi = 0x8F;
	if (n < len || p[1] < lo || p[1] > hi)
		return 0;
	for (ptrdiff_t i = 2; i < len; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

bool
utf8_ok(struct str s)
{
	for (ptrdiff_t i = 0, step; i < s.n; i += step)
		if (!(step = utf8_step((const unsigned char *)s.p + i, s.n - i)))
			return false;
	return true;
}

ptrdiff_t
utf8_count(struct str s)
{
	ptrdiff_t c = 0;

	for (ptrdiff_t i = 0; i < s.n; i++)
		c += (s.p[i] & 0xC0) != 0x80;
	return c;
}

ptrdiff_t
utf8_bytes(struct str s, ptrdiff_t n)
{
	ptrdiff_t i = 0;

	while (i < s.n && (n -= (s.p[i] & 0xC0) != 0x80) >= 0)
		i++;
	return i;
}

struct str
utf8_cut(struct str s, ptrdiff_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && (s.p[n] & 0xC0) == 0x80)
		n--;
	return str_sub(s, 0, n);
}

/* Well-formed text only. */
static uint32_t
utf8_at(struct str s, ptrdiff_t i)
{
	const unsigned char *p = (const unsigned char *)s.p + i;

	if (p[0] < 0x80)
		return p[0];
	if (p[0] < 0xE0)
		return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	if (p[0] < 0xF0)
		return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}

struct range { uint32_t from, to; };
/* Characters that never join what stands before them: of those scripts and signs that people here write. */
static const struct range starts[] = {
	{ 0, 0x2FF }, { 0x370, 0x482 }, { 0x48A, 0x58F }, { 0x5D0, 0x5EA }, { 0x620, 0x64A }, { 0xE01, 0xE30 },
	{ 0xE40, 0xE46 }, { 0x10A0, 0x10FF }, { 0x1E00, 0x1FFF }, { 0x2010, 0x2027 }, { 0x2030, 0x205E },
	{ 0x2070, 0x20CF }, { 0x2100, 0x2BFF }, { 0x3000, 0x3029 }, { 0x3030, 0x3098 }, { 0x309B, 0xA4CF },
	{ 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFF00, 0xFF9D }, { 0xFFA0, 0xFFDF }, { 0x1F000, 0x1F1E5 },
	{ 0x1F200, 0x1F3FA }, { 0x1F400, 0x1FAFF }, { 0x20000, 0x3134F },
},
/* Those that hold whatever comes after them: signs that are written around numbers, the joiner of emoji, the first
 * parts of Hangul syllables. */
holds[] = {
	{ 0x600, 0x605 }, { 0x6DD, 0x6DD }, { 0x70F, 0x70F }, { 0x890, 0x891 }, { 0x8E2, 0x8E2 }, { 0xD4E, 0xD4E },
	{ 0x1100, 0x115F }, { 0x200D, 0x200D }, { 0xA960, 0xA97C }, { 0x11000, 0x11FFF },
};

static bool
within(const struct range *r, ptrdiff_t n, uint32_t c)
{
	while (n > 0 && (c < r[n - 1].from || c > r[n - 1].to))
		n--;
	return n > 0;
}

/* Unicode Annex 29, read carefully: where its rules would need tables of every script, no is the answer. */
bool
utf8_edge(struct str s, ptrdiff_t at)
{
	ptrdiff_t before = at - 1;

	if (at <= 0 || at >= s.n)
		return true;
	if ((s.p[at] & 0xC0) == 0x80 || (s.p[before] == '\r' && s.p[at] == '\n'))
		return false;
	while (before > 0 && (s.p[before] & 0xC0) == 0x80)
		before--;
	return within(starts, COUNT(starts), utf8_at(s, at)) && !within(holds, COUNT(holds), utf8_at(s, before));
}

struct str
utf8_cut_whole(struct str s, ptrdiff_t n)
{
	if (n > s.n)
		n = s.n;
	while (!utf8_edge(s, n))
		n--;
	return str_sub(s, 0, n);
}

int
str_distance(struct str a, struct str b)
{
	enum { MOST = 63 };
	int row[3][MOST + 1] = { { 0 } };
	int *two = row[0], *one = row[1], *now = row[2];

	a = str_sub(a, 0, MOST);
	b = str_sub(b, 0, MOST);
	for (int j = 0; j <= b.n; j++)
		one[j] = j;
	for (int i = 1; i <= a.n; i++) {
		now[0] = i;
		for (int j = 1; j <= b.n; j++) {
			int best = one[j - 1] + (a.p[i - 1] != b.p[j - 1]);

			if (one[j] + 1 < best) best = one[j] + 1;
			if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
		int *spare = two;
		two = one, one = now, now = spare;
	}
	return one[b.n];
}

struct str
str_nearest(struct str s, const struct str *words, ptrdiff_t n)
{
	struct str best = S("");
	int least = (int)(s.n < 4 ? 1 : s.n < 8 ? 2 : 3) + 1;

	for (ptrdiff_t i = 0; i < n; i++) {
		int d = str_distance(s, words[i]);

		if (d < least)
			least = d, best = words[i];
	}
	return best;
}
