/* Notes, keys and checkpoints: what is read has one form only. */
#include "core/checkpoint.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	static const uint8_t log[32] = "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL";
	static const uint8_t witness[32] = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";
	struct skey l = note_key(S("tocsin.example.gov/journal/1"), NOTE_ED25519, log);
	struct skey w = note_key(S("witness.example/w1"), NOTE_COSIGNATURE, witness);
	struct vkey keys[] = { l.v, w.v }, v;
	struct checkpoint c;
	struct note n;

	if (note_vkey_read(cx, in, &v) == OK) {
		HOLD(note_name_ok(v.name));
		HOLD(str_eq(str_lower(cx, note_vkey_text(cx, &v)), str_lower(cx, in)));
	}
	if (checkpoint_read(cx, in, &c) == OK)
		HOLD(str_eq(checkpoint_text(cx, &c), in));
	/* any text can be signed, and is then found signed; where it is no text, nothing is */
	if (str_ends(in, S("\n"))) {
		struct str s = note_sign(cx, &l, in);

		if (note_open(cx, s, keys, 2, &n) == OK)
			HOLD(str_eq(n.text, in) && n.signed_by == 1);
	}
	return note_open(cx, in, keys, 2, &n);
}
