/* page_put: how a value reaches a page. Only what tool/pagegen makes of page/ calls these: it knows where in the HTML
 * a value stands and picks the macro; the value's type picks the function. A struct html fits in text alone, a bool
 * nowhere but in a condition: anything else does not compile. */
#ifndef WEB_PAGE_PUT_H
#define WEB_PAGE_PUT_H
#include "base/buf.h"
#include "web/page/view.h"

/* In text. */
#define PAGE_TEXT(b, x) _Generic((x), struct str: page_put_str, struct html: page_put_html, \
	int: page_put_int, int64_t: page_put_int64)(b, x)
/* In a double-quoted attribute. */
#define PAGE_ATTR(b, x) _Generic((x), struct str: page_put_str, int: page_put_int, int64_t: page_put_int64)(b, x)
/* At the start of an attribute that holds an address. */
#define PAGE_URL(b, x) _Generic((x), struct str: page_put_url)(b, x)
/* Behind its start: one piece of a path or query, percent-encoded. */
#define PAGE_URL_PART(b, x) _Generic((x), struct str: page_put_url_part, int: page_put_int, \
	int64_t: page_put_int64)(b, x)
/* In a condition. */
#define PAGE_TRUE(x) _Generic((x), bool: page_put_true_bool, struct str: page_put_true_str, \
	struct html: page_put_true_html, int: page_put_true_int, unsigned: page_put_true_unsigned, \
	int64_t: page_put_true_int64)(x)

/* Escaped for text and for double-quoted attributes alike, so that a browser has the same characters again; NUL alone,
 * which HTML cannot hold, becomes U+FFFD. */
void page_put_str(struct buf *, struct str);
void page_put_html(struct buf *, struct html);
void page_put_int(struct buf *, int);
void page_put_int64(struct buf *, int64_t);
/* Relative, https:, mailto: and tel: addresses as they are; anything else becomes "#". */
void page_put_url(struct buf *, struct str);
void page_put_url_part(struct buf *, struct str);

bool page_put_true_bool(bool);
bool page_put_true_str(struct str);
bool page_put_true_html(struct html);
bool page_put_true_int(int);
bool page_put_true_unsigned(unsigned); /* an enum */
bool page_put_true_int64(int64_t);
#endif
