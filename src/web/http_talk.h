/* http_talk: a door, one connection, and what it has said, for tests. Tests only. */
#ifndef WEB_HTTP_TALK_H
#define WEB_HTTP_TALK_H
#include "web/http.h"

#include "base/test.h"

struct talk {
	struct http_door door;
	struct http_settings set;
	struct http http;
	char in[HEAD_MOST];
	struct buf said;
};

/* The clock, which stands until a test moves it. */
extern when talk_boot;
/* What the handlers have left: the ticket of the last that parked, how many were resumed, how many turns have ended. */
extern uint64_t talk_ticket;
extern int talk_resumed, talk_ended;

/* A connection to a door with two turns of 1 MiB. */
struct talk *talk_begin(struct cx *);
void talk_end(struct talk *);
/* Take everything that the door wants to send, `step` bytes at a time. */
void talk_listen(struct talk *, ptrdiff_t step);
/* Say the text in pieces as large as the door takes them, cut at `cut` too. */
void talk_say(struct talk *, struct str text, ptrdiff_t cut);
#endif
