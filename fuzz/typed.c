/* Dates and times as people type them: day, month, year and time, a line each. What is read reads back as itself. */
#include "fuzz/fuzz.h"
#include "web/typed.h"

FUZZ(cx, in)
{
	struct typed t = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	struct str rest = in;
	struct moment m, again;
	char text[WHEN_TEXT];
	int minutes;

	(void)(str_next(&rest, '\n', &t.day) && str_next(&rest, '\n', &t.month) && str_next(&rest, '\n', &t.year) &&
	    str_next(&rest, '\n', &t.time));
	if (typed_time(cx, in, &minutes))
		HOLD(minutes >= 0 && minutes < 24 * 60);
	if (!typed_moment(cx, S("when"), &t, cx->now, cx->now, &m)) {
		HOLD(cx->n_faults == 1);
		return OK;
	}
	HOLD(cx->n_faults == 0 && m.at <= cx->now && typed_words(cx, m).n > 0);
	moment_text(m, text);
	HOLD(moment_read(str_of(text), &again) && again.at == m.at);
	return OK;
}
