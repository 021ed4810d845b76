/* ask_report: what the pages of somebody who reports ask: the unfinished report, the directory as far as one must
 * name one's manager, and one's own cases. Called by web's handlers on their read-only connection. Each answer is for
 * one reader and holds what that reader may see: of a case its reporter sees own words, messages and where it stands,
 * never notes, other facts, or who holds a duty beyond its role. */
#ifndef DESK_ASK_REPORT_H
#define DESK_ASK_REPORT_H
#include "desk/desk.h"

/* What command `draft` kept for the browser with this token; empty when there is nothing, or it has ended. */
MUST_CHECK enum err ask_report_draft(struct cx *, const struct desk *, struct str browser, struct str *words);

/* What the directory says of the one who is signed in; `manager` is the manager's name. All empty for nobody. */
struct ask_report_self { struct str name, email, phone, department, manager; };
MUST_CHECK enum err ask_report_self(struct cx *, const struct desk *, const struct actor *,
    struct ask_report_self *out);

/* Whom somebody may mean who typed a whole name, a whole address or an id: at most 5. Never by a part of a name:
 * reporters need not sign in, and this is no directory to leaf through. */
struct ask_report_person { struct str person, name, department; };
MUST_CHECK enum err ask_report_named(struct cx *, const struct desk *, struct str typed,
    struct ask_report_person **out, ptrdiff_t *n);
MUST_CHECK enum err ask_report_departments(struct cx *, const struct desk *, struct str **out, ptrdiff_t *n);

/* Own cases, newest first, received before `before`. */
struct ask_report_line { struct str ref, title, state; when received; };
MUST_CHECK enum err ask_report_mine(struct cx *, const struct desk *, const struct actor *, when before,
    ptrdiff_t most, struct ask_report_line **out, ptrdiff_t *n);

/* nobody: it is not known who that is */
struct ask_report_duty { const struct role *role; struct str act; bool open, nobody; when due; };
struct ask_report_message { struct id id; when at, read; struct str kind, words, reply, who; bool mine; };
struct ask_report_added { when at; struct str words; };
struct ask_report_file { struct str name; int64_t size; when at; };
struct ask_report_case {
	struct id id;
	struct str ref, title, kind, state, category, narrative, mode; /* mode: named, confidential, anonymous */
	bool assessed, all_well;       /* somebody decided what it is; and that it is no incident */
	bool seen;                     /* one of those who were told has confirmed it, or has written */
	const struct js *answers;
	struct facts facts;            /* as the reporter's own report stated them: none added since */
	when received, closed, looked_at;
	struct str said, seal;         /* said: hex */
	int64_t entry;
	struct ask_report_duty *duties;       ptrdiff_t n_duties;
	struct ask_report_message *messages;  ptrdiff_t n_messages;   /* the newest ones */
	bool more_messages;                   /* earlier ones are left out */
	struct ask_report_added *added;       ptrdiff_t n_added;
	struct ask_report_file *files;        ptrdiff_t n_files;
};
/* The case of the receipt that was shown, or with `ref` the one of that reference. ERR_NOT_FOUND unless it is this
 * actor's own. */
MUST_CHECK enum err ask_report_case(struct cx *, const struct desk *, const struct actor *, struct str ref,
    struct ask_report_case *out);
#endif
