#include "torture.h"

#include "base/buf.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

long torture_tried, torture_failed;
static when began;

/* This is about words, not about disks: the journal's promises are kept elsewhere. */
int fsync(int fd) { (void)fd; return 0; }
int fdatasync(int fd) { (void)fd; return 0; }

void
torture_wrong(const char *fmt, ...)
{
	va_list ap;

	if (++torture_failed > 20)
		return;
	va_start(ap, fmt);
	printf("WRONG: ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
}

bool
torture_holds(void)
{
	static long before;
	long now = torture_failed - before;

	before = torture_failed;
	return now == 0;
}

struct str
torture_words(struct cx *cx, struct str s)
{
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < s.n && i < 160; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			buf_fmt(&b, "\\x%02x", (unsigned char)s.p[i]);
		else
			buf_char(&b, s.p[i]);
	return buf_str(&b);
}

/* Memory for a service that hundreds of strings went through: its views are held against each other at the end. */
static void
make_room(struct cx *cx)
{
	const ptrdiff_t size = (ptrdiff_t)4 << 30;
	static void *room;

	if (!room)
		room = cx_room(size);
	cx_begin(cx, room, size);
}

const char *
torture_folder(void)
{
	const char *folder = getenv("TORTURE");

	if (!folder) {
		printf("SKIP: $TORTURE names no folder of hostile strings\n");
		skip();
	}
	return folder;
}

struct str
torture_file(struct cx *cx, const char *name)
{
	const char *path = str_fmt(cx, "%s/%s", torture_folder(), name).p;
	struct str all = test_read(cx, path);

	if (!all.p)
		fail_msg("%s is not there", path);
	return all;
}

struct list { struct str *s; ptrdiff_t n, room; };

static void
add(struct list *l, struct str s)
{
	if (utf8_ok(s) && str_index(s, 0) < 0 && str_trim(s).n && l->n < l->room)
		l->s[l->n++] = s;
}

/* Every payload line once, or a sample spread over all of them: which it is, the seed says. */
static void
add_lines(struct cx *cx, struct list *l)
{
	const char *most = getenv("TORTURE_LINES");
	struct str all = torture_file(cx, "lines"), rest = all, line;
	ptrdiff_t n = 0, want, from = l->n;

	while (str_next(&rest, '\n', &line))
		n++;
	want = most && str_eq(str_of(most), S("all")) ? n : test_count("TORTURE_LINES", 150);
	srand((unsigned)test_count("TORTURE_SEED", 1));
	for (rest = all; str_next(&rest, '\n', &line);) {
		if (str_ends(line, S("\r")))
			line.n--;
		if (n && rand() % n < want)
			add(l, line);
	}
	printf("torture: %td strings, %td of them payload lines\n", l->n, l->n - from);
}

ptrdiff_t
torture_strings(struct cx *cx, struct str **out)
{
	struct list l = { NEW(cx, struct str, 16384), 0, 16384 };
	struct js *tree;

	EXPECT_OK(js_read(cx, torture_file(cx, "blns.json"), &tree));
	for (const struct js *s = tree->first; s; s = s->next)
		add(&l, s->str);
	EXPECT_OK(js_read(cx, torture_file(cx, "dompurify.json"), &tree));
	for (const struct js *s = tree->first; s; s = s->next)
		add(&l, js_str(s, S("payload")));
	add_lines(cx, &l);
	*out = l.s;
	return l.n;
}

void
torture_turns(struct cx *cx, void (*some)(struct cx *, const struct str *, ptrdiff_t, ptrdiff_t, ptrdiff_t))
{
	struct str *strings;
	ptrdiff_t n;

	make_room(cx);
	n = torture_strings(cx, &strings);
	for (ptrdiff_t from = 0; from < n; from += TURNS) {
		struct mark m = cx_mark(cx);

		some(cx, strings, n, from, from + TURNS < n ? from + TURNS : n);
		cx_back(cx, m);
	}
	EXPECT(torture_holds());
}

static when
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (when)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

__attribute__((constructor))
static void
begin(void)
{
	began = clock_now();
}

/* One figure of all that was tried. */
__attribute__((destructor))
static void
end(void)
{
	if (torture_tried)
		test_figure("torture", torture_tried, torture_failed, clock_now() - began, test_count("TORTURE_SEED", 1));
}
