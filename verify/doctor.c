/* doctor: tampering trials. Not part of the product.
 *   doctor write DIR      each honest and each doctored bundle as a folder, and a line of JSON about each on standard
 *                         output: its name, what a verifier trusts, whether it is honest, and what Tocsin says
 *   doctor random N SEED  N random tamperings of honest bundles, in memory; counts those that are accepted
 * verify/tamper.py drives both, and does the same to verify.py. */
#include "base/buf.h"
#include "base/code.h"
#include "base/js.h"
#include "core/bundle_doctored.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t seed = 88172645463325252u;

/* xorshift64: trials must be repeatable from their seed. */
static uint64_t
dice(uint64_t sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % sides;
}

static void
chance(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)p)[i] = (unsigned char)dice(256);
}

static void
write_file(struct cx *cx, struct str path, struct str bytes)
{
	FILE *f = bytes.p ? fopen(str_z(cx, path), "wb") : NULL;

	if (bytes.p && (!f || fwrite(bytes.p, 1, (size_t)bytes.n, f) != (size_t)bytes.n || fclose(f))) {
		perror(str_z(cx, path));
		exit(74);
	}
}

static void
write_bundle(struct cx *cx, const char *top, const char *name, const struct bundle_sample_files *f)
{
	static const char *const folder[BUNDLE_PARTS] = { "proofs", "payloads", "opened" };
	struct str dir = str_fmt(cx, "%s/%s", top, name);

	mkdir(dir.p, 0700);
	write_file(cx, str_fmt(cx, "%s/mode", dir.p), f->b.mode);
	write_file(cx, str_fmt(cx, "%s/checkpoint", dir.p), f->b.checkpoint);
	write_file(cx, str_fmt(cx, "%s/vkey", dir.p), f->b.vkey);
	write_file(cx, str_fmt(cx, "%s/records.bin", dir.p), f->b.records);
	for (int part = 0; part < BUNDLE_PARTS; part++) {
		mkdir(str_fmt(cx, "%s/%s", dir.p, folder[part]).p, 0700);
		for (ptrdiff_t i = 0; i < f->b.names[part].n; i++)
			write_file(cx, str_fmt(cx, "%s/%s/%.*s", dir.p, folder[part], F(f->names[part][i])), f->bytes[part][i]);
	}
}

/* Writes the bundle, judges it, and says so. */
static void
put(struct cx *cx, const char *top, const char *name, bool honest, const struct bundle_sample_files *f,
    const struct bundle_trust *t)
{
	struct js *j = js_object(cx), *known = js_array(cx), *witness = js_array(cx);
	struct verdict v;

	write_bundle(cx, top, name, f);
	for (int i = 0; i < t->n_known; i++)
		js_add_str(cx, known, base64_of(cx, t->known[i].p, t->known[i].n));
	for (int i = 0; i < t->n_witness; i++)
		js_add_str(cx, witness, note_vkey_text(cx, &t->witness[i]));
	js_set_str(cx, j, S("name"), str_of(name));
	js_set_bool(cx, j, S("honest"), honest);
	js_set_str(cx, j, S("vkey"), note_vkey_text(cx, &t->log));
	js_set(cx, j, S("known"), known);
	js_set(cx, j, S("witness"), witness);
	js_set_int(cx, j, S("quorum"), t->quorum);
	js_set_bool(cx, j, S("accepted"), bundle_verify(cx, &f->b, t, &v) == OK);
	js_set_str(cx, j, S("why"), str_copy(cx, str_of(cx->why)));
	printf("%.*s\n", F(js_text(cx, j)));
}

static void
put_honest(struct cx *cx, const char *top, const char *name, bool full, bool witnessed, bool known)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct str earlier[] = { bundle_sample_checkpoint(s, 9, false), bundle_sample_checkpoint(s, s->n, true) };
	struct bundle_sample_files f;

	s->unwitnessed = !witnessed;
	t.quorum = witnessed;
	t.known = earlier;
	t.n_known = known ? (int)COUNT(earlier) : 0;
	bundle_sample_make(s, full, bundle_sample_case('A'), &f);
	put(cx, top, name, true, &f, &t);
}

static enum err
write_all(struct cx *cx, void *arg)
{
	const char *top = arg;

	put_honest(cx, top, "honest_full", true, true, true);
	put_honest(cx, top, "honest_full_plain", true, false, false);
	put_honest(cx, top, "honest_case", false, true, true);
	put_honest(cx, top, "honest_case_plain", false, false, false);
	for (int i = 0; i < bundle_doctored_count; i++) {
		struct mark m = cx_mark(cx);
		struct bundle_sample_files f;
		struct bundle_trust t;
		const char *name = bundle_doctored_make(cx, i, &f, &t);

		put(cx, top, name, false, &f, &t);
		cx_back(cx, m);
	}
	return OK;
}

