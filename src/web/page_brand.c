#include "web/page_brand.h"

#include <math.h>

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
page_brand_read(struct str s, struct colour *out)
{
	unsigned char *to[] = { &out->r, &out->g, &out->b };

	if (str_starts(s, S("#")))
		s = str_sub(s, 1, s.n);
	if (s.n != 6)
		return false;
	for (int i = 0; i < 3; i++) {
		int hi = digit(s.p[2 * i]), lo = digit(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		*to[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

/* Relative luminance as WCAG defines it. */
static double
luminance(struct colour c)
{
	const double part[] = { c.r / 255.0, c.g / 255.0, c.b / 255.0 }, weight[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++)
		sum += weight[i] * (part[i] <= 0.04045 ? part[i] / 12.92 : pow((part[i] + 0.055) / 1.055, 2.4));
	return sum;
}

int
page_brand_contrast(struct colour c)
{
	return (int)(100 * 1.05 / (luminance(c) + 0.05));
}

void
page_brand_text(struct buf *b, struct colour c)
{
	buf_fmt(b, "#%02x%02x%02x", (unsigned)c.r, (unsigned)c.g, (unsigned)c.b);
}

/* One part of the colour on its way to white. */
static unsigned
tint(unsigned char part, unsigned percent)
{
	return part + (255u - part) * percent / 100;
}

static void
tinted(struct buf *b, const char *name, struct colour c, unsigned percent)
{
	buf_fmt(b, "%s:#%02x%02x%02x;", name, tint(c.r, percent), tint(c.g, percent), tint(c.b, percent));
}

void
page_brand_css(struct buf *b, struct colour c)
{
	buf_put(b, S(":root{"));
	tinted(b, "--govuk-brand-colour", c, 0);
	tinted(b, "--govuk-template-background-colour", c, 93);
	tinted(b, "--govuk-surface-background-colour", c, 93);
	tinted(b, "--govuk-surface-border-colour", c, 50);
	buf_put(b, S("}\n"));
}
