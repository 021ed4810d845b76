/* veris: an incident as VERIS describes it, read from the desk's point of view: the arguments of the command
 * `import`. Whole and unchanged it stays beside them as `original`; what the mapping does not know is nowhere else.
 * Called by the verb that imports. Pure. */
#ifndef DESK_VERIS_H
#define DESK_VERIS_H
#include "base/js.h"
#include "core/policy.h"

/* `live`: for the command `report` instead, as if it had been told just now: no import_id, no original, no
 * assessment. ERR_BAD_INPUT: it is no VERIS incident; the faults name the fields. */
MUST_CHECK enum err veris_args(struct cx *, const struct policy *, const struct js *incident, bool live,
    struct js **args);
/* SHA-256 of the JSON with all keys in order: the same incident gives the same hash however it was laid out. */
struct hash veris_hash(struct cx *, const struct js *);
#endif
