#include "core/bundle_doctored.h"

#include "base/buf.h"
#include "base/code.h"
#include "core/payload.h"
#include <stdlib.h>
#include <string.h>

/* What a doctor works on. */
struct patient {
	struct cx *cx;
	struct bundle_sample *s;
	struct bundle_sample_files *f;
	struct bundle_trust *t;
};

static struct str
flipped(struct cx *cx, struct str s, ptrdiff_t at)
{
	s = str_copy(cx, s);
	((char *)(uintptr_t)s.p)[at] ^= 1;
	return s;
}

static struct str
glued(struct cx *cx, struct str a, struct str b, struct str c)
{
	struct buf all = buf_new(cx);

	buf_put(&all, a);
	buf_put(&all, b);
	buf_put(&all, c);
	return buf_str(&all);
}

/* records.bin made of the records from … to-1, then from2 … to2-1, then the rest from `rest`. */
static void
cut_records(struct patient *p, ptrdiff_t to, ptrdiff_t from2, ptrdiff_t to2, ptrdiff_t rest)
{
	struct str r = p->f->b.records;

	p->f->b.records = glued(p->cx, str_sub(r, 0, to * RECORD_SIZE),
	    str_sub(r, from2 * RECORD_SIZE, (to2 - from2) * RECORD_SIZE), str_sub(r, rest * RECORD_SIZE, r.n));
}

static ptrdiff_t
find(struct patient *p, enum bundle_part part, const char *name)
{
	for (ptrdiff_t i = 0; i < p->f->b.names[part].n; i++)
		if (str_eq(p->f->names[part][i], str_of(name)))
			return i;
	abort(); /* the story has changed under the list */
}

static void
drop_file(struct patient *p, enum bundle_part part, ptrdiff_t i)
{
	ptrdiff_t last = --p->f->b.names[part].n;

	p->f->names[part][i] = p->f->names[part][last];
	p->f->bytes[part][i] = p->f->bytes[part][last];
}

static void
more_file(struct patient *p, enum bundle_part part, struct str name, struct str bytes)
{
	ptrdiff_t n = p->f->b.names[part].n++;

	p->f->names[part][n] = name;
	p->f->bytes[part][n] = bytes;
}

/* A checkpoint that the holder of the key signs over any text. */
static void
signs(struct patient *p, const char *fmt, uint64_t size, struct hash root)
{
	struct str b = base64_of(p->cx, root.b, 32), text = str_fmt(p->cx, "tocsin.example.gov/journal/1\n%llu\n%.*s\n%s",
	    (unsigned long long)size, F(b), fmt);

	p->f->b.checkpoint = note_sign(p->cx, &p->s->log, text);
}

