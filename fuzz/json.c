/* JSON: what was read is written compactly, and reads back as the same tree. */
#include "base/js.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	struct js *a, *b;
	struct str once;

	TRY(js_read(cx, in, &a));
	once = js_text(cx, a);
	HOLD(utf8_ok(once) && js_read(cx, once, &b) == OK);
	HOLD(js_eq(a, b) && str_eq(once, js_text(cx, b)));
	return OK;
}
