/* http_inner: what the files of http and turn share; nobody else includes it. */
#ifndef WEB_HTTP_INNER_H
#define WEB_HTTP_INNER_H
#include "web/http.h"

/* http_pool.c: the arenas. */

/* Where a turn lives: at the front of its own arena. */
struct http_seat { struct cx cx; struct turn turn; int index; };
struct http_slot { struct http_seat *seat; struct http *user; };

/* A fresh turn for h, or NULL when all are taken. */
struct turn *http_pool_take(struct http *h);
/* Run the turn's defers and give its memory back. */
void http_pool_give(struct turn *);
/* The connection whose parked or running turn holds this ticket, or NULL. */
struct http *http_pool_find(struct http_door *, uint64_t ticket);
uint64_t http_pool_ticket(struct turn *);
/* The connection whose body or answer is furthest behind the least rate, if that is by at least `lag` (of an answer: a
 * second); or NULL. */
struct http *http_pool_slowest(struct http_door *, when boot, when lag);

enum { HTTP_PIECE = 64 << 10 }; /* of a source */

/* http_turn.c: what happens within a turn. */

/* The head is complete: make a turn of it and go as far as the bytes reach. */
void http_turn_begin(struct http *);
/* Bytes of the body have come. */
void http_turn_body(struct http *);
void http_turn_resume(struct http *, const void *word);
/* Answer with an error and close afterwards. `why` may be NULL. */
void http_turn_fail(struct http *, enum err, const char *why);
/* The next run of a source that is being sent. */
MUST_CHECK enum err http_turn_pull(struct http *);

/* http_answer.c: bytes of the answer into h->out. */
MUST_CHECK enum err http_answer_compose(struct http *);
/* The fixed text, made in the connection's input buffer, which must no longer be needed. */
void http_answer_plain(struct http *, enum err);

/* http.c */
when http_boot_real(void);
when http_boot(const struct http *); /* as its door sees it */
void http_clock(struct http_door *, struct cx *);
/* A body or an answer begins now, and may fall behind the least rate by `grace`. */
void http_pace(struct http *, when grace);
/* n bytes of it have moved. */
void http_paid(struct http *, ptrdiff_t n, when grace);
/* The turn ends without an answer and the connection with it. */
void http_over(struct http *);
#endif
