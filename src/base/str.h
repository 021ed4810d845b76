/* str: a run of bytes somebody else owns. Everything textual is one; nothing relies on a final NUL. */
#ifndef BASE_STR_H
#define BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str { const char *p; ptrdiff_t n; };

/* A literal; the two arguments that "%.*s" takes; the number of elements. */
#define S(lit) ((struct str){ "" lit, (ptrdiff_t)sizeof(lit) - 1 })
#define F(s) (int)(s).n, (s).p
#define COUNT(a) ((ptrdiff_t)(sizeof(a) / sizeof((a)[0])))

struct str str_of(const char *cstr); /* NULL gives the empty str */
bool str_eq(struct str, struct str);
int  str_cmp(struct str, struct str); /* by bytes: <0, 0, >0 */
bool str_starts(struct str, struct str prefix);
bool str_ends(struct str, struct str suffix);
/* Index of the first place, or -1. */
ptrdiff_t str_find(struct str hay, struct str needle);
ptrdiff_t str_index(struct str, char);
/* From `from` (clamped to the length), at most n bytes. */
struct str str_sub(struct str, ptrdiff_t from, ptrdiff_t n);
/* ASCII space, tab, CR and LF off both ends. */
struct str str_trim(struct str);
/* Split at the first `sep`; false (head = all, tail empty) if there is none. head or tail may alias the input. */
bool str_cut(struct str in, char sep, struct str *head, struct str *tail);
/* Take the next `sep`-separated piece off *rest; false when nothing is left. */
bool str_next(struct str *rest, char sep, struct str *piece);
/* Strict decimal, no spaces, no plus, no leading zeros but "0": false if it is anything else or out of range. */
bool str_int(struct str, int64_t *out);
/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF). */
bool utf8_ok(struct str);
/* One line: no line end and no other control character but a tab. */
bool str_is_line(struct str);
/* Number of code points; the input must be well formed. */
ptrdiff_t utf8_count(struct str);
/* Bytes that the first n code points take. */
ptrdiff_t utf8_bytes(struct str, ptrdiff_t n);
/* The longest prefix of at most n bytes that ends between code points. */
struct str utf8_cut(struct str, ptrdiff_t n);
/* Whether a text may certainly be cut before byte `at`, so that no character as people see one (an accent on its
 * letter, a flag, a family) falls apart. Where it is not sure it says no. */
bool utf8_edge(struct str, ptrdiff_t at);
/* The longest prefix of at most n bytes that ends at such a place: the empty str if there is none. */
struct str utf8_cut_whole(struct str, ptrdiff_t n);
/* Edits (insert, delete, change, swap of neighbours) between two short words, for "did you mean". */
int str_distance(struct str, struct str);
/* The nearest of n words if it is near enough to be worth saying, else the empty str. */
struct str str_nearest(struct str, const struct str *words, ptrdiff_t n);
#endif
