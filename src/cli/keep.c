#include "cli/keep.h"

#include "cli/send.h"
#include "desk/bundle_out.h"
#include "desk/doctor.h"
#include "desk/upkeep.h"
#include "sys/files.h"
#include "sys/ipc.h"
#include <time.h>

enum { TRIES = 200 };

static void
wait_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
}

/* --log N; 0: the one that is written to. */
static enum err
log_option(struct cx *cx, const struct cli *cli, int64_t *log)
{
	struct str s = cli_option(cli, S("log"), S(""));

	*log = 0;
	return !s.n || (str_int(s, log) && *log > 0) ? OK : fail(cx, ERR_USAGE, "--log is a number of 1 and more");
}

/* What was written, and how it is checked. */
static enum err
say_export(struct cx *cx, const struct cli *cli, struct str of, uint64_t size, const struct bundle_out *b)
{
	struct str out = cli_option(cli, S("out"), S("")), data = cli_option(cli, S("data"), S(""));
	struct js *j = js_object(cx);

	if (!cli_flag(cli, S("json")))
		return cli_print(cx, str_fmt(cx, "%.*s: %.*s%llu records, %llu payloads, %llu of them disclosed. "
		    "Check it with: tocsin verify %.*s --vkey KEY\n"
		    "KEY is what the auditor has from elsewhere; this directory says it by: tocsin export vkey --data %.*s\n",
		    F(out), F(of), (unsigned long long)b->records, (unsigned long long)b->payloads, (unsigned long long)b->opened,
		    F(out), F(data)));
	js_set_str(cx, j, S("out"), out);
	js_set_int(cx, j, S("size"), (int64_t)size);
	js_set_int(cx, j, S("records"), (int64_t)b->records);
	js_set_int(cx, j, S("payloads"), (int64_t)b->payloads);
	js_set_int(cx, j, S("opened"), (int64_t)b->opened);
	return cli_print_js(cx, j);
}

/* The export is recorded and signed first; then what that checkpoint covers is written. A log that is written to no
 * longer is what a restore found of it, and goes out under its last checkpoint. */
enum err
keep_verb_export(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S(""));
	struct js *answer, *args = js_object(cx);
	struct bundle_out told;
	struct row_heads head;
	struct desk *d;
	uint64_t size;
	int64_t log;
	enum err e;
	int dir;

	TRY(log_option(cx, cli, &log));
	TRY(cli_desk(cx, data, &d));
	TRY(upkeep_log(cx, d, log, &head));
	TRY(bundle_out_place(cx, cli_option(cli, S("out"), S("")), &dir));
	js_set_str(cx, args, S("mode"), S("full"));
	js_set_int(cx, args, S("log"), head.log);
	TRY(cli_command(cx, data, send_request(cx, "export", S(""), args), &answer));
	size = (uint64_t)js_int(answer, S("size"), 0);
	for (int i = 0; (e = bundle_out_full(cx, d, head.log, size, dir, &told)) == ERR_BUSY && i < TRIES; i++)
		wait_a_little();
	TRY(e);
	return say_export(cx, cli, S(""), size, &told);
}

enum err
keep_verb_export_case(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S("")), ref = cli_option(cli, S("case"), S(""));
	struct js *answer, *args = js_object(cx);
	struct bundle_out told;
	struct desk *d;
	uint64_t size;
	enum err e;
	int dir;

	TRY(cli_desk(cx, data, &d));
	TRY(bundle_out_place(cx, cli_option(cli, S("out"), S("")), &dir));
	js_set_str(cx, args, S("mode"), S("case"));
	TRY(cli_command(cx, data, send_request(cx, "export", ref, args), &answer));
	size = (uint64_t)js_int(answer, S("size"), 0);
	for (int i = 0; (e = bundle_out_case(cx, d, size, dir, &told)) == ERR_BUSY && i < TRIES; i++)
		wait_a_little();
	TRY(e);
	return say_export(cx, cli, str_fmt(cx, "the case %.*s, ", F(ref)), size, &told);
}

