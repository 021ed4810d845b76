#include "bench.h"
#include "sys/sys.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
bench_tape(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;

	if (f && !fseek(f, 0, SEEK_END)) {
		*n = (size_t)ftell(f);
		rewind(f);
		p = malloc(*n + 1);
	}
	if (!p || fread(p, 1, *n, f) != *n) {
		perror(path);
		exit(70);
	}
	fclose(f);
	return p;
}

int
bench_run(const char *name, ptrdiff_t room, enum err (*work)(struct cx *, void *), void *arg)
{
	struct cx cx;
	enum err e;

	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(room), room);
	sys_turn(&cx);
	e = cx_run(&cx, work, arg);
	if (e)
		fprintf(stderr, "%s: %s\n", name, cx.why);
	cx_end(&cx);
	return err_exit(e);
}
