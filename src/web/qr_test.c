#include "base/test.h"
#include "web/qr.h"

#include <qrencode.h>
#include <stdio.h>

TEST(a_code_draws_exactly_the_dark_modules)
{
	struct str text = S("https://report.example.gov.uk/r/poster"), rest, piece;
	QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	unsigned char drawn[100][100] = { { 0 } };
	struct html svg;

	EXPECT(code && code->width < 90);
	EXPECT_OK(qr_svg(cx, text, S("A “code” <of> \"ours\""), &svg));
	EXPECT(str_starts(svg.markup, S("<svg ")) && str_ends(svg.markup, S("</svg>")));
	EXPECT(str_find(svg.markup, S("<of>")) < 0);
	rest = str_sub(svg.markup, str_find(svg.markup, S("fill=\"#000\" d=\"")) + 15, svg.markup.n);
	while (str_next(&rest, 'z', &piece)) {
		int x, y, n, back;

		if (sscanf(str_z(cx, piece), "M%d %dh%dv1h-%d", &x, &y, &n, &back) != 4) /* NOLINT(cert-err34-c) */
			break;
		EXPECT(n == back && n > 0);
		for (int i = 0; i < n; i++)
			drawn[y - 4][x - 4 + i]++;
	}
	for (int y = 0; y < code->width; y++)
		for (int x = 0; x < code->width; x++)
			EXPECT(drawn[y][x] == (code->data[y * code->width + x] & 1));
	QRcode_free(code);
}

TEST(a_code_of_nothing_or_of_too_much_is_refused)
{
	struct html svg;

	EXPECT(qr_svg(cx, S(""), S("x"), &svg) == ERR_TOO_BIG);
	EXPECT(qr_svg(cx, (struct str){ NEW(cx, char, 400), 301 }, S("x"), &svg) == ERR_TOO_BIG);
}
