/* Proofs: what is read is written back as it was, unless it had an extra line; checking never trips. */
#include "core/proof.h"
#include "fuzz/fuzz.h"

FUZZ(cx, in)
{
	static const uint8_t log[32] = "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL";
	struct skey l = note_key(S("tocsin.example.gov/journal/1"), NOTE_ED25519, log);
	struct hash leaf = { { 0 } };
	struct checkpoint c;
	struct proof p;

	TRY(proof_read(cx, in, &p));
	if (str_find(in, S("\nextra ")) < 0)
		HOLD(str_eq(proof_write(cx, &p), in));
	for (uint64_t size = p.index; size < p.index + 40; size++) {
		(void)tree_included(&p.path, p.index, size, leaf, leaf);
		(void)tree_extends(&p.path, p.index, size, leaf, leaf);
	}
	return proof_check(cx, &p, leaf, &l.v, 1, &c);
}
