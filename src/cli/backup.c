#include "cli/backup.h"

#include "cli/progress.h"
#include "cli/send.h"
#include "desk/backup.h"
#include "desk/restore.h"
#include "sys/sys.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Costs nothing until it is used: a backup lists every file that is evidence. */
#define ROOM ((ptrdiff_t)1 << 36)
enum { CHECKPOINT = 1 << 20 };

/* The folder of a backup as doctor can name it from anywhere. */
static struct str
whole_path(struct cx *cx, struct str path)
{
	char real[PATH_MAX];

	return realpath(str_z(cx, path), real) ? str_copy(cx, str_of(real)) : path;
}

static enum err
write_all(struct cx *cx, struct desk *d, int64_t size, struct folder *f, struct backup_made *made)
{
	struct watch w = progress_begin(cx, true);
	enum err e = backup_write(cx, d, size, f, w, made);

	progress_end(w);
	return e == OK ? folder_end(cx, f, S("SHA256SUMS")) : e;
}

static enum err
say_backup(struct cx *cx, const struct cli *cli, const struct backup_made *made, when took)
{
	struct str out = cli_option(cli, S("out"), S(""));
	struct js *j = js_object(cx);

	if (!cli_flag(cli, S("json")))
		return cli_print(cx, str_fmt(cx, "%.*s: %lld records, %lld files, %.1f MB in %.1f s. It ends at this checkpoint:\n\n"
		    "%.*s\nThe keys are not in it: tocsin backup keys --help says how to save them.\n", F(out),
		    (long long)made->records, (long long)made->files, (double)made->bytes / 1e6, (double)took / (double)SECOND,
		    F(made->checkpoint)));
	js_set_str(cx, j, S("out"), out);
	js_set_int(cx, j, S("records"), made->records);
	js_set_int(cx, j, S("files"), made->files);
	js_set_int(cx, j, S("bytes"), made->bytes);
	js_set_int(cx, j, S("milliseconds"), took / 1000);
	js_set_str(cx, j, S("checkpoint"), made->checkpoint);
	return cli_print_js(cx, j);
}

/* The backup's own record first, signed at once: it ends there, and the journal says that it was made. */
static enum err
backup(struct cx *cx, void *arg)
{
	const struct cli *cli = arg;
	struct str data = cli_option(cli, S("data"), S("")), out = cli_option(cli, S("out"), S(""));
	struct js *args = js_object(cx), *answer;
	struct backup_made made;
	struct folder f;
	struct desk *d;
	struct send s;
	when start = sys_boot();
	int64_t size;
	enum err e;

	TRY(cli_desk(cx, data, &d));
	TRY(backup_place(cx, d, out));
	TRY(folder_begin(cx, out, &f));
	js_set_str(cx, args, S("mode"), S("backup"));
	if ((e = send_open(cx, data, &s)) == OK && (e = send_one(&s, send_request(cx, "export", S(""), args), &answer)) == OK &&
	    (e = send_close(&s)) == OK) {
		size = js_int(answer, S("size"), 0);
		e = write_all(cx, d, size, &f, &made);
	}
	if (e != OK) {
		folder_undo(cx, &f);
		return e;
	}
	sys_turn(cx);
	args = js_object(cx);
	js_set_str(cx, args, S("note"), backup_note(cx, str_fmt(cx, "%lld", (long long)made.records), whole_path(cx, out)));
	TRY(send_one(&s, send_request(cx, "backed_up", S(""), args), &answer));
	TRY(send_close(&s));
	return say_backup(cx, cli, &made, sys_boot() - start);
}

static enum err
with_room(struct cx *cx, const struct cli *cli, enum err (*run)(struct cx *, void *))
{
	struct cx big = { .now = cx->now, .boot = cx->boot, .chance = cx->chance };
	enum err e;

	cx_begin(&big, cx_room(ROOM), ROOM);
	e = cx_run(&big, run, (void *)(uintptr_t)cli);
	if (e)
		e = fail(cx, e, "%s", big.why);
	cx_end(&big);
	return e;
}

enum err
backup_verb(struct cx *cx, const struct cli *cli)
{
	return with_room(cx, cli, backup);
}