/* --- the bytes, without the key --- */
static void record_left_out(struct patient *p) { cut_records(p, 7, 0, 0, 8); }
static void first_left_out(struct patient *p) { cut_records(p, 0, 0, 0, 1); }
static void last_left_out(struct patient *p) { cut_records(p, p->s->n - 1, 0, 0, p->s->n); }
static void record_twice(struct patient *p) { cut_records(p, 8, 7, 8, 8); }
static void last_twice(struct patient *p) { cut_records(p, p->s->n, p->s->n - 1, p->s->n, p->s->n); }
static void records_swapped(struct patient *p) { cut_records(p, 7, 8, 9, 7), cut_records(p, 9, 0, 0, 10); }
static void record_cut_short(struct patient *p) { p->f->b.records.n--; }
static void no_records(struct patient *p) { p->f->b.records.n = 0; }
static void records_missing(struct patient *p) { p->f->b.records = (struct str){ NULL, 0 }; }
static void checkpoint_missing(struct patient *p) { p->f->b.checkpoint = (struct str){ NULL, 0 }; }
static void mode_missing(struct patient *p) { p->f->b.mode = (struct str){ NULL, 0 }; }
static void mode_unknown(struct patient *p) { p->f->b.mode = S("part\n"); }
static void mode_other(struct patient *p)
{
	p->f->b.mode = str_starts(p->f->b.mode, S("full")) ? S("case\n") : S("full\n");
}
static void vkey_other(struct patient *p) { p->f->b.vkey = flipped(p->cx, p->f->b.vkey, 40); }
static void signature_missing(struct patient *p)
{
	p->f->b.checkpoint = str_sub(p->f->b.checkpoint, 0, str_find(p->f->b.checkpoint, S("\n\n")) + 2);
}
static void signature_changed(struct patient *p)
{
	p->f->b.checkpoint = flipped(p->cx, p->f->b.checkpoint, str_find(p->f->b.checkpoint, S("\n\n")) + 60);
}
static void signer_renamed(struct patient *p)
{
	p->f->b.checkpoint = flipped(p->cx, p->f->b.checkpoint, str_find(p->f->b.checkpoint, S("\n\n")) + 8);
}
static void checkpoint_size_changed(struct patient *p)
{
	p->f->b.checkpoint = flipped(p->cx, p->f->b.checkpoint, str_find(p->f->b.checkpoint, S("\n")) + 2);
}
static void checkpoint_root_changed(struct patient *p)
{
	p->f->b.checkpoint = flipped(p->cx, p->f->b.checkpoint, str_find(p->f->b.checkpoint, S("\n")) + 12);
}
static void witness_signature_changed(struct patient *p)
{
	p->f->b.checkpoint = flipped(p->cx, p->f->b.checkpoint, p->f->b.checkpoint.n - 30);
}
static void control_character(struct patient *p)
{
	struct str c = p->f->b.checkpoint;

	p->f->b.checkpoint = glued(p->cx, str_sub(c, 0, 5), S("\r"), str_sub(c, 5, c.n));
}
static void witness_key_signs_for_log(struct patient *p)
{
	struct str text = str_sub(p->f->b.checkpoint, 0, str_find(p->f->b.checkpoint, S("\n\n")) + 1);

	p->f->b.checkpoint = str_fmt(p->cx, "%.*s\n%.*s", F(text), F(note_line(p->cx, &p->s->witness, text, 1)));
}
static void payload_missing(struct patient *p) { drop_file(p, BUNDLE_PAYLOADS, 2); }
static void payload_of_log_opened_missing(struct patient *p) { drop_file(p, BUNDLE_PAYLOADS, 0); }
static void payload_changed(struct patient *p)
{
	p->f->bytes[BUNDLE_PAYLOADS][2] = flipped(p->cx, p->f->bytes[BUNDLE_PAYLOADS][2], 100);
}
static void payload_renamed(struct patient *p)
{
	p->f->names[BUNDLE_PAYLOADS][2] = flipped(p->cx, p->f->names[BUNDLE_PAYLOADS][2], 3);
}
static void payload_longer(struct patient *p)
{
	p->f->bytes[BUNDLE_PAYLOADS][1] = glued(p->cx, p->f->bytes[BUNDLE_PAYLOADS][1], S("x"), S(""));
}
static void payload_emptied(struct patient *p) { p->f->bytes[BUNDLE_PAYLOADS][1] = S(""); }
static void payload_added(struct patient *p)
{
	more_file(p, BUNDLE_PAYLOADS, hex_of(p->cx, sha256(S("more")).b, 32), S("more"));
}
static void payload_badly_named(struct patient *p) { more_file(p, BUNDLE_PAYLOADS, S("readme.txt"), S("more")); }
static void opened_changed(struct patient *p)
{
	p->f->bytes[BUNDLE_OPENED][0] = flipped(p->cx, p->f->bytes[BUNDLE_OPENED][0], 50);
}
static void opened_salt_changed(struct patient *p)
{
	p->f->bytes[BUNDLE_OPENED][0] = flipped(p->cx, p->f->bytes[BUNDLE_OPENED][0], 0);
}
static void opened_longer(struct patient *p)
{
	p->f->bytes[BUNDLE_OPENED][0] = glued(p->cx, p->f->bytes[BUNDLE_OPENED][0], S(" "), S(""));
}
static void opened_cut_off(struct patient *p) { p->f->bytes[BUNDLE_OPENED][0].n = 20; }
static void opened_of_another(struct patient *p) { p->f->names[BUNDLE_OPENED][0] = S("7"); }
static void opened_without_payload(struct patient *p)
{
	more_file(p, BUNDLE_OPENED, S("8"), p->f->bytes[BUNDLE_OPENED][0]);
}
static void opened_of_no_record(struct patient *p)
{
	more_file(p, BUNDLE_OPENED, S("99"), p->f->bytes[BUNDLE_OPENED][0]);
}
static void opened_badly_named(struct patient *p)
{
	more_file(p, BUNDLE_OPENED, S("04"), p->f->bytes[BUNDLE_OPENED][0]);
}

