/* page_brand: the body's own colour. For the route of /brand.css and for the setting, which refuses a colour on which
 * white text cannot be read. */
#ifndef WEB_PAGE_BRAND_H
#define WEB_PAGE_BRAND_H
#include "base/buf.h"

struct colour { unsigned char r, g, b; };

/* "#0b5a55", or "0b5a55". */
bool page_brand_read(struct str, struct colour *out);
/* Contrast of white text on it, in hundredths: 450 is the least that WCAG 2.2 AA lets pass, 2100 is black. */
int page_brand_contrast(struct colour);
/* The stylesheet that lays the colour over the default ones. */
void page_brand_css(struct buf *, struct colour);
/* "#0b5a55", for the setting and the browser's own frame. */
void page_brand_text(struct buf *, struct colour);
enum { PAGE_BRAND_LEAST = 450 };
#endif