enum err
backup_verb_keys(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S("")), out = cli_option(cli, S("out"), S("")),
	    where = cli_option(cli, S("where"), S("")), mark;
	struct js *args = js_object(cx), *set = js_set(cx, args, S("set"), js_object(cx)), *answer;
	struct desk *d;

	if (!where.n && !out.n)
		return fail(cx, ERR_USAGE, "--out: where to, or --where: where you have put a copy yourself");
	TRY(cli_desk(cx, data, &d));
	if (out.n)
		TRY(backup_keys(cx, d, out));
	TRY(backup_keys_mark(cx, d, &mark));
	where = where.n ? where : whole_path(cx, out);
	js_set_str(cx, set, S("keys_saved"), backup_note(cx, mark, where));
	TRY(cli_command(cx, data, send_request(cx, "settings", S(""), args), &answer));
	return cli_print(cx, str_fmt(cx, "%s: %.*s. Take it to where no copy of the database goes, keep it at most two months, and\n"
	    "make a new one when there is a new key of the month.\n", out.n ? "The key folder is copied" : "Noted", F(where)));
}

static enum err
say_restored(struct cx *cx, const struct cli *cli, const struct restore_done *done, when took)
{
	struct str data = cli_option(cli, S("data"), S(""));
	struct js *j = js_object(cx);

	if (cli_flag(cli, S("json"))) {
		js_set_str(cx, j, S("data"), data);
		js_set_int(cx, j, S("records"), done->records);
		js_set_int(cx, j, S("files"), done->files);
		js_set_int(cx, j, S("lost"), done->lost);
		js_set_str(cx, j, S("over"), done->over);
		js_set_str(cx, j, S("origin"), done->origin);
		js_set_int(cx, j, S("milliseconds"), took / 1000);
		return cli_print_js(cx, j);
	}
	if (cli_flag(cli, S("as-it-stands")))
		TRY(cli_print(cx, str_fmt(cx, "%.*s: %lld records are there and verify.\n", F(data), (long long)done->records)));
	else
		TRY(cli_print(cx, str_fmt(cx, "%.*s: %lld records and %lld files are there again, verified, in %.1f s.\n", F(data),
		    (long long)done->records, (long long)done->files, (double)took / (double)SECOND)));
	TRY(cli_print(cx, str_fmt(cx, "%.*s is over; from now on entries go into %.*s.\n", F(done->over), F(done->origin))));
	if (done->lost)
		return cli_print(cx, str_fmt(cx, "Lost: %lld %s that came after what is there; the new log begins by saying so.\n",
		    (long long)done->lost, done->lost == 1 ? "record" : "records"));
	return cli_print(cx, done->known ? S("No checkpoint that is known is ahead of it.\n") :
	    S("Whether anything came after it is not known: give the last published checkpoint with --known.\n"));
}

static enum err
restore(struct cx *cx, void *arg)
{
	const struct cli *cli = arg;
	struct restore_ask ask = { .from = cli_option(cli, S("from"), S("")), .keys = cli_option(cli, S("keys"), S("")),
		.data = cli_option(cli, S("data"), S("")), .database = cli_option(cli, S("database"), S("")), .vkey = cli_option(cli, S("vkey"), S("")),
		.watch = progress_begin(cx, true) };
	struct str *known = NEW(cx, struct str, CLI_OPTIONS);
	bool here = cli_flag(cli, S("as-it-stands"));
	struct restore_done done;
	when start = sys_boot();
	enum err e;

	for (int i = 0; i < cli->n_options; i++)
		if (str_eq(cli->options[i].name, S("known")))
			TRY(cli_read_file(cx, cli->options[i].value, CHECKPOINT, &known[ask.n_known++]));
	ask.known = known;
	if (here ? ask.from.n || ask.keys.n || ask.database.n || ask.vkey.n : !ask.from.n || !ask.keys.n)
		return fail(cx, ERR_USAGE, "either --from and --keys, to restore a backup, or --as-it-stands, to go on with what is there");
	e = here ? restore_here(cx, &ask, &done) : restore_run(cx, &ask, &done);
	progress_end(ask.watch);
	return e == OK ? say_restored(cx, cli, &done, sys_boot() - start) : e;
}

enum err
backup_verb_restore(struct cx *cx, const struct cli *cli)
{
	return with_room(cx, cli, restore);
}
