#include "cli/import.h"

#include "cli/records.h"
#include "cli/send.h"
#include "desk/veris.h"
#include "sys/files.h"
#include "sys/sys.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { DEEPEST = 8, PROBLEMS = 1000, KEPT = 64 << 20, FULL = 32 << 20, PIECE = 128 << 10 };

struct import {
	struct cx *cx;
	struct send send;
	const struct policy *policy;
	bool live, tty;
	long most, seen;
	struct import_sum *sum;
	struct cx kept;                     /* problems outlive the batch in which they came up */
	struct mark batch;
	struct str file;
	struct { struct js *request; int64_t line; } waiting[SEND_MOST];
	ptrdiff_t n;
};

static void
problem(struct import *im, const char *is, int64_t line, struct str field, struct str words)
{
	struct cx *k = &im->kept;
	struct js *j;

	if (im->tty)
		fputs("\r\033[K", stderr);
	fprintf(stderr, "%.*s:%lld: %s%.*s: %.*s\n", F(im->file), (long long)line, field.n ? "" : is, F(field), F(words));
	if (im->sum->problems->n >= PROBLEMS)
		return;
	j = js_add(k, im->sum->problems, js_object(k));
	js_set_str(k, j, S("is"), str_of(is));
	js_set_str(k, j, S("file"), str_copy(k, im->file));
	js_set_int(k, j, S("line"), line);
	js_set_str(k, j, S("field"), str_copy(k, field));
	js_set_str(k, j, S("words"), str_copy(k, words));
}

/* Every fault of the record, or the reason alone. */
static void
refused(struct import *im, int64_t line)
{
	im->sum->refused++;
	for (const struct fault *f = im->cx->faults; f; f = f->next)
		problem(im, "refused", line, f->field, f->words);
	if (!im->cx->faults)
		problem(im, "refused", line, S(""), str_of(im->cx->why));
	im->cx->faults = NULL;
	im->cx->n_faults = 0;
}

static void
progress(const struct import *im, bool last)
{
	const struct import_sum *s = im->sum;

	if (im->tty)
		fprintf(stderr, "\r\033[K%.*s: %ld taken, %ld known, %ld differing, %ld refused%s", F(im->file), s->taken, s->known,
		    s->differing, s->refused, last ? "\n" : "");
}

/* One commit for all that wait; then their memory is given back. */
static enum err
flush(struct import *im)
{
	struct js *requests[SEND_MOST], *answer;
	struct str answers[SEND_MOST];

	if (im->n)
		sys_turn(im->cx);
	for (ptrdiff_t i = 0; i < im->n; i++)
		requests[i] = im->waiting[i].request;
	TRY(send_all(&im->send, requests, im->n, answers));
	for (ptrdiff_t i = 0; i < im->n; i++) {
		if (desk_answer(im->cx, answers[i], &answer) != OK) {
			refused(im, im->waiting[i].line);
		} else if (js_true(answer, S("differs"))) {
			im->sum->differing++;
			problem(im, "differing", im->waiting[i].line, S("incident_id"), str_fmt(im->cx, "“%.*s” is there already as %.*s, "
			    "with "
			    "other content", F(js_str(answer, S("import_id"))), F(js_str(answer, S("ref")))));
		} else if (js_true(answer, S("known"))) {
			im->sum->known++;
		} else {
			im->sum->taken++;
		}
	}
	im->n = 0;
	cx_back(im->cx, im->batch);
	progress(im, false);
	return OK;
}

struct one { struct import *im; struct str text; struct js *request; };

static enum err
make_request(struct cx *cx, void *arg)
{
	struct one *o = arg;
	struct js *incident, *args, *r = js_object(cx);

	TRY(js_read(cx, o->text, &incident));
	TRY(veris_args(cx, o->im->policy, incident, o->im->live, &args));
	if (o->im->live) { /* two hours between one and the next, the first now */
		if (!str_trim(js_str(args, S("narrative"))).n)
			((struct js *)(uintptr_t)js_get(args, S("narrative")))->str = S("No description was given.");
		js_set_when(cx, args, S("reported_at"), (cx->now - 2 * HOUR * (o->im->seen - 1)) / SECOND * SECOND);
		o->request = send_request(cx, "report", S(""), args);
		return OK;
	}
	/* no id: what was imported is known by its own, and needs no answer kept for it */
	js_set_str(cx, r, S("command"), S("import"));
	js_set(cx, r, S("args"), args);
	o->request = r;
	return OK;
}

static enum err
take(struct import *im, const struct records_item *item)
{
	struct one o = { im, item->text, NULL };

	im->seen++;
	if (cx_run(im->cx, make_request, &o) != OK) {
		refused(im, item->line);
		return OK;
	}
	im->waiting[im->n].request = o.request;
	im->waiting[im->n++].line = item->line;
	return im->n == SEND_MOST || im->cx->a.at - im->batch.at > FULL ? flush(im) : OK;
}

static ptrdiff_t
gz_read(void *with, char *to, ptrdiff_t n)
{
	int got = gzread(with, to, (unsigned)n), bad;

	if (got == 0 && (gzerror(with, &bad), bad != Z_OK && bad != Z_STREAM_END))
		return -1; /* cut off */
	return got;
}

