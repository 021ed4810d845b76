#include "desk/colour.h"

#include "base/code.h"
#include <math.h>

bool
colour_read(struct str s, struct colour *out)
{
	uint8_t rgb[3];

	if (str_starts(s, S("#")))
		s = str_sub(s, 1, s.n);
	if (!hex_read(s, rgb, 3))
		return false;
	if (out)
		*out = (struct colour){ rgb[0], rgb[1], rgb[2] };
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
colour_contrast(struct colour c)
{
	return (int)(100 * 1.05 / (luminance(c) + 0.05));
}
