#include "cli/verify.h"

#include "cli/keep.h"
#include "core/bundle.h"
#include "sys/files.h"
#include <string.h>
#include <sys/stat.h>

/* Costs nothing until it is used. Bundles have no upper bound: a turn's arena is too small for a million files. */
#define ROOM ((ptrdiff_t)1 << 36)
enum { CHECKPOINT = 1 << 20 };

static const char *const folder[BUNDLE_PARTS] = {
	[BUNDLE_PROOFS] = "proofs", [BUNDLE_PAYLOADS] = "payloads", [BUNDLE_OPENED] = "opened"
};

struct place { int part[BUNDLE_PARTS]; const struct bundle *b; };

/* A file that need not be there. */
static enum err
maybe(struct cx *cx, int dir, const char *name, struct str *out)
{
	enum err e = files_map(cx, dir, str_of(name), out);

	if (e == ERR_NOT_FOUND)
		*out = (struct str){ NULL, 0 };
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err
from_folder(struct cx *cx, void *with, enum bundle_part part, ptrdiff_t i, struct str *out)
{
	const struct place *p = with;

	return files_map(cx, p->part[part], p->b->names[part].at[i], out);
}

static enum err
open_bundle(struct cx *cx, struct str path, struct bundle *b)
{
	struct place *p = NEW(cx, struct place, 1);
	int dir;

	TRY(files_open_dir(cx, FILES_HERE, path, &dir));
	files_close_later(cx, dir);
	TRY(maybe(cx, dir, "mode", &b->mode));
	TRY(maybe(cx, dir, "checkpoint", &b->checkpoint));
	TRY(maybe(cx, dir, "records.bin", &b->records));
	TRY(maybe(cx, dir, "vkey", &b->vkey));
	for (int part = 0; part < BUNDLE_PARTS; part++) {
		enum err e = files_open_dir(cx, dir, str_of(folder[part]), &p->part[part]);
		struct str *names;
		int64_t size;

		if (e == ERR_NOT_FOUND && files_size(cx, dir, str_of(folder[part]), &size) == ERR_NOT_FOUND)
			continue;
		if (e == ERR_NOT_FOUND)
			return fail(cx, ERR_TAMPERED, "%s: it is no folder", folder[part]);
		TRY(e);
		files_close_later(cx, p->part[part]);
		TRY(files_list(cx, p->part[part], S("."), &names, &b->names[part].n));
		b->names[part].at = names;
	}
	p->b = b;
	b->read = from_folder;
	b->with = p;
	return OK;
}

static enum err
read_key(struct cx *cx, struct str text, enum note_type type, struct vkey *out)
{
	enum err e = note_vkey_read(cx, text, out);

	if (e == OK && out->type == type)
		return OK;
	return fail(cx, ERR_USAGE, "“%.*s” is no key of a %s%s%s", F(text), type == NOTE_ED25519 ? "log" : "witness",
	    e ? ": " : "", e ? cx->why : "");
}

static enum err
read_trust(struct cx *cx, const struct cli *cli, struct bundle_trust *t)
{
	struct vkey *witness = NEW(cx, struct vkey, CLI_OPTIONS);
	struct str *known = NEW(cx, struct str, CLI_OPTIONS), quorum = cli_option(cli, S("quorum"), S(""));
	int64_t k;

	*t = (struct bundle_trust){ .witness = witness, .known = known };
	TRY(read_key(cx, cli_option(cli, S("vkey"), S("")), NOTE_ED25519, &t->log));
	for (int i = 0; i < cli->n_options; i++) {
		struct str value = cli->options[i].value;

		if (str_eq(cli->options[i].name, S("witness")))
			TRY(read_key(cx, value, NOTE_COSIGNATURE, &witness[t->n_witness++]));
		if (str_eq(cli->options[i].name, S("known")))
			TRY(cli_read_file(cx, value, CHECKPOINT, &known[t->n_known++]));
	}
	t->quorum = t->n_witness;
	if (quorum.n && (!str_int(quorum, &k) || k < 0 || k > t->n_witness))
		return fail(cx, ERR_USAGE, "--quorum is a number of witnesses, from 0 to how many are named");
	if (quorum.n)
		t->quorum = (int)k;
	return OK;
}

/* What was found, and what was not asked for. */
static enum err
say(struct cx *cx, const struct verdict *v)
{
	struct buf b = buf_new(cx);

	buf_fmt(&b, "It verifies: %s, %llu records, from the log %.*s of %llu.\n", v->full ? "the whole log" : "one case",
	    (unsigned long long)v->records, F(v->origin), (unsigned long long)v->size);
	buf_fmt(&b, "Payloads as recorded: %llu; erased, as recorded: %llu; contents disclosed: %llu; proofs: %llu.\n",
	    (unsigned long long)v->payloads, (unsigned long long)v->erased, (unsigned long long)v->opened,
	    (unsigned long long)v->proofs);
	if (v->witnesses || v->known)
		buf_fmt(&b, "Witnesses that have signed: %d; known checkpoints that are reproduced: %d.\n", v->witnesses,
		    v->known);
	else
		buf_put(&b, S("No witness and no known checkpoint stands behind it: whoever holds the log's key could have "
		    "rewritten it.\n"));
	if (v->known_beyond)
		buf_fmt(&b, "Known checkpoints of other sizes, which the bundle of a case cannot reproduce: %d.\n",
		    v->known_beyond);
	return cli_print(cx, buf_str(&b));
}

static enum err
judge(struct cx *cx, void *arg)
{
	const struct cli *cli = arg;
	bool json = cli_flag(cli, S("json"));
	struct bundle b = { 0 };
	struct bundle_trust t;
	struct verdict v;
	enum err e;

	TRY(read_trust(cx, cli, &t));
	TRY(open_bundle(cx, cli->operands[0], &b));
	e = bundle_verify(cx, &b, &t, &v);
	if (e == OK)
		return json ? cli_print_js(cx, bundle_verdict_js(cx, &v)) : say(cx, &v);
	if (e == ERR_TAMPERED && json) {
		struct js *j = js_object(cx);

		js_set_bool(cx, j, S("ok"), false);
		js_set_str(cx, j, S("why"), str_copy(cx, str_of(cx->why)));
		TRY(cli_print_js(cx, j));
	}
	return e;
}

enum err
verify_verb(struct cx *cx, const struct cli *cli)
{
	struct cx big = { .now = cx->now, .boot = cx->boot, .chance = cx->chance };
	struct str data = cli_option(cli, S("data"), S(""));
	enum err e;

	if (data.n && (cli->n_operands || cli_option(cli, S("vkey"), S("")).n))
		return fail(cx, ERR_USAGE, "--data checks the journal of this machine, which knows its own key; it takes no bundle");
	if (data.n)
		return keep_verify(cx, data, cli_flag(cli, S("json")));
	if (!cli->n_operands || !cli_option(cli, S("vkey"), S("")).n)
		return fail(cx, ERR_USAGE, "verify wants a BUNDLE and a --vkey, or --data; see tocsin verify --help");
	cx_begin(&big, cx_room(ROOM), ROOM);
	e = cx_run(&big, judge, (void *)(uintptr_t)cli);
	if (e)
		e = fail(cx, e, "%s", big.why);
	cx_end(&big);
	return e;
}
