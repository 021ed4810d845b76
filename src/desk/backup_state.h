/* backup_state: the tables that neither records nor payloads hold, as lines of JSON, out of a database and into one: wrapped
 * data keys, tokens, passwords, receipt codes, answers (docs/MAP.md, "Tables"). Called by backup and restore.
 *
 * An answer may hold words, so it is sealed under the key of the month, and is gone when that is. */
#ifndef DESK_BACKUP_STATE_H
#define DESK_BACKUP_STATE_H
#include "store/keys.h"

/* What belongs to the journal up to record `size` of log `log`, which is up to `place`; to an open file. */
MUST_CHECK enum err backup_state_put(struct cx *, struct db *, const struct keys *, int fd, int64_t log, int64_t size,
    int64_t place);
/* Lines into the tables. In the caller's batch. ERR_TAMPERED names the line. */
MUST_CHECK enum err backup_state_take(struct cx *, struct db *, const struct keys *, struct str lines);
#endif
