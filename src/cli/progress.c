#include "cli/progress.h"

#include "base/buf.h"
#include "sys/sys.h"
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR = 30, WIDE = 79 };

/* `what` is the step that is told of; told: when last. */
struct shown { struct cx *cx; bool tty; when told; char what[64]; };

static void
put_number(struct buf *b, int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%lld", (long long)n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_char(b, ',');
		buf_char(b, digits[i]);
	}
}

struct str
progress_line(struct cx *cx, const char *what, int64_t n, int64_t of, int columns)
{
	struct buf b = buf_new(cx);
	int full = of > 0 ? (int)(n < of ? n * BAR / of : BAR) : 0;

	buf_fmt(&b, "%-24s ", what);
	if (of > 0 && columns >= 80) {
		buf_char(&b, '[');
		for (int i = 0; i < BAR; i++)
			buf_char(&b, i < full ? '#' : '.');
		buf_put(&b, S("] "));
	}
	if (n || of)
		put_number(&b, n);
	if (of) {
		buf_put(&b, S(" of "));
		put_number(&b, of);
	}
	return str_sub(buf_str(&b), 0, b.n < columns ? b.n : columns);
}

static int
columns(void)
{
	struct winsize w;

	return ioctl(2, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col - 1 : WIDE;
}

static void
show(void *with, const char *what, int64_t n, int64_t of)
{
	struct shown *s = with;
	bool fresh = strncmp(s->what, what, sizeof s->what - 1) != 0;
	when now = sys_boot(), pause = s->tty ? SECOND / 10 : 10 * SECOND;
	struct mark m;

	if (!fresh && now - s->told < pause)
		return;
	s->told = now;
	snprintf(s->what, sizeof s->what, "%s", what);
	m = cx_mark(s->cx);
	if (s->tty)
		fprintf(stderr, "\r%.*s\033[K", F(progress_line(s->cx, what, n, of, columns())));
	else
		fprintf(stderr, "%.*s\n", F(progress_line(s->cx, what, n, of, WIDE)));
	cx_back(s->cx, m);
}

struct watch
progress_begin(struct cx *cx, bool quiet)
{
	struct shown *s = NEW(cx, struct shown, 1);

	*s = (struct shown){ .cx = cx, .tty = isatty(2) };
	return s->tty || !quiet ? (struct watch){ show, s } : (struct watch){ 0 };
}

void
progress_end(struct watch w)
{
	if (w.tell && ((struct shown *)w.with)->tty)
		fputs("\r\033[K", stderr);
}
