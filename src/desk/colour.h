/* colour: "#rrggbb", and whether text can be read on it (WCAG 2.2, 1.4.3). Called by settings and by the brand's style. */
#ifndef DESK_COLOUR_H
#define DESK_COLOUR_H
#include "base/str.h"

/* rgb may be NULL. */
bool colour_read(struct str, uint8_t rgb[3]);
/* Contrast with white, 1 to 21; 0 if it is no colour. */
double colour_contrast_on_white(struct str);
#endif
