#include "cli/cli.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { TURN = 256 << 20 };

struct str
cli_tame(struct cx *cx, struct str s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i], next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
		bool high = c == 0xC2 && next >= 0x80 && next < 0xA0; /* U+0080 to U+009F: the same once more */

		buf_char(&b, high || (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f ? '?' : (char)c);
		i += high;
	}
	return buf_str(&b);
}

enum err
cli_print(struct cx *cx, struct str s)
{
	if (isatty(STDOUT_FILENO))
		s = cli_tame(cx, s);
	if ((s.n && fwrite(s.p, 1, (size_t)s.n, stdout) != (size_t)s.n) || fflush(stdout))
		return fail(cx, ERR_NO_ROOM, "cannot write to standard output: %s", strerror(errno));
	return OK;
}

enum err
cli_print_js(struct cx *cx, const struct js *j)
{
	struct buf b = buf_new(cx);

	js_write(&b, j);
	buf_char(&b, '\n');
	return cli_print(cx, buf_str(&b));
}

static void
close_file(void *p)
{
	if (p != stdin)
		fclose(p);
}

enum err
cli_read_file(struct cx *cx, struct str path, ptrdiff_t most, struct str *out)
{
	bool in = str_eq(path, S("-"));
	const char *name = str_z(cx, path);
	FILE *f = in ? stdin : fopen(name, "rbe");
	struct buf b = buf_new(cx);
	char piece[1 << 14];
	size_t n;

	if (!f)
		return fail(cx, errno == ENOENT ? ERR_NOT_FOUND : ERR_DENIED, "%s: %s", name, strerror(errno));
	cx_defer(cx, close_file, f);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0) {
		if (b.n + (ptrdiff_t)n > most)
			return fail(cx, ERR_TOO_BIG, "%s is larger than %td bytes", name, most);
		buf_put(&b, (struct str){ piece, (ptrdiff_t)n });
	}
	if (ferror(f))
		return fail(cx, ERR_DENIED, "%s: %s", name, strerror(errno));
	*out = buf_str(&b);
	return OK;
}

struct str
cli_faults(struct cx *cx, struct str file)
{
	struct buf b = buf_new(cx);
	int n = 0;

	for (const struct fault *f = cx->faults; f; f = f->next, n++) {
		if (f->line)
			buf_fmt(&b, "%.*s:%d:%d: ", F(file), f->line, f->column);
		else if (f->field.n)
			buf_fmt(&b, "%.*s: ", F(f->field));
		buf_fmt(&b, "%.*s\n", F(f->words));
	}
	if (cx->n_faults > n)
		buf_fmt(&b, "… and %d more\n", cx->n_faults - n);
	return buf_str(&b);
}

enum err
cli_refuse(struct cx *cx, enum err e, struct str file)
{
	int n = cx->n_faults;

	if (e == OK || n == 0)
		return e;
	fprintf(stderr, "%.*s", F(cli_faults(cx, file)));
	cx->faults = NULL;
	cx->n_faults = 0;
	return fail(cx, e, "%.*s: %d %s wrong", F(file), n, n == 1 ? "thing is" : "things are");
}

static void
chance(void *p, size_t n)
{
	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno != EINTR)
			abort();
		if (got > 0)
			p = (char *)p + got, n -= (size_t)got;
	}
}

static when
clock_now(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t))
		abort();
	return (when)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static enum err
run(struct cx *cx, void *arg)
{
	const struct cli *cli = arg;

	return cli->verb->run(cx, cli);
}

/* Faults that the verb has not blamed on a file are of the words it was given. */
static void
say_wrong(struct cx *cx, enum err e)
{
	if (cx->faults)
		fprintf(stderr, "%.*s", F(cli_faults(cx, S("input"))));
	else
		fprintf(stderr, "tocsin: %s\n", cx->why[0] ? cx->why : err_words(e).p);
}

int
cli_main(int argc, char **argv)
{
	static struct cx cx;
	static struct cli cli;
	struct str *words;
	enum err e;

	if (sodium_init() < 0)
		return fputs("tocsin: the cryptography library does not start\n", stderr), err_exit(ERR_BROKEN);
	cx_begin(&cx, cx_room(TURN), TURN);
	cx.now = clock_now(CLOCK_REALTIME);
	cx.boot = clock_now(CLOCK_BOOTTIME);
	cx.chance = chance;
	words = NEW(&cx, struct str, argc);
	for (int i = 1; i < argc; i++)
		words[i - 1] = str_of(argv[i]);
	e = cli_read(&cx, argc > 0 ? argc - 1 : 0, words, &cli);
	if (e == OK && cli.help)
		e = cli_print(&cx, cli_help(&cx, cli.verb, words[0]));
	else if (e == OK)
		e = cx_run(&cx, run, &cli);
	if (e != OK)
		say_wrong(&cx, e);
	cx_end(&cx);
	return err_exit(e);
}
