/* A path: its segments hide nothing, and written again they are read the same. */
#include "web/url.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	struct str *segs, *again, out;
	struct buf b = buf_new(cx);
	int n, m;

	HOLD(url_decode(cx, url_encode(cx, in), false, &out) && str_eq(out, in));
	if (url_path(cx, in, &segs, &n) != OK)
		return OK;
	HOLD(n >= 0 && n <= URL_SEGMENTS);
	for (int i = 0; i < n; i++) {
		HOLD(utf8_ok(segs[i]) && str_index(segs[i], '/') < 0 && str_index(segs[i], 0) < 0);
		HOLD(!str_eq(segs[i], S(".")) && !str_eq(segs[i], S("..")));
		buf_char(&b, '/');
		url_put(&b, segs[i]);
	}
	if (n == 0)
		buf_char(&b, '/');
	HOLD(url_path(cx, buf_str(&b), &again, &m) == OK && m == n);
	for (int i = 0; i < n; i++)
		HOLD(str_eq(segs[i], again[i]));
	return OK;
}
