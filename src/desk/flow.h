/* flow: what tests of whole journeys need: a fresh data directory with a pack and invented people, commands sent as somebody, a
 * clock that the test moves, and the promise that rebuild equals live. Tests only. */
#ifndef DESK_FLOW_H
#define DESK_FLOW_H
#include "base/test.h"
#include "desk/backup.h"

struct flow {
	struct cx *cx;
	struct cx life;
	struct desk desk;
	struct str path;
	int nodes;               /* how many have been added */
};

/* A directory with the shipped pack of that id and one person in each of its roles: "<role>@example.org". */
struct flow *flow_start(struct cx *, struct str pack);
/* Send one command. `as` is a session token, or empty for nobody; `args` is JSON. The answer's "ok", or fails the test. */
struct js *flow_do(struct flow *, struct str as, const char *command, struct str ref, const char *args);
/* The same, expecting to be refused with that kind; cx->why says why. */
void flow_refused(struct flow *, struct str as, const char *command, struct str ref, const char *args, enum err);
/* Sign in whoever holds that role (the person's id is the role's). */
struct str flow_sign_in(struct flow *, const char *person);
/* Who is signed in by that session; nobody when it is none. */
struct actor flow_actor(struct flow *, struct str session);
/* The case behind a reference. */
struct id flow_case(struct flow *, struct str ref);
/* Go on in another data directory, as a process that is started there. */
void flow_move(struct flow *, struct str path);
/* One more node on the flow's database, with a directory, a desk and a number of its own, for as long as the flow. */
struct desk *flow_node(struct flow *);
/* A path beside the flow's first data directory; whether nothing lies at a path. */
struct str flow_beside(struct flow *, const char *name);
bool flow_nothing_at(struct flow *, struct str path);
/* A file on a case, its bytes encrypted as a worker would have left them. */
void flow_attach(struct flow *, struct str as, struct str ref, struct id object, struct str bytes);
/* An object as the vault keeps it, and other bytes in its place. */
struct str flow_stored(struct flow *, struct id object);
void flow_store(struct flow *, struct id object, struct str bytes);
/* The checkpoint of the journal as it is. */
struct str flow_sign(struct flow *);
/* As the verb does it. */
void flow_backup(struct flow *, struct str path, struct backup_made *made);
/* Where the flow keeps its database. */
struct str flow_place(struct flow *);
/* Every word that stands in a case can be searched for. */
void flow_index(struct flow *);
/* Let time pass, on both clocks. */
void flow_wait(struct flow *, when);
/* Journal verifies, and views made again from it are those that stand. */
void flow_end(struct flow *);
#endif
