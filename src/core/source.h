/* source: where a piece of text came from, so that a fault deep inside it can point at its line and column.
 * Used by whoever parses text that stands inside a file (conditions, times allowed, cases). */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H
#include "base/cx.h"

struct source {
	struct str field;          /* what is said where there is no line: "when" */
	int line, column;          /* of the first character, from 1; 0 when it comes from no file */
	struct str raw;            /* the file's bytes from that character on, or empty; allows for folded lines */
};

/* A fault at byte `offset` of `text`, which was read from `source`. Folded white space is followed through `raw`. */
__attribute__((format(printf, 6, 7)))
void source_fault(struct cx *, const struct source *, struct str text, ptrdiff_t offset, struct str rule,
    const char *fmt, ...);
#endif