/* --- the case's own --- */
static void proof_missing(struct patient *p)
{
	drop_file(p, BUNDLE_PROOFS, find(p, BUNDLE_PROOFS, "7.tlog-proof"));
}
static void proof_of_another(struct patient *p)
{
	p->f->bytes[BUNDLE_PROOFS][find(p, BUNDLE_PROOFS, "7.tlog-proof")] =
	    p->f->bytes[BUNDLE_PROOFS][find(p, BUNDLE_PROOFS, "8.tlog-proof")];
}
static void proof_changed(struct patient *p)
{
	p->f->bytes[BUNDLE_PROOFS][1] = flipped(p->cx, p->f->bytes[BUNDLE_PROOFS][1], 60);
}
static void proof_index_changed(struct patient *p)
{
	p->f->bytes[BUNDLE_PROOFS][1] = flipped(p->cx, p->f->bytes[BUNDLE_PROOFS][1], 29);
}
static void proof_added(struct patient *p)
{
	more_file(p, BUNDLE_PROOFS, S("5.tlog-proof"), p->f->bytes[BUNDLE_PROOFS][0]);
}
static void case_record_left_out(struct patient *p)
{
	cut_records(p, 1, 0, 0, 2);
	proof_missing(p);
}
static void case_begins_late(struct patient *p)
{
	cut_records(p, 0, 0, 0, 1);
	drop_file(p, BUNDLE_PROOFS, find(p, BUNDLE_PROOFS, "4.tlog-proof"));
}
static void case_without_its_end(struct patient *p)
{
	cut_records(p, 4, 0, 0, 5);
	drop_file(p, BUNDLE_PROOFS, find(p, BUNDLE_PROOFS, "16.tlog-proof"));
}
/* Only its proof of another checkpoint, honestly signed, tells. */
static void proof_to_another_checkpoint(struct patient *p)
{
	struct str *at = &p->f->bytes[BUNDLE_PROOFS][0], other = bundle_sample_checkpoint(p->s, 9, false);

	*at = glued(p->cx, str_sub(*at, 0, str_find(*at, S("\n\n")) + 2), other, S(""));
}

/* --- with the log's key: the story is changed before it is signed --- */
static void seq_jumps(struct record *r) { r->seq++; }
static void seq_repeats(struct record *r) { r->seq--; }
static void prev_wrong(struct record *r) { r->prev.b[31] ^= 1; }
static void case_prev_wrong(struct record *r) { r->case_prev.b[0] ^= 1; }
static void case_seq_jumps(struct record *r) { r->case_seq++; }
static void log_id_wrong(struct record *r) { r->log_id.b[3] ^= 1; }
static void policy_unannounced(struct record *r) { r->policy.b[9] ^= 1; }
static void policy_unset(struct record *r) { r->policy = (struct hash){ { 0 } }; }
static void term_rises(struct record *r) { r->term = 9; } /* so that all after it fall */
static void opened_again(struct record *r) { r->kind = KIND_LOG_OPENED; }
static void never_opened(struct record *r) { r->kind = KIND_READ; }
static void key_of_the_case_as_system_key(struct record *r) { r->flags = RECORD_PAYLOAD; }
static void system_key_as_key_of_the_case(struct record *r) { r->dek_id = record_system_key(r->log_id); }
static void system_key_erased(struct record *r) { r->dek_id = record_system_key(r->log_id); }
static void another_key_erased(struct record *r) { r->dek_id.b[0] ^= 1; }
static void erased_undecided(struct record *r) { r->kind = KIND_READ; }
static void end_is_no_export(struct record *r) { r->kind = KIND_READ; }
static void length_wrong(struct record *r) { r->payload_len += 256; }
static void commit_wrong(struct record *r) { r->commit.b[0] ^= 1; }

