/* cli: the command line: one row of verb.def and one function a verb.
 *
 * A row's usage text is what is parsed, what --help shows and what the tests walk: `--pack PACK` declares an option
 * with a value, `[--json]` one without, `[--known FILE...]` one that may be repeated, `PACK` an operand, `FILE...`
 * operands without limit; brackets mean optional. main.c calls cli_main and nothing else. */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "base/js.h"

enum { CLI_OPERANDS = 64, CLI_OPTIONS = 16 };

struct cli;
struct verb {
	struct str name, sub;      /* "policy" "check"; sub empty for a verb of one word */
	struct str usage;          /* "PACK [--json]" */
	struct str help;           /* one line, and after a newline whatever else --help says */
	enum err (*run)(struct cx *, const struct cli *);
};
struct cli {
	const struct verb *verb;
	struct str operands[CLI_OPERANDS]; int n_operands;
	struct { struct str name, value; } options[CLI_OPTIONS]; int n_options; /* as given, repeated ones too */
	bool help;                 /* --help was asked for; then verb may be NULL: all of them */
};

/* The whole programme: picks the verb, sets up a turn (256 MiB, real clock and chance), runs it, prints what went
 * wrong to standard error, and returns the exit code (0, or that of the error's kind in err.def). */
int cli_main(int argc, char **argv);
/* Understand the words after the programme's name. ERR_USAGE says what is wrong; `--help` is an option of
 * every verb. */
MUST_CHECK enum err cli_read(struct cx *, int n, const struct str *words, struct cli *out);

/* An option's value, or `none`; whether it was given. Asking for one that the verb's usage lacks is a bug and
 * asserts. */
struct str cli_option(const struct cli *, struct str name, struct str none);
bool cli_flag(const struct cli *, struct str name);

/* Standard output, whole; ERR_NO_ROOM if it cannot be written. */
/* What a terminal may be shown: control characters but tab and line end become “?”, so that no stored text moves the
 * cursor, changes colours or answers in the keyboard's name. */
struct str cli_tame(struct cx *, struct str);
/* To standard output; tamed when that is a terminal. */
MUST_CHECK enum err cli_print(struct cx *, struct str);
MUST_CHECK enum err cli_print_js(struct cx *, const struct js *); /* one line */
/* A whole file, `-` being standard input. ERR_NOT_FOUND, ERR_TOO_BIG (more than `most` bytes). */
MUST_CHECK enum err cli_read_file(struct cx *, struct str path, ptrdiff_t most, struct str *out);
/* The collected faults as people read them: "FILE:LINE:COL: words" or "field: words", a line each. */
struct str cli_faults(struct cx *, struct str file);
/* Prints the faults of a file to standard error, forgets them, and passes the error on: `return cli_refuse(cx, e,
 * file)`. */
MUST_CHECK enum err cli_refuse(struct cx *, enum err, struct str file);

/* The table, for --help and tests. */
const struct verb *cli_verbs(ptrdiff_t *n);
/* Help on a verb; without one on all verbs of that name, or on everything. */
struct str cli_help(struct cx *, const struct verb *, struct str name);
#endif
