/* ask: the questions that doors ask of the views. They run in the asking process on its read-only handle, take who asks, and
 * give nothing that access does not grant: lists hold only what the actor may see, a case is opened through ask_case alone,
 * and a case that is forbidden is ERR_NOT_FOUND like one that is missing. */
#ifndef DESK_ASK_H
#define DESK_ASK_H
#include "desk/deed.h"

/* A person as pages show one. An actor that is not known (erased, anonymous) has an empty name. */
struct ask_person { struct id id; struct str name, person, email, department; };
MUST_CHECK enum err ask_person(struct cx *, const struct desk *, struct id, struct ask_person *out);

/* A case that somebody may see, and how much of it. */
struct ask_case {
	enum sight_level sight;       /* SEES_A_STUB: only ref, state, times and the actor's own duties may be shown */
	bool reporter;                /* the actor is its reporter */
	struct kase kase;
	struct facts derived;         /* with what category and policy add */
	struct row_duties_of_case *duties; ptrdiff_t n_duties;   /* soonest first; of a stub only the actor's */
	struct row_timeline *timeline; ptrdiff_t n_timeline;     /* newest first; empty for a stub; a reporter's holds "both" only */
	int64_t older;                /* entries before that seq are left out; 0: none are */
	struct row_messages *messages; ptrdiff_t n_messages;     /* the newest ones */
	bool more_messages;           /* earlier ones are left out: they stand in the timeline */
	struct row_attachments *files; ptrdiff_t n_files;
	struct str title;             /* of a stub: its reference */
};
/* `older`: timeline entries before that seq; INT64_MAX for the newest. ERR_NOT_FOUND, forbidden or missing alike. */
MUST_CHECK enum err ask_case(struct cx *, const struct desk *, const struct actor *, struct str ref, int64_t older, struct ask_case *out);

/* The newest entries of a case before that seq, newest first, and its newest messages, oldest first: at most what a
 * page can show. *older: where to go on, 0 at the end. */
MUST_CHECK enum err ask_timeline(struct cx *, const struct desk *, struct id case_id, int64_t before,
    struct row_timeline **out, ptrdiff_t *n, int64_t *older);
MUST_CHECK enum err ask_messages(struct cx *, const struct desk *, struct id case_id, struct row_messages **out,
    ptrdiff_t *n, bool *more);

/* Take out of a case what a stub may not show: every word of what happened, to whom and by whom. */
void ask_stub(struct row_case_get *);

/* The queue: soonest clock first. With words it is a search: the newest case first, or the best of the newest. */
struct ask_filter {
	bool closed;
	bool either;                  /* of a search: open or closed */
	bool best;
	struct str category, department, level, state, words;   /* empty: any */
	bool personal_data, overdue, mine;
	int64_t after;                /* where the page before ended; INT64_MIN: there was none */
	struct id after_id;
};
struct ask_row {
	struct row_case_lines *row;   /* of a stub: its title is its reference, and nothing of what happened is in it */
	enum sight_level sight;
	struct ask_person owner;
};
struct ask_page {
	struct ask_row *rows; ptrdiff_t n;
	bool more;                    /* there are others, or may be, behind `after` and `after_id` */
	int64_t after;
	struct id after_id;
	int64_t looked;               /* not 0: it ended because so many were looked through, the newest or soonest first */
	bool cut;                     /* more was typed than was looked for */
};
enum { ASK_PAGE = 50, ASK_COUNT = 1000 };
MUST_CHECK enum err ask_queue(struct cx *, const struct desk *, const struct actor *, const struct ask_filter *, struct ask_page *out);
/* What it does when there are words to look for: everything that was typed must stand in the case, which the actor must see in full.
 * What was entered in the last few seconds may be missing. */
MUST_CHECK enum err ask_search(struct cx *, const struct desk *, const struct actor *, const struct ask_filter *, struct ask_page *out);
/* The case that was typed as a reference; false if there is none that this actor may see. */
MUST_CHECK enum err ask_ref(struct cx *, const struct desk *, const struct actor *, struct str typed, struct str *ref, bool *there);
/* How many (ASK_COUNT + 1 means more than ASK_COUNT), counted over the actor's busiest token. */
MUST_CHECK enum err ask_queue_count(struct cx *, const struct desk *, const struct actor *, bool closed, int64_t *out);

/* What the actor must do: open duties addressed to them, soonest first. */
struct ask_duty { struct row_work_page row; struct str ref, title; };
MUST_CHECK enum err ask_work(struct cx *, const struct desk *, const struct actor *, ptrdiff_t most, struct ask_duty **out, ptrdiff_t *n);
/* Notices, newest first; `unseen` gets how many have not been seen among them. */
struct ask_notice { struct row_notices_of row; struct str token, ref; };
MUST_CHECK enum err ask_notices(struct cx *, const struct desk *, const struct actor *, ptrdiff_t most, struct ask_notice **out,
    ptrdiff_t *n, ptrdiff_t *unseen);

/* People and departments, for choosing whom to assign or hand over to. */
MUST_CHECK enum err ask_people(struct cx *, const struct desk *, struct str after, ptrdiff_t most, struct row_people_page **out, ptrdiff_t *n);
MUST_CHECK enum err ask_departments(struct cx *, const struct desk *, struct row_departments **out, ptrdiff_t *n);
/* Roles of the pack that nobody holds. */
MUST_CHECK enum err ask_vacant(struct cx *, const struct desk *, const struct role ***out, ptrdiff_t *n);
#endif
