#include "web/qr.h"

#include "web/page_put.h"
#include <qrencode.h>

enum { MOST = 300, QUIET = 4 }; /* four modules of white around it, as the standard wants */

static void
free_code(void *code)
{
	QRcode_free(code);
}

/* Dark modules of a row that lie beside each other are one rectangle: "M4 5h7v1h-7z". */
static void
row(struct buf *b, const unsigned char *dark, int width, int y)
{
	for (int x = 0; x < width; x++) {
		int n = 0;

		while (x + n < width && dark[x + n] & 1)
			n++;
		if (n)
			buf_fmt(b, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
		x += n;
	}
}

enum err
qr_svg(struct cx *cx, struct str text, struct str label, struct html *out)
{
	struct buf b = buf_new(cx);
	QRcode *code;
	int side;

	if (!text.n || text.n > MOST)
		return fail(cx, ERR_TOO_BIG, "a code holds 1 to %d bytes, not %td", MOST, text.n);
	code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!code)
		return fail(cx, ERR_BROKEN, "the code could not be made");
	cx_defer(cx, free_code, code);
	side = code->width + 2 * QUIET;
	buf_fmt(&b,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" shape-rendering=\"crispEdges\" aria-label=\"",
	    side, side);
	page_put_str(&b, label);
	buf_fmt(&b, "\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", side, side);
	for (int y = 0; y < code->width; y++)
		row(&b, code->data + (ptrdiff_t)y * code->width, code->width, y);
	buf_put(&b, S("\"/></svg>"));
	out->markup = buf_str(&b);
	return OK;
}
