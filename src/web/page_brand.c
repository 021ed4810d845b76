#include "web/page_brand.h"

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
