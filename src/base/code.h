/* code: bytes as text and back: hex, base64 (RFC 4648 §4, strict), base32 (Crockford's letters, no 0/O/1/I/L/U doubt). */
#ifndef BASE_CODE_H
#define BASE_CODE_H
#include "base/cx.h"

struct str hex_of(struct cx *, const void *bytes, ptrdiff_t n);
/* Exactly n bytes from 2n lower- or upper-case digits; false otherwise. */
bool hex_read(struct str, void *out, ptrdiff_t n);

struct str base64_of(struct cx *, const void *bytes, ptrdiff_t n);
/* Canonical only: padding present, unused bits zero, no white space. */
bool base64_read(struct cx *, struct str, struct str *out);

/* The first `chars` base32 characters of the bytes, five bits each from the top; 5 * chars <= 8 * n. */
struct str base32_of(struct cx *, const void *bytes, ptrdiff_t n, ptrdiff_t chars);
/* Reads what people type: lower case, spaces and dashes dropped, O as 0, I and L as 1. Gives the canonical text;
 * false if anything else is there. */
bool base32_tidy(struct cx *, struct str typed, struct str *out);
/* The check character of a canonical base32 text: catches one wrong and two swapped characters (mod 31, weighted). */
char base32_check(struct str);
#endif
