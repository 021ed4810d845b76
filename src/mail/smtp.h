/* smtp: hand one plain-text message to a mail server. Called by the clerk, which decides when to try again. The
 * message is built here: no text that it is given can add a header or a recipient, and automatic answers are asked
 * not to come. */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H
#include "base/cx.h"

/* What is asked of STARTTLS; smtps:// is TLS from the start. */
enum smtp_tls { SMTP_TLS_REQUIRED, SMTP_TLS_IF_OFFERED, SMTP_TLS_NONE };

struct smtp_server {
	struct str url;             /* smtp://host[:port] or smtps://host[:port]; empty: mail is not set up */
	enum smtp_tls tls;
	struct str user, password;  /* empty: none; never sent but over TLS */
	struct str ca_file;         /* certificates to trust instead of the system's; empty: the system's */
	struct str helo;            /* how we call ourselves; empty: the host part of the sender's address */
	when patience;              /* for the whole exchange; 0 means 30 s */
};

struct smtp_mail {
	struct str from_name, from; /* "Incident desk", desk@example.org; the name may be empty */
	struct str reply_to;        /* may be empty */
	struct str to;
	struct str subject, body;   /* UTF-8; the body has lines that end in LF or CRLF */
	struct str id;              /* letters, digits, dots, dashes: a notice tried again keeps its Message-ID */
	when date;
};

enum smtp_end {
	SMTP_SENT,     /* the server took it upon itself */
	SMTP_LATER,    /* not now: no connection, 4xx, no time left, no agreement on TLS or password */
	SMTP_NEVER,    /* 5xx to this sender, recipient or message */
	SMTP_NOT_SET,  /* no server is configured */
};
/* The server's last code (0: none) and its words, at most 500 bytes of printable text. */
struct smtp_answer { enum smtp_end end; int code; struct str words; };

/* Once a process, before it enters its jail: loads what the library needs later. */
MUST_CHECK enum err smtp_ready(struct cx *);
/* ERR_BAD_INPUT if the message cannot be built (a line break in a header, an address that is none, text that is not
 * UTF-8). What the server does is never an error but an answer. Blocks for as long as the server's patience
 * allows. */
MUST_CHECK enum err smtp_send(struct cx *, const struct smtp_server *, const struct smtp_mail *,
    struct smtp_answer *out);
/* The message as it goes over the wire (RFC 5322; lines ended by CRLF, no dot-stuffing yet). */
MUST_CHECK enum err smtp_message(struct cx *, const struct smtp_mail *, struct str *out);
#endif
