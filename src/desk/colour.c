#include "desk/colour.h"

#include "base/code.h"
#include <math.h>

bool
colour_read(struct str s, uint8_t rgb[3])
{
	uint8_t own[3];

	return s.n == 7 && s.p[0] == '#' && hex_read(str_sub(s, 1, 6), rgb ? rgb : own, 3);
}

double
colour_contrast_on_white(struct str s)
{
	static const double weight[3] = { 0.2126, 0.7152, 0.0722 };
	double light = 0;
	uint8_t rgb[3];

	if (!colour_read(s, rgb))
		return 0;
	for (int i = 0; i < 3; i++) {
		double c = rgb[i] / 255.0;

		light += weight[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return 1.05 / (light + 0.05);
}
