#include "web/page_brand.h"
#include "base/test.h"

TEST(colour_reads_six_digits_and_nothing_else)
{
	struct colour c;

	(void)cx;
	EXPECT(colour_read(S("#0b5A55"), &c) && c.r == 0x0b && c.g == 0x5a && c.b == 0x55);
	EXPECT(colour_read(S("0b5a55"), &c));
	EXPECT(!colour_read(S("#0b5a5"), &c));
	EXPECT(!colour_read(S("#0b5a5g"), &c));
	EXPECT(!colour_read(S("red"), &c));
	EXPECT(!colour_read(S("#0b5a55;}"), &c));
}

TEST(colour_contrast_is_that_of_wcag)
{
	(void)cx;
	EXPECT(colour_contrast((struct colour){ 0, 0, 0 }) == 2100);
	EXPECT(colour_contrast((struct colour){ 255, 255, 255 }) == 100);
	/* #767676 is known as the lightest grey that passes, #777777 as one that does not */
	EXPECT(colour_contrast((struct colour){ 0x76, 0x76, 0x76 }) >= COLOUR_LEAST);
	EXPECT(colour_contrast((struct colour){ 0x77, 0x77, 0x77 }) < COLOUR_LEAST);
}

TEST(page_brand_css_sets_the_colours)
{
	struct buf b = buf_new(cx);

	page_brand_css(&b, (struct colour){ 0, 0, 100 });
	EXPECT(str_find(buf_str(&b), S("--govuk-brand-colour:#000064;")) > 0);
	EXPECT(str_find(buf_str(&b), S("--govuk-surface-border-colour:#7f7fb1;")) > 0);
}
