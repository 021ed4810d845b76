/* Answers that come back over a channel: the registrar's to a door, the gate's to the registrar. They are ours, but a
 * process that has been taken over may say anything. */
#include "desk/desk.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	struct js *ok = NULL;
	struct verdict v;
	enum err e = desk_answer(cx, in, &ok);

	HOLD((e == OK) == (ok != NULL));
	if (desk_gate_verdict(cx, in, &v) == OK)
		HOLD(!v.sealed || in.n > 2L * PASSWORD_BLOB);
	return OK;
}
