#include "web/chunk.h"

#include "web/url.h"
#include <string.h>

enum step { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST_CR, LAST_LF, DONE };

void
chunk_begin(struct chunk *c)
{
	memset(c, 0, sizeof *c);
}

static bool
size_step(struct chunk *c, char b)
{
	if (b == '\r' && c->digits) {
		c->step = SIZE_LF;
		return true;
	}
	if (url_hex(b) < 0 || c->digits == 8)
		return false;
	c->left = c->left * 16 + url_hex(b);
	c->digits++;
	return true;
}

/* Everything between the runs of data, byte by byte. */
static bool
frame_step(struct chunk *c, char b)
{
	switch ((enum step)c->step) {
	case SIZE:
		return size_step(c, b);
	case SIZE_LF:
		c->step = c->left ? DATA : LAST_CR;
		return b == '\n';
	case DATA_CR:
		c->step = DATA_LF;
		return b == '\r';
	case DATA_LF:
		c->step = SIZE;
		c->digits = 0;
		return b == '\n';
	case LAST_CR: /* anything else would be a trailer */
		c->step = LAST_LF;
		return b == '\r';
	case LAST_LF:
		c->step = DONE;
		return b == '\n';
	default:
		return false;
	}
}

bool
chunk_next(struct chunk *c, struct str *in, struct str *data, bool *end)
{
	*data = S("");
	*end = false;
	while (in->n) {
		if (c->step == DATA) {
			*data = str_sub(*in, 0, c->left < in->n ? (ptrdiff_t)c->left : in->n);
			*in = str_sub(*in, data->n, in->n);
			c->left -= data->n;
			if (c->left == 0)
				c->step = DATA_CR;
			return true;
		}
		if (!frame_step(c, in->p[0]))
			return false;
		*in = str_sub(*in, 1, in->n);
		if (c->step == DONE) {
			*end = true;
			return true;
		}
	}
	return true;
}
