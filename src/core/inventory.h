/* inventory: the list of what a backup holds, its file SHA256SUMS: `sha256sum -c` reads it as well, for what only Tocsin
 * asks stands in comments. Written by backup, read by restore. Pure.
 *
 *     # Tocsin backup 1
 *     # made 2026-11-25T08:11:00Z
 *     # log tocsin.example.gov/journal/1 0 1234        origin, records in the logs before it, records
 *     <sha-256 in hex>  log-001/records                ascending by name
 *     # whole <sha-256 of every byte above>
 *     # seal <a hash of the same under a key that is in no backup>
 */
#ifndef CORE_INVENTORY_H
#define CORE_INVENTORY_H
#include "base/cx.h"
#include "base/hash.h"

struct inventory_log { struct str origin; int64_t first, size; };
struct inventory_file { struct str name; struct hash hash; };
struct inventory {
	when made;                                     /* whole seconds */
	struct inventory_log *logs; ptrdiff_t n_logs;
	struct inventory_file *files; ptrdiff_t n_files;
};

/* Everything above `whole`. */
struct str inventory_text(struct cx *, const struct inventory *);
/* The whole file: that text with its two last lines. */
struct str inventory_file(struct cx *, struct str text, struct hash seal);
/* There is one way to write a list, and any other is ERR_TAMPERED. `text` gets what the seal, which is not looked at, is
 * of. Each log has records and begins where those before it end; names are plain, at most one folder deep, and each stands
 * there once. */
MUST_CHECK enum err inventory_read(struct cx *, struct str file, struct inventory *out, struct str *text,
    struct hash *seal);
#endif
