/* Bundles: a first byte, then files: u8 which, u8 length of the name, the name, u16 length, the bytes. An odd first
 * byte has the checkpoint signed anew over whatever records there are, so that more than the signature is tried. */
#include "core/bundle_sample.h"
#include "core/tree.h"
#include "fuzz/fuzz.h"

enum { FILES = 64 };
struct files { struct str name[BUNDLE_PARTS][FILES], bytes[BUNDLE_PARTS][FILES]; };

static enum err
from_files(struct cx *cx, void *with, enum bundle_part part, ptrdiff_t i, struct str *out)
{
	(void)cx;
	*out = ((struct files *)with)->bytes[part][i];
	return OK;
}

static struct str
take(struct str *in, int bytes_of_length)
{
	ptrdiff_t n = 0;
	struct str s;

	for (int i = 0; i < bytes_of_length && i < in->n; i++)
		n = n << 8 | (uint8_t)in->p[i];
	*in = str_sub(*in, bytes_of_length, in->n);
	s = str_sub(*in, 0, n);
	*in = str_sub(*in, n, in->n);
	return s;
}

static struct str
signed_anew(struct cx *cx, const struct bundle_sample *s, struct str records)
{
	struct checkpoint c = { s->log.v.name, (uint64_t)(records.n / RECORD_SIZE), { { 0 } } };
	struct tree t = { 0 };

	for (ptrdiff_t i = 0; i < (ptrdiff_t)c.size; i++)
		tree_append(&t, record_leaf((const uint8_t *)records.p + i * RECORD_SIZE));
	c.root = tree_root(&t);
	return note_sign(cx, &s->log, checkpoint_text(cx, &c));
}

FUZZ(cx, in)
{
	struct bundle_sample *s = bundle_sample_start(cx, S("tocsin.example.gov/journal/1"), 1);
	struct bundle_trust trust = bundle_sample_trust(s);
	struct files *f = NEW(cx, struct files, 1);
	struct bundle b = { .read = from_files, .with = f };
	struct str *top[] = { &b.mode, &b.checkpoint, &b.records, &b.vkey };
	bool resign = in.n && in.p[0] & 1;
	struct verdict v;

	for (int part = 0; part < BUNDLE_PARTS; part++)
		b.names[part].at = f->name[part];
	in = str_sub(in, 1, in.n);
	while (in.n > 4) {
		unsigned which = (uint8_t)in.p[0] % (unsigned)(COUNT(top) + BUNDLE_PARTS);
		struct str name, bytes;

		in = str_sub(in, 1, in.n);
		name = take(&in, 1);
		bytes = take(&in, 2);
		if (which < COUNT(top)) {
			*top[which] = bytes;
		} else if (b.names[which - COUNT(top)].n < FILES) {
			ptrdiff_t i = b.names[which - COUNT(top)].n++;

			f->name[which - COUNT(top)][i] = name;
			f->bytes[which - COUNT(top)][i] = bytes;
		}
	}
	if (resign)
		b.checkpoint = signed_anew(cx, s, b.records);
	TRY(bundle_verify(cx, &b, &trust, &v));
	HOLD(v.records > 0 && v.size >= v.records && (!v.full || v.size == v.records));
	return OK;
}
