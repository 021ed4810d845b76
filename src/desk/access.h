/* access: who asks, and whether they may. The one place that decides: commands, questions, lists, mail and routes all come
 * here. Forbidden and missing look the same: both are ERR_NOT_FOUND to whoever may not know.
 *
 * A person's tokens are what sights, duties and notices are addressed to: "p:<actor>" for the person, "r:<role>" for a
 * post, "r:<role>@<department>" for a post of a department. */
#ifndef DESK_ACCESS_H
#define DESK_ACCESS_H
#include "base/js.h"
#include "core/policy.h"
#include "core/record.h"
#include "store/db.h"

enum need {
#define NEED(name, words) NEED_##name,
#include "desk/need.def"
#undef NEED
	NEEDS
};

enum sight_level { SEES_NOTHING, SEES_A_STUB, SEES_IT_ALL };

struct actor {
	struct id id;                 /* zero: nobody we know */
	enum auth_method method;
	int level;
	struct id only_case;          /* a receipt was shown: the reporter of this case and nothing else */
	bool local, clerk;            /* the socket's peer is the command line, or the clerk */
	bool admin;
	struct str name, person, department;
	const struct str *tokens;     /* what is addressed to this person */
	ptrdiff_t n_tokens;
	const struct str *roles;      /* ids of roles held, none twice */
	ptrdiff_t n_roles;
	enum sight_level all;         /* what a role lets them see of every case */
	struct hash session;          /* zero: none */
	struct str csrf;
	when seen;                    /* of the session */
};

/* The credential of a command or request: at most one is not empty. */
struct credential { struct str session, token; bool local, clerk; };

/* Resolve it. A credential that is unknown or over makes nobody, never an error. `policy` may be NULL (nothing set). */
MUST_CHECK enum err access_who(struct cx *, struct db *, const struct policy *, const struct credential *, struct actor *out);
/* What this actor sees of a case: the most that one of their tokens, or a role's sight of all, gives. */
MUST_CHECK enum err access_sight(struct cx *, struct db *, const struct actor *, struct id case_id, enum sight_level *out);
/* The same of many, with what is read of them (case_lines): the tokens to ask with, in JSON, and what the level that one of them
 * gives makes of it. */
struct str access_tokens(struct cx *, const struct actor *);
enum sight_level access_sight_by(const struct actor *, int64_t level);
/* Pure: may somebody with this sight of the case (and being its reporter or not) do what needs `need`? */
bool access_may(enum need, const struct actor *, enum sight_level, bool reporter);

struct str access_token_person(struct cx *, struct id actor);
struct str access_token_role(struct cx *, struct str role, struct str department); /* department may be empty */
bool access_has_token(const struct actor *, struct str token);
bool access_has_role(const struct actor *, struct str role);
struct str access_need_words(enum need);
#endif
