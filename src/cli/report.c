#include "cli/report.h"

#include "cli/send.h"

enum { LONGEST = 1 << 20 };

static struct str
answer_text(struct cx *cx, const struct js *a)
{
	const struct js *duties = js_get(a, S("duties"));
	struct buf b = buf_new(cx);

	buf_fmt(&b, "Reference %.*s\nCode      %.*s (keep it: it is shown this once)\nSeal      %.*s\n",
	    F(js_str(a, S("ref"))), F(js_str(a, S("code"))), F(js_str(a, S("seal"))));
	for (const struct js *d = duties ? duties->first : NULL; d; d = d->next) {
		struct str due = js_str(d, S("due"));

		buf_fmt(&b, "%.*s (%.*s)%s%.*s\n", F(js_str(d, S("words"))), F(js_str(d, S("role"))), due.n ? ", by " : "", F(due));
	}
	return buf_str(&b);
}

enum err
report_verb(struct cx *cx, const struct cli *cli)
{
	struct str file = cli->operands[0], text;
	struct js *args, *answer;

	TRY(cli_read_file(cx, file, LONGEST, &text));
	TRY(js_read(cx, text, &args));
	TRY(cli_refuse(cx, cli_command(cx, cli_option(cli, S("data"), S("")), send_request(cx, "report", S(""), args),
	    &answer), file));
	return cli_flag(cli, S("json")) ? cli_print_js(cx, answer) : cli_print(cx, answer_text(cx, answer));
}
