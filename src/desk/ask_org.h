/* ask_org: questions about the organisation and the service itself: who is in the directory, who holds the posts of
 * the policy, systems, how Tocsin is doing, whom no word could reach. For administrators: anybody else is refused
 * (ERR_DENIED). */
#ifndef DESK_ASK_ORG_H
#define DESK_ASK_ORG_H
#include "desk/ask.h"

/* Somebody in the directory. Roles are "role" or "role@department". */
struct ask_member {
	struct id id;
	struct str person, name, email, department, manager, phone;
	bool active;
	const struct str *roles; ptrdiff_t n_roles;
};
/* In order of their ids, after `after`; each word must stand in id, name, email or department (ASCII case aside).
 * *next is what `after` is for the next page, empty when there is none. */
MUST_CHECK enum err ask_members(struct cx *, const struct desk *, const struct actor *, struct str words,
    struct str after, ptrdiff_t most, struct ask_member **out, ptrdiff_t *n, struct str *next);
/* By id or whole email address. ERR_NOT_FOUND. */
MUST_CHECK enum err ask_member(struct cx *, const struct desk *, const struct actor *, struct str called,
    struct ask_member *out);
/* The same without the roles they hold, which may be many. */
MUST_CHECK enum err ask_member_alone(struct cx *, const struct desk *, const struct actor *, struct str called,
    struct ask_member *out);

/* A role of the policy that people are appointed to, and who holds it. */
struct ask_post { const struct role *role; struct row_role_holders *holders; ptrdiff_t n; };
MUST_CHECK enum err ask_posts(struct cx *, const struct desk *, const struct actor *, struct ask_post **out,
    ptrdiff_t *n);

struct ask_system { struct str system, title; struct ask_person owner; };
MUST_CHECK enum err ask_systems(struct cx *, const struct desk *, const struct actor *, struct ask_system **out,
    ptrdiff_t *n);

/* A notice that could not be delivered. */
struct ask_undelivered { struct id notice; struct str address, about, ref, why; int64_t tries; when at; };
MUST_CHECK enum err ask_undelivered(struct cx *, const struct desk *, const struct actor *, ptrdiff_t most,
    struct ask_undelivered **out, ptrdiff_t *n);

/* What the service knows of itself without a key. */
struct ask_health {
	int64_t entries, signed_entries;  /* in the journal; of them under the last checkpoint */
	when last_at, signed_at;          /* of the last entry, of the last checkpoint; NEVER: none yet */
	ptrdiff_t undelivered;            /* at most ASK_COUNT */
	int64_t room;                     /* bytes free on the disk of the data; -1: this process may not ask */
	int64_t log;                      /* bytes of the file of the database's log */
};
MUST_CHECK enum err ask_health(struct cx *, const struct desk *, const struct actor *, struct ask_health *out);
#endif
