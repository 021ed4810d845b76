/* page_brand: the body's own colour as a style sheet. For the route of /brand.css. */
#ifndef WEB_PAGE_BRAND_H
#define WEB_PAGE_BRAND_H
#include "base/buf.h"
#include "desk/colour.h"

/* The style sheet that lays the colour over the default ones. */
void page_brand_css(struct buf *, struct colour);
#endif