static void
lost_after_erasure(struct patient *p)
{
	bundle_sample_add(p->s, 0x0011, bundle_sample_case('C'), RECORD_PAYLOAD | RECORD_ERASABLE,
	    bundle_sample_case('c'), S("{\"v\":1}"));
	p->s->entry[p->s->n - 1].object.p = NULL;
	bundle_sample_make(p->s, true, (struct id){ { 0 } }, p->f);
}

static void
lost_unerased(struct patient *p)
{
	p->s->entry[4].object.p = NULL;
	bundle_sample_make(p->s, true, (struct id){ { 0 } }, p->f);
}

static void extension_line(struct patient *p)
{
	struct checkpoint c;
	struct note n;

	if (note_open(p->cx, p->f->b.checkpoint, &p->t->log, 1, &n) == OK && checkpoint_read(p->cx, n.text, &c) == OK)
		signs(p, "one more line\n", c.size, c.root);
}

static void another_root_signed(struct patient *p) { signs(p, "", (uint64_t)p->s->n, sha256(S("x"))); }
static void another_size_signed(struct patient *p)
{
	p->f->b.checkpoint = bundle_sample_checkpoint(p->s, p->s->n - 1, true);
}

static void
another_origin_signed(struct patient *p)
{
	struct str text = str_sub(p->f->b.checkpoint, 0, str_find(p->f->b.checkpoint, S("\n\n")) + 1);

	p->f->b.checkpoint = note_sign(p->cx, &p->s->log, flipped(p->cx, text, 3));
}

/* A bundle cut back to an earlier export record; the checkpoint is the later one, then the one that ends there. */
static void
cut_back(struct patient *p, bool sign)
{
	bundle_sample_make(p->s, false, bundle_sample_case('B'), p->f);
	if (sign)
		p->f->b.checkpoint = bundle_sample_checkpoint(p->s, p->s->n - 1, true);
	cut_records(p, 2, 0, 0, 3);
	drop_file(p, BUNDLE_PROOFS, find(p, BUNDLE_PROOFS, "15.tlog-proof"));
}
static void cut_back_to_an_export(struct patient *p) { cut_back(p, false); }
static void cut_back_and_signed_elsewhere(struct patient *p) { cut_back(p, true); }
static void case_goes_on_after_its_export(struct patient *p)
{
	bundle_sample_make(p->s, false, bundle_sample_case('B'), p->f);
}

/* --- what is known elsewhere --- */
static void
knows(struct patient *p, struct str checkpoint)
{
	struct str *known = NEW(p->cx, struct str, 1);

	*known = checkpoint;
	p->t->known = known;
	p->t->n_known = 1;
}

static void
rewritten(struct patient *p)
{
	knows(p, bundle_sample_checkpoint(p->s, 8, false));
	p->s->entry[5].record.time += HOUR;
	bundle_sample_make(p->s, true, (struct id){ { 0 } }, p->f);
}

static void
rewritten_unwitnessed(struct patient *p)
{
	p->s->entry[5].record.time += HOUR;
	bundle_sample_make(p->s, true, (struct id){ { 0 } }, p->f);
	p->f->b.checkpoint = bundle_sample_checkpoint(p->s, p->s->n, false);
	p->t->quorum = 1;
}

static void
cut_back_behind_what_is_known(struct patient *p)
{
	knows(p, bundle_sample_checkpoint(p->s, p->s->n, false));
	p->s->n -= 2;
	bundle_sample_make(p->s, true, (struct id){ { 0 } }, p->f);
}