static void close_gz(void *f) { gzclose(f); }

static enum records_shape
shape_of(struct str name)
{
	if (str_ends(name, S(".gz")))
		name.n -= 3;
	return str_ends(name, S(".jsonl")) || str_ends(name, S(".ndjson")) ? RECORDS_LINES : RECORDS_GUESS;
}

static enum err
import_file(struct import *im, struct str path)
{
	struct records *r = NEW(im->cx, struct records, 1);
	bool in = str_eq(path, S("-"));
	int fd = in ? dup(0) : -1;
	gzFile f = in ? gzdopen(fd, "rb") : gzopen(str_z(im->cx, path), "rb");
	struct records_item item;

	if (!f) {
		if (fd >= 0)
			close(fd);
		return files_fail(im->cx, errno ? errno : ENOMEM, "read", path);
	}
	cx_defer(im->cx, close_gz, f);
	gzbuffer(f, PIECE);
	im->file = path;
	records_begin(r, (struct records_source){ gz_read, f }, shape_of(path));
	im->batch = cx_mark(im->cx);
	for (;;) {
		if (im->most && im->seen >= im->most)
			break;
		records_next(im->cx, r, &item);
		if (item.is == RECORDS_END)
			break;
		if (item.is == RECORDS_WRONG) {
			im->sum->refused++;
			problem(im, "refused", item.line, S(""), item.why);
			continue;
		}
		TRY(take(im, &item));
	}
	return flush(im);
}

static bool
wanted(struct str name)
{
	static const struct str ends[] = { { ".json", 5 }, { ".jsonl", 6 }, { ".ndjson", 7 }, { ".json.gz", 8 },
		{ ".jsonl.gz", 9 }, { ".ndjson.gz", 10 } };

	for (ptrdiff_t i = 0; i < COUNT(ends); i++)
		if (str_ends(name, ends[i]) && name.p[0] != '.')
			return true;
	return false;
}

static enum err
import_path(struct import *im, struct str path, int depth)
{
	struct mark m = cx_mark(im->cx);
	struct str *names;
	struct stat st;
	enum err e = OK;
	ptrdiff_t n;

	if (str_eq(path, S("-")) || stat(str_z(im->cx, path), &st) || !S_ISDIR(st.st_mode)) {
		e = import_file(im, path);
		cx_back(im->cx, m);
		return e;
	}
	TRY(files_list(im->cx, FILES_HERE, path, &names, &n));
	for (ptrdiff_t i = 0; i < n && e == OK; i++) {
		struct str below = str_fmt(im->cx, "%.*s/%.*s", F(path), F(names[i]));
		bool dir = stat(str_z(im->cx, below), &st) == 0 && S_ISDIR(st.st_mode);

		if ((dir && depth < DEEPEST && names[i].p[0] != '.') || (!dir && wanted(names[i])))
			e = import_path(im, below, depth + 1);
	}
	cx_back(im->cx, m);
	return e;
}

static void end_kept(void *kept) { cx_end(kept); }

enum err
import_veris(struct cx *cx, struct str data, struct str path, bool live, long most, struct import_sum *out)
{
	struct import *im = NEW(cx, struct import, 1);
	struct desk *d;

	im->cx = cx;
	im->live = live;
	im->most = most;
	im->sum = out;
	im->tty = isatty(2);
	im->kept = *cx;
	cx_begin(&im->kept, cx_room(KEPT), KEPT);
	cx_defer(cx, end_kept, &im->kept);
	*out = (struct import_sum){ .problems = js_array(&im->kept) };
	TRY(send_open(cx, data, &im->send));
	d = im->send.desk;
	if (!d)
		TRY(cli_desk(cx, data, &d));
	im->policy = d->policy;
	if (!im->policy)
		return fail(cx, ERR_CONFLICT, "no policy is in force: set one first");
	TRY(import_path(im, path, 0));
	progress(im, true);
	return send_close(&im->send);
}

enum err
import_verb_veris(struct cx *cx, const struct cli *cli)
{
	struct js *j = js_object(cx);
	struct import_sum sum;
	when began = sys_boot(), took;

	TRY(import_veris(cx, cli_option(cli, S("data"), S("")), cli->operands[0], false, 0, &sum));
	took = sys_boot() - began;
	js_set_int(cx, j, S("taken"), sum.taken);
	js_set_int(cx, j, S("known"), sum.known);
	js_set_int(cx, j, S("differing"), sum.differing);
	js_set_int(cx, j, S("refused"), sum.refused);
	js_set(cx, j, S("problems"), sum.problems);
	if (cli_flag(cli, S("json")))
		TRY(cli_print_js(cx, j));
	else
		TRY(cli_print(cx, str_fmt(cx, "%ld taken, %ld known already, %ld differing from what is there, %ld refused, in "
		    "%.1f s\n",
		    sum.taken, sum.known, sum.differing, sum.refused, (double)took / SECOND)));
	return sum.refused ? fail(cx, ERR_BAD_INPUT, "%ld records could not be taken in", sum.refused) : OK;
}
