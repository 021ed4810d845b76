/* Records: one that is read is written back byte by byte, and a run over many never trips. */
#include "core/record_run.h"
#include "fuzz/fuzz.h"
#include <string.h>

FUZZ(cx, in)
{
	struct record_run *run = record_run_start(cx, in.n % 2 ? RUN_CASE : RUN_LOG, S("tocsin.example.gov/journal/1"));
	enum err e = OK;

	for (; in.n >= RECORD_SIZE; in = str_sub(in, RECORD_SIZE, in.n)) {
		uint8_t back[RECORD_SIZE];
		struct record r;

		if (record_read(cx, (const uint8_t *)in.p, &r) == OK) {
			record_write(&r, back);
			HOLD(memcmp(back, in.p, sizeof back) == 0);
		}
		if (e == OK && (e = record_run_add(run, (const uint8_t *)in.p, &r)) == OK && r.flags & RECORD_PAYLOAD)
			record_run_missing(run);
	}
	return e ? e : record_run_end(run);
}
