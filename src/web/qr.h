/* qr: a text as a code for cameras, drawn as SVG. For the poster. */
#ifndef WEB_QR_H
#define WEB_QR_H
#include "base/cx.h"
#include "web/page/view.h"

/* Of at most 300 bytes. `label` says what it is to whoever does not see it: markup-free words of our own. */
MUST_CHECK enum err qr_svg(struct cx *, struct str text, struct str label, struct html *out);
#endif
