/* http: one connection's conversation without its socket: bytes go in, bytes and a deadline come out. server drives
 * it with sockets, tests with strings.
 *
 * Plain HTTP/1.1 (1.0 is taken, then closed): GET, HEAD, POST; persistent connections, pipelined requests answered
 * one after the other; no upgrade, no trailers. After any error the connection is closed. Each state has one
 * deadline that arriving bytes never reset: a body or an answer has its grace and then a least rate, and haste at its
 * beginning buys no rest later. */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H
#include "web/chunk.h"
#include "web/turn.h"

struct http_settings {
	when head, idle, park, linger;   /* a whole head; between requests; parked; after the end. 10, 10, 10, 2 s */
	when body, write;                /* how far they may fall behind the least rate. 30, 60 s */
	int64_t rate;                    /* least bytes a second of body and answer. 16 KiB */
	int turns;                       /* most at once: the slowest body or reader goes, or 503 is answered. 128 */
	ptrdiff_t arena;                 /* bytes a turn may use; untouched ones cost nothing. 16 MiB */
};
void http_defaults(struct http_settings *);

enum http_state {
	HTTP_IDLE,      /* nothing of a request has come */
	HTTP_HEAD,      /* some of it has */
	HTTP_HELD,      /* a head is complete while the door is paused */
	HTTP_BODY,
	HTTP_PARKED,
	HTTP_WRITE,     /* the answer is going out */
	HTTP_LINGER,    /* answered for the last time: what still comes is read away, or the answer could be lost */
	HTTP_OVER,      /* close the socket, or it is closed: http_close may follow */
};

struct http {
	struct http_door *door;
	enum http_state state;
	char *in;                  /* HEAD_MOST bytes of the caller's */
	ptrdiff_t n;               /* that hold something */
	struct head head;
	struct chunk chunk;
	struct multipart multipart;
	struct plan plan;
	struct buf taken;          /* the body as it is buffered */
	bool is_multipart, whole;  /* whole: all of the body has come */
	int64_t left;              /* of a body with a length */
	int64_t got;               /* of the body so far, without framing */
	struct turn *turn;
	when due;                  /* boot time */
	when paid;                 /* up to here the body or answer has kept the least rate; never ahead of the clock */
	bool last;                 /* close after this answer */
	bool gone;                 /* nobody is there any more, but the turn is parked */
	struct str out[3];         /* 100 Continue, head, body: what is still to be sent */
	int64_t left_of_source;
	char *piece;               /* room for what the source gives */
	const void *word;          /* of turn_resume, while it runs */
	char peer[48];
};

struct http_door {
	const struct web_app *app;
	struct http_settings set;
	bool paused, stopping;
	void (*clock)(when *now, when *boot); /* NULL: the real ones */
	void (*wake)(struct http *);       /* it changed outside of the calls below; may be NULL */
	/* The rest belongs to http_pool.c. */
	struct http_slot *slots;
	int *spare, n_spare;
	uint32_t ticket;
	void (*chance)(void *p, size_t n);
};

void http_door_open(struct http_door *, const struct web_app *, const struct http_settings *);
void http_door_close(struct http_door *);

/* A new connection whose input goes through in[HEAD_MOST]. */
void http_open(struct http *, struct http_door *, char *in, struct str peer);
/* Where arriving bytes go; *cap is 0 when none are wanted now. */
char *http_room(struct http *, ptrdiff_t *cap);
/* n bytes have been put there. */
void http_took(struct http *, ptrdiff_t n);
/* The other end has said that nothing more comes. */
void http_eof(struct http *);
/* The connection broke. A parked turn stays until it is resumed. */
void http_gone(struct http *);
/* What is to be sent: up to 3 pieces; returns how many. */
int http_out(const struct http *, struct str pieces[3]);
void http_sent(struct http *, ptrdiff_t n);
/* h->due has come. */
void http_due(struct http *);
/* The door is open again. */
void http_unpause(struct http *);
/* End the turn if there is one. */
void http_close(struct http *);
#endif
