#include "cli/copy.h"

#include "cli/progress.h"
#include "desk/copy.h"
#include "sys/sys.h"

static enum err
say(struct cx *cx, const struct cli *cli, const struct copy_done *done, when took)
{
	struct str data = cli_option(cli, S("data"), S("")), from = cli_option(cli, S("from"), S(""));
	struct js *j = js_object(cx);

	if (cli_flag(cli, S("json"))) {
		js_set_str(cx, j, S("data"), data);
		js_set_int(cx, j, S("records"), done->records);
		js_set_int(cx, j, S("rows"), done->rows);
		js_set_int(cx, j, S("files"), done->files);
		js_set_str(cx, j, S("origin"), done->origin);
		js_set_str(cx, j, S("checkpoint"), done->checkpoint);
		js_set_int(cx, j, S("milliseconds"), took / 1000);
		return cli_print_js(cx, j);
	}
	return cli_print(cx, str_fmt(cx, "%.*s: %lld records and %lld files of %.*s, verified, in %.1f s (%.0f records a second).\n"
	    "Its last checkpoint is that of %.*s:\n\n%.*s\nFrom now on serve %.*s. The old directory is as it was, but no server starts in "
	    "it any more: keep it\nuntil the new one has been in use and backed up. What is in the new one is as secret as what was in the old.\n",
	    F(data), (long long)done->records, (long long)done->files, F(done->origin), (double)took / (double)SECOND,
	    took ? (double)done->records * (double)SECOND / (double)took : 0.0, F(from), F(done->checkpoint), F(data)));
}

enum err
copy_verb(struct cx *cx, const struct cli *cli)
{
	struct copy_ask ask = { .from = cli_option(cli, S("from"), S("")), .data = cli_option(cli, S("data"), S("")),
		.to = cli_option(cli, S("to"), S("")), .watch = progress_begin(cx, cli_flag(cli, S("json"))) };
	struct copy_done done;
	when start = sys_boot();
	enum err e = copy_run(cx, &ask, &done);

	progress_end(ask.watch);
	return e == OK ? say(cx, cli, &done, sys_boot() - start) : e;
}