/* One random change to the bytes of a file: a bit, a cut, a longer end, a piece of another file or of itself. */
static struct str
tampered(struct cx *cx, struct str was, struct str other)
{
	struct str s = str_fmt(cx, "%.*s", 0, "");
	struct buf b = buf_new(cx);
	ptrdiff_t at = (ptrdiff_t)dice((uint64_t)was.n), n = 1 + (ptrdiff_t)dice(300);

	switch (dice(5)) {
	case 0: case 1:
		s = str_copy(cx, was);
		((char *)(uintptr_t)s.p)[at] ^= (char)(1 << dice(8));
		return s;
	case 2:
		return str_sub(was, 0, at);
	case 3:
		buf_put(&b, str_sub(was, 0, at));
		buf_put(&b, str_sub(other, (ptrdiff_t)dice((uint64_t)other.n), n));
		buf_put(&b, str_sub(was, at, was.n));
		return buf_str(&b);
	default:
		buf_put(&b, str_sub(was, 0, at));
		buf_put(&b, str_sub(was, at + n, was.n));
		return buf_str(&b);
	}
}

static bool
same(struct str a, struct str b)
{
	a = str_ends(a, S("\n")) ? str_sub(a, 0, a.n - 1) : a;
	b = str_ends(b, S("\n")) ? str_sub(b, 0, b.n - 1) : b;
	return str_eq(a, b);
}

/* Change one file of the bundle; false if what came out means the same. */
static bool
tamper(struct cx *cx, struct bundle_sample_files *f)
{
	struct str *all[256], was;
	int n = 0, i;

	all[n++] = &f->b.mode, all[n++] = &f->b.vkey, all[n++] = &f->b.checkpoint;
	for (i = 0; i < 8; i++)
		all[n++] = &f->b.records;
	for (int part = 0; part < BUNDLE_PARTS; part++)
		for (i = 0; i < f->b.names[part].n; i++)
			all[n++] = &f->bytes[part][i];
	i = (int)dice((uint64_t)n);
	was = *all[i];
	*all[i] = tampered(cx, was, *all[dice((uint64_t)n)]);
	return i < 2 ? !same(was, *all[i]) : !str_eq(was, *all[i]); /* the newline of mode and vkey says nothing */
}

struct trial { long n, tried, accepted; };

static enum err
random_trial(struct cx *cx, void *arg)
{
	struct trial *t = arg;

	for (; t->tried < t->n;) {
		struct mark m = cx_mark(cx);
		struct bundle_sample *s = bundle_sample_story(cx);
		struct bundle_trust trust = bundle_sample_trust(s);
		bool full = dice(2);

		s->unwitnessed = !full; /* what an unneeded witness says in a proof's copy may be garbled unnoticed */
		trust.quorum = full;
		for (int i = 0; i < 200 && t->tried < t->n; i++) {
			struct mark inner = cx_mark(cx);
			struct bundle_sample_files f;
			struct verdict v;

			bundle_sample_make(s, full, bundle_sample_case('A'), &f);
			if (tamper(cx, &f)) {
				t->tried++;
				t->accepted += bundle_verify(cx, &f.b, &trust, &v) == OK;
			}
			cx_back(cx, inner);
		}
		cx_back(cx, m);
	}
	return OK;
}

int
main(int argc, char **argv)
{
	enum { ROOM = 256 << 20 };
	struct cx cx;
	struct trial t = { 0 };
	enum err e;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(ROOM), ROOM);
	cx.now = (when)1790000000 * SECOND;
	cx.chance = chance;
	if (argc == 3 && !strcmp(argv[1], "write")) {
		e = cx_run(&cx, write_all, argv[2]);
	} else if (argc == 4 && !strcmp(argv[1], "random")) {
		t.n = atol(argv[2]);
		seed ^= (uint64_t)atoll(argv[3]) << 1;
		e = cx_run(&cx, random_trial, &t);
		printf("{\"tried\":%ld,\"accepted\":%ld}\n", t.tried, t.accepted);
	} else {
		fputs("usage: doctor write DIR | doctor random N SEED\n", stderr);
		return 64;
	}
	if (e)
		fprintf(stderr, "doctor: %s\n", cx.why);
	return err_exit(e);
}
