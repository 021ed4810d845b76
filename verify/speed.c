/* speed: how fast a log is verified, against what SHA-256 alone over as many bytes costs in the same run (as
 * `openssl speed -evp sha256 -bytes 272` measures it; processor time, as machines are shared). Not of the product.
 *   speed RECORDS FIGURES     appends {"name":"bench","what":"verify",…} */
#include "core/bundle_sample.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t dice = 88172645463325252u;

static void
chance(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		dice ^= dice << 13;
		dice ^= dice >> 7;
		dice ^= dice << 17;
		((unsigned char *)p)[i] = (unsigned char)dice;
	}
}

static double
processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The loop of `openssl speed -evp`. */
static double
bare(long n)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL); /* once: fetching costs more than hashing */
	uint8_t record[RECORD_SIZE] = { 1 }, out[32];
	double began = processor();

	for (long i = 0; i < n; i++)
		if (!EVP_Digest(record, sizeof record, out, NULL, md, NULL))
			exit(70);
	EVP_MD_free(md);
	return processor() - began;
}

struct job { long n; const char *figures; };

/* Four records a case, those of 64 cases mingled. */
static enum err
measure(struct cx *cx, void *arg)
{
	const struct job *job = arg;
	struct bundle_sample *s = bundle_sample_start(cx, S("speed.example/1"), job->n);
	struct id none = { { 0 } }, c;
	struct bundle_trust t = bundle_sample_trust(s);
	struct bundle_sample_files f;
	double ours = 1e9, hash = 1e9, ratio;
	struct verdict v;
	FILE *out;

	bundle_sample_add(s, KIND_LOG_OPENED, none, 0, none, S(""));
	for (long i = 1; i < job->n; i++) {
		struct hash h = sha256((struct str){ (char *)&(uint64_t){ (uint64_t)(i / 256 * 64 + i % 64) }, 8 });

		c = id_of(h.b);
		bundle_sample_add(s, KIND_READ, c, 0, none, S(""));
	}
	bundle_sample_make(s, true, none, &f);
	for (int round = 0; round < 5; round++) {
		struct mark m = cx_mark(cx);
		double began, took = bare(job->n);

		hash = took < hash ? took : hash;
		began = processor();
		TRY(bundle_verify(cx, &f.b, &t, &v));
		took = processor() - began;
		ours = took < ours ? took : ours;
		cx_back(cx, m);
	}
	ratio = hash / ours;
	printf("%ld records verified in %.3f s, %.0f a second: %.2f of bare SHA-256\n", job->n, ours,
	    (double)job->n / ours, ratio);
	out = fopen(job->figures, "a");
	if (!out || fprintf(out, "{\"name\":\"bench\",\"what\":\"verify\",\"ratio\":%.2f,\"goal\":0.5,\"met\":%s}\n",
	    ratio, ratio >= 0.5 ? "true" : "false") < 0 || fclose(out))
		return fail(cx, ERR_NO_ROOM, "cannot write %s", job->figures);
	return ratio >= 0.5 ? OK : fail(cx, ERR_TIMEOUT, "slower than the goal of 0.5");
}

int
main(int argc, char **argv)
{
	struct job job = { argc == 3 ? strtol(argv[1], NULL, 10) : 0, argv[argc - 1] };
	ptrdiff_t room = ((ptrdiff_t)job.n + 1000) * 2000;
	struct cx cx;
	enum err e;

	if (job.n < 1) {
		fputs("usage: speed RECORDS FIGURES\n", stderr);
		return 64;
	}
	memset(&cx, 0, sizeof cx);
	cx_begin(&cx, cx_room(room), room);
	cx.now = (when)1790000000 * SECOND;
	cx.chance = chance;
	e = cx_run(&cx, measure, &job);
	if (e)
		fprintf(stderr, "speed: %s\n", cx.why);
	return err_exit(e);
}
