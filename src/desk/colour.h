/* colour: "#rrggbb", and whether text can be read on it (WCAG 2.2, 1.4.3). Called by settings, which refuse a brand colour
 * that white text cannot be read on, and by the page of that colour's style. */
#ifndef DESK_COLOUR_H
#define DESK_COLOUR_H
#include "base/str.h"

struct colour { uint8_t r, g, b; };
/* The least contrast that WCAG AA lets pass for text, in hundredths. */
enum { COLOUR_LEAST = 450 };

/* "#0b5a55", or "0b5a55"; out may be NULL. */
bool colour_read(struct str, struct colour *out);
/* Contrast of white text on it, in hundredths: 100 is white itself, 2100 black. */
int colour_contrast(struct colour);
#endif
