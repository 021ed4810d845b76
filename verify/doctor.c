/* doctor: tampering trials. Not part of the product.
 *   doctor write DIR      each honest and each doctored bundle as a folder, and a line of JSON about each on standard
 *                         output: its name, what a verifier trusts, whether it is honest, and what Tocsin says
 *   doctor judge          a verdict on each bundle on standard input, a line of JSON each: the same that verify.py
 *                         says, or only why not. A question is a line of JSON (vkey, witness, quorum; known and
 *                         files as lengths), then the bytes of the known checkpoints and of the files
 * verify/trials.py asks, and puts the same to verify.py. */
#include "base/buf.h"
#include "base/code.h"
#include "base/js.h"
#include "core/bundle_doctored.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST = 1024 }; /* files of a folder */

static const char *const folder[BUNDLE_PARTS] = {
	[BUNDLE_PROOFS] = "proofs", [BUNDLE_PAYLOADS] = "payloads", [BUNDLE_OPENED] = "opened"
};

/* The same bundles in every run: salts and nonces are nobody's secret here. */
static void
chance(void *p, size_t n)
{
	static uint64_t seed = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		((unsigned char *)p)[i] = (unsigned char)(seed >> 32);
	}
}

static void
write_file(struct cx *cx, struct str path, struct str bytes)
{
	FILE *f;
	bool bad;

	if (!bytes.p)
		return;
	f = fopen(str_z(cx, path), "wb");
	bad = !f || fwrite(bytes.p, 1, (size_t)bytes.n, f) != (size_t)bytes.n;
	if ((f && fclose(f)) || bad) {
		perror(str_z(cx, path));
		exit(74);
	}
}

static void
write_bundle(struct cx *cx, const char *top, const char *name, const struct bundle_sample_files *f)
{
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

/* What no verifier can tell: all chains made again and signed with the log's own key, and nothing known from
 * elsewhere. The same with something known is among the doctored ones. */
static void
put_rewritten(struct cx *cx, const char *top, const char *name, bool full)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct bundle_sample_files f;

	s->entry[5].record.time += HOUR;
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
	put_rewritten(cx, top, "limit_full_rewritten_by_the_holder_of_the_key", true);
	put_rewritten(cx, top, "limit_case_rewritten_by_the_holder_of_the_key", false);
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

static enum err
from_files(struct cx *cx, void *with, enum bundle_part part, ptrdiff_t i, struct str *out)
{
	(void)cx;
	*out = ((struct bundle_sample_files *)with)->bytes[part][i];
	return OK;
}

/* The next n bytes of standard input. */
static struct str
bytes(struct cx *cx, int64_t n)
{
	char *p = NEW(cx, char, n + 1);

	if (n < 0 || fread(p, 1, (size_t)n, stdin) != (size_t)n)
		exit(65);
	return (struct str){ p, n };
}

/* A file of the bundle goes where its name says, or nowhere if no verifier looks there. */
static void
sort_in(struct bundle_sample_files *f, struct str name, struct str b)
{
	struct { const char *name; struct str *at; } top[] = {
		{ "mode", &f->b.mode }, { "checkpoint", &f->b.checkpoint }, { "vkey", &f->b.vkey },
		{ "records.bin", &f->b.records }
	};
	struct str dir, rest;

	for (int i = 0; i < COUNT(top); i++)
		if (str_eq(name, str_of(top[i].name)))
			*top[i].at = b;
	if (!str_cut(name, '/', &dir, &rest))
		return;
	for (int part = 0; part < BUNDLE_PARTS; part++) {
		if (str_eq(dir, str_of(folder[part]))) {
			f->names[part][f->b.names[part].n] = rest;
			f->bytes[part][f->b.names[part].n++] = b;
		}
	}
}

static enum err
read_question(struct cx *cx, const struct js *q, struct bundle_sample_files *f, struct bundle_trust *t)
{
	const struct js *names = js_get(q, S("files")), *known = js_get(q, S("known")), *witness = js_get(q, S("witness"));
	struct vkey *keys = NEW(cx, struct vkey, NOTE_SIGNATURES);
	struct str *notes = NEW(cx, struct str, NOTE_SIGNATURES);

	for (int part = 0; part < BUNDLE_PARTS; part++) {
		f->b.names[part].at = f->names[part] = NEW(cx, struct str, MOST);
		f->bytes[part] = NEW(cx, struct str, MOST);
	}
	f->b.read = from_files;
	f->b.with = f;
	TRY(note_vkey_read(cx, js_str(q, S("vkey")), &t->log));
	for (const struct js *w = witness->first; w; w = w->next)
		TRY(note_vkey_read(cx, w->str, &keys[t->n_witness++]));
	for (const struct js *k = known->first; k; k = k->next)
		notes[t->n_known++] = bytes(cx, k->i);
	for (const struct js *n = names->first; n; n = n->next)
		sort_in(f, n->key, bytes(cx, n->i));
	t->witness = keys;
	t->known = notes;
	t->quorum = (int)js_int(q, S("quorum"), 0);
	return OK;
}

static enum err
judge(struct cx *cx, struct str line)
{
	struct bundle_sample_files *f = NEW(cx, struct bundle_sample_files, 1);
	struct bundle_trust t = { .n_known = 0 };
	struct verdict v;
	struct js *q, *answer;
	enum err e;

	TRY(js_read(cx, line, &q));
	TRY(read_question(cx, q, f, &t));
	e = bundle_verify(cx, &f->b, &t, &v);
	if (e && e != ERR_TAMPERED)
		return e;
	answer = e ? js_object(cx) : bundle_verdict_js(cx, &v);
	if (e)
		js_set_str(cx, answer, S("why"), str_copy(cx, str_of(cx->why)));
	printf("%.*s\n", F(js_text(cx, answer)));
	return OK;
}

static enum err
judge_all(struct cx *cx, void *arg)
{
	static char line[1 << 20];

	(void)arg;
	while (fgets(line, sizeof line, stdin)) {
		struct mark m = cx_mark(cx);

		TRY(judge(cx, str_trim(str_of(line))));
		fflush(stdout);
		cx_back(cx, m);
	}
	return OK;
}

int
main(int argc, char **argv)
{
	enum { ROOM = 256 << 20 };
	struct cx cx;
	enum err e;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(ROOM), ROOM);
	cx.now = (when)1790000000 * SECOND;
	cx.chance = chance;
	if (argc == 3 && !strcmp(argv[1], "write")) {
		e = cx_run(&cx, write_all, argv[2]);
	} else if (argc == 2 && !strcmp(argv[1], "judge")) {
		e = cx_run(&cx, judge_all, NULL);
	} else {
		fputs("usage: doctor write DIR | doctor judge\n", stderr);
		return 64;
	}
	if (e)
		fprintf(stderr, "doctor: %s\n", cx.why);
	return err_exit(e);
}
