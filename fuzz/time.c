/* Instants, dates, months and years as machines write them: what reads reads back as itself, at the same precision. */
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	char text[WHEN_TEXT], again[WHEN_TEXT];
	struct moment m, n;
	struct civil c;
	int length;

	(void)cx;
	if (!moment_read(in, &m))
		return OK;
	length = moment_text(m, text);
	HOLD(moment_read((struct str){ text, length }, &n) && n.at == m.at && n.to == m.to);
	HOLD(when_text(m.at, again) <= 27 && civil_ok(c = civil_of(m.at)) && when_of(c) == m.at);
	HOLD(m.to == EXACT || when_of_london(london_of(m.at)) == m.at || london_offset(m.at) == 0);
	return OK;
}
