/* References, codes, tokens, ids and encodings as people and programs give them back: one canonical text or none. */
#include "base/code.h"
#include "core/id.h"
#include "core/receipt.h"
#include "fuzz/fuzz.h"
#include "sys/token.h"

FUZZ(cx, in)
{
	struct str a, b;
	struct hash h;
	struct id id;

	if (receipt_ref_read(cx, S("INC"), in, &a)) {
		HOLD(a.n == 14 && str_starts(a, S("INC-")) && utf8_ok(a));
		HOLD(receipt_ref_read(cx, S("INC"), a, &b) && str_eq(a, b));
	}
	if (receipt_code_read(cx, in, &a)) {
		HOLD(a.n == 19);
		HOLD(receipt_code_read(cx, a, &b) && str_eq(a, b));
	}
	if (base64_read(cx, in, &a))
		HOLD(str_eq(base64_of(cx, a.p, a.n), in));
	if (base32_tidy(cx, in, &a))
		HOLD(a.n <= in.n && base32_tidy(cx, a, &b) && str_eq(a, b) && (!a.n || base32_check(a)));
	if (id_read(in, &id))
		HOLD(str_eq(id_hex(cx, id), str_lower(cx, in)));
	if (token_read(cx, in, &h))
		HOLD(in.n >= TOKEN_TEXT);
	return OK;
}