static void
case_of_a_rewritten_log(struct patient *p)
{
	knows(p, bundle_sample_checkpoint(p->s, p->s->n, false));
	p->s->entry[5].record.time += HOUR;
	bundle_sample_make(p->s, false, bundle_sample_case('A'), p->f);
}

/* --- with a key, but not the log's --- */
static void
rewritten_with_another_key(struct patient *p)
{
	const uint8_t seed[32] = "of somebody else";
	bool full = str_starts(p->f->b.mode, S("full"));

	p->s->log = note_key(p->s->log.v.name, NOTE_ED25519, seed);
	p->s->entry[5].record.time += HOUR;
	bundle_sample_make(p->s, full, bundle_sample_case('A'), p->f);
}
static void rewritten_with_another_key_unnamed(struct patient *p)
{
	rewritten_with_another_key(p);
	p->f->b.vkey = (struct str){ NULL, 0 };
}
/* The signature line claims the id of the key that is trusted. */
static void
rewritten_with_another_key_under_its_id(struct patient *p)
{
	struct skey k = p->s->log;

	rewritten_with_another_key(p);
	memcpy(p->s->log.v.id, k.v.id, sizeof k.v.id);
	p->f->b.checkpoint = bundle_sample_checkpoint(p->s, p->s->n, true);
	p->f->b.vkey = (struct str){ NULL, 0 };
}
static void another_key_trusted(struct patient *p)
{
	const uint8_t seed[32] = "of somebody else";

	p->t->log = note_key(p->s->log.v.name, NOTE_ED25519, seed).v;
	p->f->b.vkey = (struct str){ NULL, 0 };
}
static void
nothing_at_all(struct patient *p)
{
	p->f->b = (struct bundle){ .read = p->f->b.read, .with = p->f };
}

static void known_is_unsigned(struct patient *p) { knows(p, flipped(p->cx, p->f->b.checkpoint, 80)); }

