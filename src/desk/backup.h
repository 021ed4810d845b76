/* backup: what may leave the machine, written into a folder: records, payloads and evidence as they are stored (encrypted),
 * data keys wrapped, and the state that docs/MAP.md marks; never views, never key files. Plain files that a person can
 * look at, listed with their hashes in SHA256SUMS (src/core/inventory.h). And the key folder's own backup, which goes
 * elsewhere. Called by the command line, beside a running server too; the caller owns data directory and key files.
 *
 *     log-001/records      272 bytes each            log-001/payloads     for each record with a payload, in order:
 *     log-001/checkpoint   the log's last                                 u64 length, then the object; 0: erased
 *     state                one JSON object a line    vault/<id>           files, encrypted under keys of their own */
#ifndef DESK_BACKUP_H
#define DESK_BACKUP_H
#include "base/watch.h"
#include "desk/desk.h"
#include "sys/folder.h"

struct backup_made { int64_t records, files, bytes; struct str checkpoint; };
/* Everything up to record `size` of the log that is written to, whose checkpoint must be signed (ERR_BUSY: not yet), into
 * the part of a folder that is being made. ERR_TAMPERED names what is not as it was recorded. */
MUST_CHECK enum err backup_write(struct cx *, struct desk *, int64_t size, struct folder *, struct watch,
    struct backup_made *out);

/* Is this a place for a backup? ERR_CONFLICT if it lies in the data directory or within a backup. */
MUST_CHECK enum err backup_place(struct cx *, struct desk *, struct str path);

/* keys/ and gate/ into `path`, which must be empty and neither below the data directory nor within a backup. */
MUST_CHECK enum err backup_keys(struct cx *, struct desk *, struct str path);
/* The same from an open folder into another. */
MUST_CHECK enum err backup_keys_copy(struct cx *, int from, int to);
/* Which key files there are, in eight characters that change when one does. */
MUST_CHECK enum err backup_keys_mark(struct cx *, struct desk *, struct str *out);

/* What is kept in a setting of a backup that was made: "TIME WHAT WHERE", and back; false if it does not say when. */
struct str backup_note(struct cx *, struct str what, struct str where);
bool backup_note_read(struct str note, when *at, struct str *what, struct str *where);
#endif
