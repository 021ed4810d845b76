#include "base/test.h"

#include <stdlib.h>

struct test *tests;
bool (*test_at_end)(void);
static uint64_t count;

static void
counting(void *p, size_t n)
{
	/* splitmix64: the same bytes in every run, none like the others */
	for (size_t i = 0; i < n; i++) {
		uint64_t z = (count++ + 1) * 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		((unsigned char *)p)[i] = (unsigned char)(z >> 56);
	}
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

struct str
test_read(struct cx *cx, const char *path)
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
	struct str all = test_read(cx, str_fmt(cx, "%s/%s", root ? root : ".", path).p);

	if (!all.p)
		fail_msg("%s is not there", path);
	return all;
}

struct str
test_shared(struct cx *cx, const char *path)
{
	const char *root = getenv("TOCSIN_ROOT");
	struct str all = test_read(cx, str_fmt(cx, "%s/../shared/%s", root ? root : ".", path).p);

	if (!all.p) {
		printf("SKIP: shared/%s is not here\n", path);
		skip();
	}
	return all;
}

long
test_count(const char *name, long otherwise)
{
	const char *said = getenv(name);

	return said ? strtol(said, NULL, 10) : otherwise;
}

static void
read_commit(const char *root, char *out, int size)
{
	char command[512];
	FILE *git;

	out[0] = 0;
	snprintf(command, sizeof command, "git -C '%s' rev-parse --short HEAD 2>/dev/null", root);
	if (!(git = popen(command, "r"))) /* NOLINT(cert-env33-c): root is where the tests stand */
		return;
	if (fgets(out, size, git))
		out[strcspn(out, "\n")] = 0;
	pclose(git);
}

void
test_figure(const char *name, long tried, long failed, when took, long seed)
{
	const char *root = getenv("TOCSIN_ROOT") ? getenv("TOCSIN_ROOT") : ".", *at = getenv("TOCSIN_FIGURES");
	char path[512], commit[64];
	FILE *f;

	snprintf(path, sizeof path, at ? "%s" : "%s/build/figures.jsonl", at ? at : root);
	read_commit(root, commit, sizeof commit);
	printf("%s: %ld tried, %ld failed\n", name, tried, failed);
	if (!(f = fopen(path, "a")))
		return;
	fprintf(f, "{\"name\":\"%s\",\"tried\":%ld,\"failed\":%ld,\"seconds\":%.3f,\"seed\":%ld,\"commit\":\"%s\"}\n", name,
	    tried, failed, (double)took / (double)SECOND, seed, commit);
	fclose(f);
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

/* No words ask for all tests, others for those whose names begin with one of them. */
static bool
asked_for(const struct test *t, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(t->name, argv[i], strlen(argv[i])))
			return true;
	return argc < 2;
}

int
main(int argc, char **argv)
{
	static struct CMUnitTest list[4096];
	size_t n = 0;
	bool fine;

	for (struct test *t = tests; t && n < 4096; t = t->next)
		if (asked_for(t, argc, argv))
			list[n++] = (struct CMUnitTest){ t->name, run_one, NULL, NULL, t };
	fine = _cmocka_run_group_tests(argc > 1 ? argv[1] : "tests", list, n, NULL, NULL) == 0;
	if (argc < 2 && test_at_end && !test_at_end())
		fine = false;
	return !fine;
}
