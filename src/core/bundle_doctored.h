/* bundle_doctored: bundles that somebody has tampered with, each in one way, which every verifier must refuse.
 * Tests and the trials of both verifiers go through the same list. Never used by the product itself. */
#ifndef CORE_BUNDLE_DOCTORED_H
#define CORE_BUNDLE_DOCTORED_H
#include "core/bundle_sample.h"

extern const int bundle_doctored_count;
/* The i-th one, with what its verifier trusts; returns what was done ("a record is left out"), good in a file
 * name. */
const char *bundle_doctored_make(struct cx *, int i, struct bundle_sample_files *, struct bundle_trust *);
/* A `read` whose disk is broken: not the bundle's fault. */
enum err bundle_doctored_unreadable(struct cx *, void *, enum bundle_part, ptrdiff_t, struct str *);
#endif
