/* turn: one request and the answer that is being made to it. This is what routes and pages are written against.
 *
 * The app hands over a struct web_app. When the head of a request is complete its `route` says who handles it and
 * what body it may have; when the body is there the handler runs. A handler either answers (turn_answer*) and
 * returns OK, or returns an error, for which `error_page` makes the answer, or parks the turn until somebody calls
 * turn_resume. All of them run in cx_run: more memory than the turn has is ERR_TOO_BIG. After an error the
 * connection is closed. */
#ifndef WEB_TURN_H
#define WEB_TURN_H
#include "base/buf.h"
#include "web/form.h"
#include "web/head.h"
#include "web/multipart.h"

struct http;
struct http_door;
struct turn;

/* A body that is pulled while it is sent. *n = 0 is the end, which may come only after `length` bytes: an error or
 * any other length breaks the connection off. Runs with the turn's arena; what it holds open goes to cx_defer. */
struct pull { enum err (*next)(void *arg, char *to, ptrdiff_t cap, ptrdiff_t *n); void *arg; int64_t length; };

/* A file that ships with the program; its name holds its hash, so it may be kept for ever. br and gzip may be
 * empty. */
struct asset { struct str type, plain, br, gzip; };

struct answer {
	int status;               /* 0: not answered yet */
	struct str type;
	struct buf fields;        /* "Name: value" CRLF … */
	struct buf made;          /* the body, when it is written piece by piece */
	struct str fixed;         /* the body, when it stands elsewhere */
	bool is_fixed, cached, broken;
	struct pull source;       /* when source.next is set */
};

struct turn {
	struct cx *cx;
	void *app;                /* web_app.self */
	void *own;                /* the app's, for this turn; NULL at first, and as before a run that overflowed */

	enum method method;       /* METHOD_GET or METHOD_POST: HEAD comes as GET, its body is left away at the end */
	struct str path;          /* as it came, encoded, without the query */
	struct str *segs;         /* decoded: "/case/a%20b" is {"case", "a b"}; "/" has none */
	int n_segs;
	struct form query;        /* of the address */
	struct str type;          /* media type of the body: lower case, without parameters; empty without a body */
	struct form form;         /* plain fields, for PLAN_FORM and PLAN_UPLOAD */
	struct str body;          /* for PLAN_BYTES */
	struct str peer;          /* address of the other end of the connection, as text; "" for a local socket */

	struct answer answer;

	/* What follows belongs to http. */
	struct http *http;
	struct http_door *door;
	const struct head *head;
	char *text;               /* of the head */
	bool bare;                /* HEAD: no body */
	bool running;
	enum err early;           /* of a resume that came before the handler had returned */
	enum err (*resume)(struct turn *, void *arg, const void *word);
	void *resume_arg;
	uint64_t ticket;
};

/* Which bodies a route takes. */
enum plan_take {
	PLAN_NOTHING,             /* none: ERR_TOO_BIG when there is one */
	PLAN_BYTES,               /* any type, in turn->body */
	PLAN_FORM,                /* application/x-www-form-urlencoded, in turn->form; else ERR_MEDIA */
	PLAN_UPLOAD,              /* the same or multipart/form-data with files into plan->sink */
};

/* Where the files of an upload go while they arrive; see multipart.h. Given up half way? cx_defer tells. */
struct upload_sink {
	enum err (*begin)(struct turn *, struct str field, struct str filename, struct str type);
	enum err (*data)(struct turn *, struct str bytes);
	enum err (*end)(struct turn *);
};

struct plan {
	enum err (*handler)(struct turn *);
	enum plan_take take;
	int64_t limit;            /* most bytes of body. What is buffered must also fit into the turn's arena */
	const struct upload_sink *sink;
};

struct web_field { struct str name, value; };

struct web_app {
	void *self;
	/* The head is there, the body not: fill in the plan (zeroed). An error is answered at once. */
	enum err (*route)(struct turn *, struct plan *);
	/* Make the answer to an error: status and all. The request may be unreadable (method GET, path "").
	 * cx->why and cx->faults say more. May be NULL; when it fails itself, a fixed plain text is sent. */
	enum err (*error_page)(struct turn *, enum err);
	/* Sent with every answer, unless the turn has set a field of that name itself. */
	const struct web_field *fields;
	int n_fields;
	void (*chance)(void *p, size_t n); /* for cx; NULL: libsodium's */
};

/* The request. Names in lower case. A field that came twice, or with an unreadable value, counts as absent. */
struct str turn_field(const struct turn *, struct str name);
struct str turn_cookie(const struct turn *, struct str name);

/* The answer. Calling again starts it afresh, but fields that were set stay. `status` 200 to 599. Strs must hold
 * until the end of the turn. All but assets get `Cache-Control: no-store` unless the turn sets that field. */
void turn_answer(struct turn *, int status, struct str type, struct str body);
/* The same with the body written into what it returns. */
struct buf *turn_answer_buf(struct turn *, int status, struct str type);
/* 303 See Other: a local address, already encoded. */
void turn_answer_see(struct turn *, struct str where);
/* From memory, br or gzip as the client takes it, to be kept for a year. */
void turn_answer_asset(struct turn *, const struct asset *);
void turn_answer_source(struct turn *, struct str type, struct pull);
/* A field of the answer. Anything but printable ASCII in name or value makes the whole answer ERR_BROKEN. */
void turn_set(struct turn *, struct str name, struct str value);
/* Content-Disposition: attachment with any UTF-8 name. */
void turn_set_download(struct turn *, struct str filename);

/* Wait: the handler returns OK after this, without an answer. `resume` runs within cx_run when turn_resume is
 * called with the ticket; it answers, fails, or parks again like a handler. After the deadline the client is
 * answered 503 and the ticket is void; a client that goes away changes nothing until then. Never 0. */
uint64_t turn_park(struct turn *, enum err (*resume)(struct turn *, void *arg, const void *word), void *arg);
/* From the loop: continue. `word` is what was waited for and need only hold during the call. false: the turn is
 * gone. */
bool turn_resume(struct http_door *, uint64_t ticket, const void *word);
#endif
