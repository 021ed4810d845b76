/* door: a web worker's way to the registrar: commands go out with a ticket, the turn waits, the answer resumes it. Doors
 * never block; whoever handles a request calls door_send and returns. In tests the two halves meet at once, in process. */
#ifndef WEB_DOOR_H
#define WEB_DOOR_H
#include "desk/desk.h"
#include "web/server.h"

struct door_wait;
struct door {
	struct desk desk;            /* to read */
	struct desk *here;           /* tests: the writer in the same process; NULL: by the link */
	struct http_door *http;
	int link;
	struct server *server;       /* whose loop watches the link; NULL: whoever calls door_ready */
	bool https;                  /* cookies are for https only */
	struct door_wait *waiting;   /* commands that are under way, in order of arrival */
	struct door_wait **end;
	struct cx turn;              /* for messages as they come */
};

/* What comes next: `e` is what became of the command; *ok its answer when that is OK, faults and why in turn->cx when not. */
typedef enum err door_then(struct turn *, void *arg, enum err e, struct js *ok);

/* Send a command: {"command":name,"case":ref,"args":args} with the credential of the turn and, unless `id` is zero, that id. The
 * handler returns what this returns. */
MUST_CHECK enum err door_send(struct door *, struct turn *, struct id id, struct credential, struct str command, struct str ref,
    struct js *args, door_then *then, void *arg);
/* The same without waiting for what becomes of it: for what may get lost, such as the touch of a session. */
void door_tell(struct door *, struct cx *, struct credential, struct str command, struct js *args);
/* The link to the registrar can be read or written (SERVER_READ, SERVER_WRITE): answers come in, what waited for room goes
 * out. Called by the server's loop. */
void door_ready(struct door *, int events);
#endif
