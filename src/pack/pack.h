/* pack: reads a policy pack (docs/PACK.md) into a struct policy. Called by the command line, the registrar when a
 * policy is set, and tests. Every error of a pack is collected with line, column and the nearest known word; none
 * stops the reading, but for text that is not YAML at all. Anchors, aliases and tags are refused. Untrusted bytes are
 * safe. */
#ifndef PACK_PACK_H
#define PACK_PACK_H
#include "core/policy.h"

enum { PACK_LONGEST = 1 << 20, PACK_DEEPEST = 12, PACK_NODES = 60000 };

/* The policy lives in the turn's arena and points into `yaml`'s copy there. ERR_BAD_INPUT: see cx->faults. */
MUST_CHECK enum err pack_read(struct cx *, struct str yaml, const struct policy **out);
#endif
