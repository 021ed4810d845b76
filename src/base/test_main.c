#include "base/test.h"

#include <stdlib.h>

struct test *tests;
static unsigned char count;

static void
counting(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)p)[i] = count++;
}

void
test_begin(struct cx *cx)
{
	static void *room;
	enum { SIZE = 64 << 20 };

	if (!room)
		room = cx_room(SIZE);
	cx_begin(cx, room, SIZE);
	cx->now = T0;
	cx->boot = 1000 * SECOND;
	cx->chance = counting;
	count = 0;
}

static struct str
slurp(struct cx *cx, const char *path)
{
	FILE *f = fopen(path, "rb");
	long n;
	char *p;

	if (!f)
		return (struct str){ NULL, 0 };
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	p = NEW(cx, char, n);
	n = (long)fread(p, 1, (size_t)n, f);
	fclose(f);
	return (struct str){ p, n };
}

struct str
test_file(struct cx *cx, const char *path)
{
	const char *root = getenv("TOCSIN_ROOT");
	struct str all = slurp(cx, str_fmt(cx, "%s/%s", root ? root : ".", path).p);

	if (!all.p)
		fail_msg("%s is not there", path);
	return all;
}

struct str
test_shared(struct cx *cx, const char *path)
{
	const char *root = getenv("TOCSIN_ROOT");
	struct str all = slurp(cx, str_fmt(cx, "%s/../shared/%s", root ? root : ".", path).p);

	if (!all.p) {
		printf("SKIP: shared/%s is not here\n", path);
		skip();
	}
	return all;
}

static void
run_one(void **state)
{
	struct cx cx;
	struct test *t = *state;

	memset(&cx, 0, sizeof cx);
	test_begin(&cx);
	t->run(&cx);
	cx_end(&cx);
}

int
main(int argc, char **argv)
{
	static struct CMUnitTest list[4096];
	size_t n = 0;

	for (struct test *t = tests; t && n < 4096; t = t->next)
		if (argc < 2 || !strncmp(t->name, argv[1], strlen(argv[1])))
			list[n++] = (struct CMUnitTest){ t->name, run_one, NULL, NULL, t };
	return _cmocka_run_group_tests(argc > 1 ? argv[1] : "tests", list, n, NULL, NULL) != 0;
}
