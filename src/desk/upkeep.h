/* upkeep: what whoever keeps a data directory asks of it from the command line: who is in it, is its journal whole,
 * make its views again. The caller is the owner of the directory and its key files; nothing here asks who may. */
#ifndef DESK_UPKEEP_H
#define DESK_UPKEEP_H
#include "desk/desk.h"

struct upkeep_person {
	struct str person, name, email, department, manager;
	const struct str *roles; ptrdiff_t n_roles;
	bool active;
};

/* The directory's people in order of their ids, at most `most` after `after`; roles are "role" or "role@department".
 * People who only ever reported are not in it. */
MUST_CHECK enum err upkeep_people(struct cx *, struct desk *, struct str after, ptrdiff_t most,
    struct upkeep_person **out, ptrdiff_t *n);
MUST_CHECK enum err upkeep_has_person(struct cx *, struct desk *, struct str person, bool *out);

struct upkeep_case { struct id id; struct str ref; };
/* Cases that run: neither closed nor imported as over. At most `most`, those after `after` in order of id. */
MUST_CHECK enum err upkeep_open_cases(struct cx *, struct desk *, struct id after, ptrdiff_t most,
    struct upkeep_case **out, ptrdiff_t *n);

/* The open duties of a case. */
MUST_CHECK enum err upkeep_open_duties(struct cx *, struct desk *, struct str ref, struct id **out, ptrdiff_t *n);

/* A log of the journal by its number; 0: the one that is written to. ERR_NOT_FOUND. */
MUST_CHECK enum err upkeep_log(struct cx *, struct desk *, int64_t log, struct row_heads *out);
/* The name of the log that is written to, and the key to know a log by as a verifier wants it (vkey). Reads the signing
 * key. */
MUST_CHECK enum err upkeep_origin(struct cx *, struct desk *, struct str *out);
MUST_CHECK enum err upkeep_vkey(struct cx *, struct desk *, int64_t log, struct str *out);

struct upkeep_verified { int64_t logs; uint64_t records, signed_size; when signed_at; bool keys; struct str why_no_keys; };
/* The journal from the first record of its first log to its last. Without readable keys contents are only checked as they are stored,
 * and no signature is. ERR_TAMPERED says where. */
MUST_CHECK enum err upkeep_verify(struct cx *, struct desk *, struct upkeep_verified *out);

/* Make every view again from the journal; `desk` is the writer's. All or nothing. */
MUST_CHECK enum err upkeep_rebuild(struct cx *, struct desk *, uint64_t *entries);
#endif