enum { WHOLE = 0, OF_A = 1 };
static const struct doctoring {
	const char *name;
	int of;                              /* the whole log or case A */
	void (*doctor)(struct patient *);    /* on the finished bundle */
	void (*spoil)(struct record *);      /* or on a record before the rest is chained to it and signed */
	ptrdiff_t at;
} doctorings[] = {
#define D(of, what) { #what, of, what, NULL, 0 }
#define R(of, what, at) { #what, of, NULL, what, at }
	D(WHOLE, record_left_out), D(WHOLE, first_left_out), D(WHOLE, last_left_out), D(WHOLE, record_twice),
	D(WHOLE, last_twice), D(WHOLE, records_swapped), D(WHOLE, record_cut_short), D(WHOLE, no_records),
	D(WHOLE, records_missing), D(WHOLE, checkpoint_missing), D(WHOLE, mode_missing), D(WHOLE, mode_unknown),
	D(WHOLE, mode_other), D(WHOLE, vkey_other), D(WHOLE, signature_missing), D(WHOLE, signature_changed),
	D(WHOLE, signer_renamed), D(WHOLE, checkpoint_size_changed), D(WHOLE, checkpoint_root_changed),
	D(WHOLE, witness_signature_changed), D(WHOLE, control_character), D(WHOLE, witness_key_signs_for_log),
	D(WHOLE, payload_missing), D(WHOLE, payload_of_log_opened_missing), D(WHOLE, payload_changed),
	D(WHOLE, payload_renamed), D(WHOLE, payload_longer), D(WHOLE, payload_emptied), D(WHOLE, payload_added),
	D(WHOLE, payload_badly_named),
	D(WHOLE, opened_changed), D(WHOLE, opened_salt_changed), D(WHOLE, opened_longer), D(WHOLE, opened_cut_off),
	D(WHOLE, opened_of_another), D(WHOLE, opened_without_payload), D(WHOLE, opened_of_no_record),
	D(WHOLE, opened_badly_named), D(OF_A, mode_other), D(OF_A, proof_missing), D(OF_A, proof_of_another),
	D(OF_A, proof_changed), D(OF_A, proof_index_changed), D(OF_A, proof_added), D(OF_A, case_record_left_out),
	D(OF_A, case_begins_late), D(OF_A, case_without_its_end), D(OF_A, proof_to_another_checkpoint),
	D(OF_A, payload_missing), D(OF_A, opened_changed), D(OF_A, payload_added), D(OF_A, another_root_signed),
	D(OF_A, another_size_signed), D(OF_A, no_records), R(WHOLE, seq_jumps, 7), R(WHOLE, seq_repeats, 7),
	R(WHOLE, prev_wrong, 7), R(WHOLE, prev_wrong, 0), R(WHOLE, case_prev_wrong, 7),
	R(WHOLE, case_prev_wrong, 4), R(WHOLE, case_seq_jumps, 7), R(WHOLE, case_seq_jumps, 4),
	R(WHOLE, log_id_wrong, 8), R(WHOLE, policy_unannounced, 8), R(WHOLE, policy_unset, 8),
	R(WHOLE, policy_unset, 2), R(WHOLE, term_rises, 7), R(WHOLE, opened_again, 9), R(WHOLE, never_opened, 0),
	R(WHOLE, key_of_the_case_as_system_key, 7), R(WHOLE, system_key_as_key_of_the_case, 7),
	R(WHOLE, system_key_erased, 12), R(WHOLE, another_key_erased, 12), R(WHOLE, erased_undecided, 11),
	R(WHOLE, length_wrong, 7), R(WHOLE, commit_wrong, 4), R(OF_A, case_prev_wrong, 7),
	R(OF_A, case_seq_jumps, 7), R(OF_A, log_id_wrong, 8), R(OF_A, end_is_no_export, 16), R(OF_A, seq_jumps, 7),
	R(OF_A, prev_wrong, 8), R(OF_A, term_rises, 7), R(OF_A, opened_again, 8), D(WHOLE, lost_after_erasure),
	D(WHOLE, lost_unerased), D(WHOLE, extension_line), D(WHOLE, another_root_signed),
	D(WHOLE, another_size_signed), D(WHOLE, another_origin_signed), D(OF_A, cut_back_to_an_export),
	D(OF_A, cut_back_and_signed_elsewhere), D(OF_A, case_goes_on_after_its_export), D(WHOLE, rewritten),
	D(WHOLE, rewritten_unwitnessed), D(WHOLE, cut_back_behind_what_is_known), D(OF_A, case_of_a_rewritten_log),
	D(WHOLE, known_is_unsigned), D(WHOLE, rewritten_with_another_key), D(OF_A, rewritten_with_another_key),
	D(WHOLE, rewritten_with_another_key_unnamed), D(WHOLE, rewritten_with_another_key_under_its_id),
	D(WHOLE, another_key_trusted), D(OF_A, another_key_trusted), D(WHOLE, nothing_at_all),
#undef D
#undef R
};
const int bundle_doctored_count = (int)COUNT(doctorings);

const char *
bundle_doctored_make(struct cx *cx, int i, struct bundle_sample_files *f, struct bundle_trust *t)
{
	const struct doctoring *d = &doctorings[i];
	struct patient p = { cx, bundle_sample_story(cx), f, t };

	*t = bundle_sample_trust(p.s);
	p.s->spoil = d->spoil;
	p.s->spoil_at = d->at;
	bundle_sample_make(p.s, d->of == WHOLE, bundle_sample_case('A'), f);
	if (d->doctor)
		d->doctor(&p);
	return str_fmt(cx, "%02d_%s%s", i, d->of == WHOLE ? "" : "case_", d->name).p;
}

enum err
bundle_doctored_unreadable(struct cx *cx, void *with, enum bundle_part part, ptrdiff_t i, struct str *out)
{
	(void)with, (void)part, (void)i, (void)out;
	return fail(cx, ERR_NO_ROOM, "the disk cannot be read");
}