enum err
keep_verb_vkey(struct cx *cx, const struct cli *cli)
{
	struct desk *d;
	struct str vkey;
	int64_t log;

	TRY(log_option(cx, cli, &log));
	TRY(cli_desk(cx, cli_option(cli, S("data"), S("")), &d));
	TRY(upkeep_vkey(cx, d, log, &vkey));
	return cli_print(cx, str_fmt(cx, "%.*s\n", F(vkey)));
}

enum err
keep_verify(struct cx *cx, struct str data, bool json)
{
	struct upkeep_verified v;
	struct desk *d;
	struct js *j;

	TRY(cli_desk(cx, data, &d));
	TRY(upkeep_verify(cx, d, &v));
	if (json) {
		j = js_object(cx);
		js_set_bool(cx, j, S("ok"), true);
		js_set_int(cx, j, S("records"), (int64_t)v.records);
		js_set_int(cx, j, S("logs"), v.logs);
		js_set_int(cx, j, S("signed_size"), (int64_t)v.signed_size);
		js_set_bool(cx, j, S("keys"), v.keys);
		return cli_print_js(cx, j);
	}
	TRY(cli_print(cx, str_fmt(cx, "It verifies: %llu records%s, signed up to %llu.\n", (unsigned long long)v.records,
	    v.logs > 1 ? str_fmt(cx, " in %lld logs", (long long)v.logs).p : "", (unsigned long long)v.signed_size)));
	return v.keys ? OK : cli_print(cx, str_fmt(cx, "Without keys neither contents nor signatures could be checked: "
	    "%.*s\n",
	    F(v.why_no_keys)));
}

enum err
keep_verb_rebuild(struct cx *cx, const struct cli *cli)
{
	uint64_t entries;
	struct send s;

	TRY(send_open(cx, cli_option(cli, S("data"), S("")), &s));
	if (!s.desk)
		return fail(cx, ERR_BUSY, "a server runs on this directory: stop it first");
	TRY(upkeep_rebuild(cx, s.desk, &entries));
	return cli_print(cx, str_fmt(cx, "All views are made again from %llu records.\n", (unsigned long long)entries));
}

static bool
serves(struct cx *cx, struct str data)
{
	int fd;

	if (ipc_connect(cx, str_fmt(cx, "%.*s/run/registrar.sock", F(data)), &fd) != OK)
		return false;
	files_close_later(cx, fd);
	return true;
}

enum err
keep_verb_doctor(struct cx *cx, const struct cli *cli)
{
	static const char *const marks[] = { [DOCTOR_OK] = "ok  ", [DOCTOR_WARN] = "look", [DOCTOR_BAD] = "BAD " };
	struct str data = cli_option(cli, S("data"), S(""));
	struct js *all = js_object(cx), *checks = js_array(cx);
	struct buf b = buf_new(cx);
	struct doctor_line *l;
	struct desk *d;
	int bad = 0;

	TRY(cli_desk(cx, data, &d));
	TRY(doctor_examine(cx, d, serves(cx, data), &l));
	for (; l; l = l->next) {
		struct js *one = js_add(cx, checks, js_object(cx));

		js_set_str(cx, one, S("group"), l->group);
		js_set_str(cx, one, S("state"), doctor_state_name(l->state));
		js_set_str(cx, one, S("words"), l->words);
		buf_fmt(&b, "%s  %-10.*s%.*s\n", marks[l->state], F(l->group), F(l->words));
		bad += l->state == DOCTOR_BAD;
	}
	js_set_bool(cx, all, S("ok"), !bad);
	js_set(cx, all, S("checks"), checks);
	TRY(cli_flag(cli, S("json")) ? cli_print_js(cx, all) : cli_print(cx, buf_str(&b)));
	return bad ? fail(cx, ERR_CONFLICT, "%d %s", bad, bad == 1 ? "thing needs doing now" : "things need doing now") : OK;
}
