/* deed: one command while it is being done: who asks, on what, and the entry that is being written. Commands add effects;
 * command.c appends the entry and applies them. */
#ifndef DESK_DEED_H
#define DESK_DEED_H
#include "core/duty.h"
#include "desk/desk.h"

/* A case as commands and evaluation see it. */
struct kase {
	struct id id;
	struct row_case_get *row;          /* NULL while it is being opened */
	struct facts facts;                /* as stated; what follows from them is derived each time */
	struct str line_manager;           /* token of the reporter's line manager; empty: not known */
	struct str named_manager;          /* as the reporter named one whom the directory does not know */
	struct str department;
	struct str ref;
	struct id reporter;
	bool historical;
};

struct deed {
	struct desk *d;
	const struct actor *who;
	struct id command;
	const struct js *args;
	struct kase *kase;                 /* the case named by the request; NULL if none */
	/* the entry */
	enum kind kind;
	struct str name;                   /* of the command */
	struct id case_id;
	enum journal_under under;
	struct js *asked, *did, *identities, *answer;
	struct str said;
	bool salted;
	uint8_t salt[PAYLOAD_SALT];
	/* what became of it, for the answer */
	uint64_t seq;                      /* in its log */
	int64_t place;                     /* in the whole journal */
	struct hash leaf;
	/* fills what is only known once the entry is appended; may be NULL */
	enum err (*after)(struct cx *, struct deed *);
};

/* Add an effect; fields are set on what it returns. */
struct js *deed_did(struct cx *, struct deed *, struct str effect);
/* A line of the case's history. Whoever it is about, besides the actor, goes into its field `whom` as an actor's id: the
 * name is put behind `what` when it is read. */
struct js *deed_timeline(struct cx *, struct deed *, struct str kind, struct str what, struct str words, struct str audience);
/* Tell a token that there is something; once an entry. `about` is a word of notice.def, never detail. */
void deed_notice(struct cx *, struct deed *, struct str token, struct str about);
void deed_sight(struct cx *, struct deed *, struct str token, enum sight_level);
/* Record a person in an erasable identity entry of its own, before this one. */
struct id deed_person(struct cx *, struct deed *, struct id actor, struct str person, struct str name, struct str email,
    struct str department, struct str manager, struct str phone, bool active);

/* Load a case. ERR_NOT_FOUND if there is none. */
MUST_CHECK enum err kase_load(struct cx *, struct desk *, struct id, struct kase *out);
/* The facts of a stored case. */
MUST_CHECK enum err kase_facts(struct cx *, struct str facts_text, struct facts *out);

/* Whom a role means on this case: the token its duties are addressed to, and whether nobody stands behind it. */
struct holder { struct str token, words; bool vacant; };
MUST_CHECK enum err holder_of(struct cx *, struct desk *, const struct kase *, const struct role *, struct holder *out);

/* Evaluate the policy on the case's facts as they are now and add what changed: duties opened, moved, lapsed; sights;
 * notices; service level. The duties opened also go to answer.duties. */
MUST_CHECK enum err deed_reassess(struct cx *, struct deed *, const struct kase *);

/* The files named in args.attachments, as effects; faults name them. */
MUST_CHECK enum err deed_attachments(struct cx *, struct deed *);

/* Files that were uploaded a month ago and that no entry names: out of the vault, some at a time. */
MUST_CHECK enum err deed_uploads_sweep(struct cx *, struct desk *);

/* Arguments. A missing or over-long text is a fault that names the field; texts are trimmed. */
struct str deed_text(struct cx *, const struct deed *, struct str field, bool needed, ptrdiff_t most);
/* Every field of args must be one of these. */
#define DEED_ONLY(cx, deed, ...) js_only((cx), (deed)->args, (const struct str[]){ __VA_ARGS__ }, \
	(ptrdiff_t)(sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str)))
#endif
