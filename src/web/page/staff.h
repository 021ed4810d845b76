/* staff: pages of those who handle cases, and of signing in. Filled by web/'s handlers; each function is generated
 * from page/NAME.html and writes the whole page. */
#ifndef WEB_PAGE_STAFF_H
#define WEB_PAGE_STAFF_H
#include "base/buf.h"
#include "web/page/view.h"

/* Fields "user" and "password". link_action takes the same form and mails a one-time link; empty: not offered. */
struct page_sign_in {
	struct view_frame frame;
	struct view_form form;
	struct str link_action;
	struct view_field user, password;
};
void page_sign_in(struct buf *, const struct page_sign_in *);

/* Set a password: FIELD_NEW_PASSWORD, and before it the old one when asks_old. */
struct page_password {
	struct view_frame frame;
	struct view_form form;
	bool asks_old;
	struct view_field old, password;
	struct str user;                                   /* for password managers */
};
void page_password(struct buf *, const struct page_password *);

/* The queue. Everything that is chosen stands in its address. */
struct view_tab { struct str text, href, count; bool current, hot; }; /* count: "38", "1,000+"; hot: red */
struct view_chip { struct str text, href; };                          /* href: without this filter */
struct view_filter { struct str legend, name; const struct view_option *options; int n_options; };
struct view_column { struct str text, href; bool up, down; };         /* sortable when href; up/down: sorted so now */
struct view_case {
	struct str ref, title, href;                       /* a stub has the reference as its title */
	struct str meta;                                   /* "Wrong recipient · Children's services" */
	struct view_clock clock;
	struct view_severity severity;
	struct view_tag state;
	struct view_person owner;
	struct view_time reported;                         /* words: "3 hours ago" */
	bool hot;                                          /* something on it is overdue or urgent */
};
struct page_queue {
	struct view_frame frame;
	struct str heading;                                /* "Cases" */
	struct view_time updated;                          /* words: "Updated 10:41" */
	struct str log_href;                               /* log a report for a caller; may be empty */
	struct str action, clear_href;                     /* of the filters: GET */
	struct view_pair keep;                             /* hidden field of the filters: view; name may be empty */
	const struct view_tab *tabs; int n_tabs;
	struct str note;                                   /* what is not on this page; may be empty */
	struct str words;                                  /* q */
	const struct view_filter *filters; int n_filters;
	const struct view_chip *chips; int n_chips;
	const struct view_column *columns; int n_columns;  /* six: case, clock, severity, status, owner, reported */
	struct str caption;                                /* "Open cases, clock soonest first" */
	const struct view_case *rows; int n_rows;
	struct view_form bulk;                             /* field "ref" many, field "do"; action empty: no check boxes */
	const struct view_option *bulk_do; int n_bulk_do;
	struct str empty;                                  /* what to say when there are no rows */
	struct view_pages pages;
};
void page_queue(struct buf *, const struct page_queue *);

/* One thing to press: a link when href, else a button that posts the form. */
struct view_action { struct str text, href; struct view_form form; bool primary; };

/* A duty on its case. */
struct view_duty {
	struct str id, title, hint;                        /* "Internal Audit · clause 4.2-2" */
	struct str href;                                   /* its own page or form; may be empty */
	struct view_tag tag;                               /* not started, cannot start yet … */
	struct view_clock clock;
	struct str done;                                   /* "Done by Dana Whitfield, yesterday 09:40" */
	struct str clause, clause_title, because;          /* why it is owed */
	const struct str *steps; int n_steps;              /* how the due time was reckoned, step by step */
	const struct view_action *actions; int n_actions;  /* done, hand over, not needed, acknowledge, agree … */
};

/* A fact, and who says so. */
struct view_fact {
	struct str name, label, value;
	struct str by;                                     /* "Priya Nair, today 10:22" or "follows from the category" */
	struct str change;                                 /* href; empty: may not */
};

enum entry_icon {
	ENTRY_PLAIN, ENTRY_MESSAGE, ENTRY_FLAG, ENTRY_CLOCK, ENTRY_PERSON, ENTRY_DUTY, ENTRY_FILE, ENTRY_READ
};
struct view_entry {
	int64_t n;                                         /* entry number */
	struct str who, what;                              /* "Priya Nair", "recorded a decision" */
	struct view_time at;
	struct str text;                                   /* words that go with it; may be empty */
	struct str reason;                                 /* "Because: …"; may be empty */
	struct str seal;
	enum entry_icon icon;
	bool law, reporter;                                /* statutory: in the brand's colour; the reporter's own words */
};

struct view_clockcard {
	struct str label, words;                           /* "72-hour clock: tell the ICO", "46h 31m left" */
	enum clock_state state;
	struct str due;                                    /* ISO */
	int gone;                                          /* percent of the time that has passed */
	const struct view_row *rows; int n_rows;           /* aware, send by, decision */
	struct view_link why;                              /* explain this due time */
};

struct page_case {
	struct view_frame frame;
	struct str ref, category, title;
	struct view_severity severity;
	const struct view_tag *tags; int n_tags;
	const struct view_action *actions; int n_actions;  /* toolbar */
	const struct view_tab *tabs; int n_tabs;           /* parts of this page: href "#duties" … */

	struct view_action triage;                         /* decide what this is; text empty: decided, or not yours */
	struct str triage_text;

	struct str duties_note;                            /* "1 of 6 done · next is due today at 17:00" */
	const struct view_duty *duties; int n_duties;
	const struct view_duty *withheld; int n_withheld;  /* title, because: roles that are not told, and why */

	const struct view_row *said; int n_said;           /* what was reported, word for word */
	struct str said_note;                              /* "by Alex Morgan, Fri 20 Nov 2026 09:14" */
	struct str facts_note;
	const struct view_fact *facts; int n_facts;
	struct str facts_href;                             /* change several at once; may be empty */

	const struct view_message *messages; int n_messages;
	bool more_messages;                                /* earlier ones stand in the timeline alone */

	const struct view_file *files; int n_files;
	struct view_form attach;                           /* multipart, field "file"; action empty: may not */
	struct str attach_limit;

	struct view_form compose;                          /* fields "to" and "text"; action empty: may not */
	const struct view_option *compose_to; int n_compose_to; /* note, message, instruction, decision */
	struct view_field compose_text;

	const struct view_entry *entries; int n_entries;   /* newest first */
	struct str older_href;                             /* more entries */

	const struct view_clockcard *clocks; int n_clocks;
	struct view_action alert;                          /* the service level will be missed: tell the reporter, agree */
	struct str alert_text;
	const struct view_row *key; int n_key;             /* owner, reporter, department … */
	const struct view_link *linked; int n_linked;
	struct str integrity;                              /* "23 entries, chain intact" */
	bool integrity_bad;
	struct str integrity_href;                         /* check it yourself */
};
void page_case(struct buf *, const struct page_case *);

/* What somebody sees who must act on a case but not know it. */
struct page_stub {
	struct view_frame frame;
	struct str ref;
	struct str why;                                    /* why no more is shown, and whom to ask */
	const struct view_tag *tags; int n_tags;
	const struct view_duty *duties; int n_duties;
	const struct view_clockcard *clocks; int n_clocks;
};
void page_stub(struct buf *, const struct page_stub *);

/* My work: what is owed by me, by due time. */
struct view_work { struct str title, href, ref, hint; struct view_clock clock; struct view_tag tag; };
struct view_works { struct str title; const struct view_work *rows; int n_rows; }; /* "Overdue", "Today", "Later" */
struct page_work {
	struct view_frame frame;
	struct str note;
	const struct view_works *groups; int n_groups;
	struct str empty;
	struct view_pages pages;
};
void page_work(struct buf *, const struct page_work *);

/* Any form of staff or administrator: triage, assign, change a fact, a duty's action, log a report for a caller,
 * alert about a service level. Above it what it is about. */
struct page_form {
	struct view_frame frame;
	struct view_form form;
	bool multipart;
	struct str above, heading;                         /* "INC-26-…", h1 */
	const struct str *text; int n_text;
	struct str warning, inset;
	const struct view_row *rows; int n_rows;           /* what there is to know before deciding */
	const struct view_field *fields; int n_fields;
	const struct view_section *sections; int n_sections; /* after the fields */
	struct str button;
	bool danger;                                       /* a red button */
	struct view_link cancel;
	const struct view_link *links; int n_links;        /* what else can be done, below the form */
};
void page_form(struct buf *, const struct page_form *);

/* A page of a few sentences, perhaps with one button or links: "We sent you a link", "Continue to sign in". */
struct page_message {
	struct view_frame frame;
	struct str heading;
	bool panel;                                        /* as a green panel */
	const struct str *text; int n_text;
	struct view_form form;                             /* action empty: no button */
	struct str button;
	const struct view_link *links; int n_links;
};
void page_message(struct buf *, const struct page_message *);

struct view_notice { struct str id, title, text, href, ref; struct view_time at; bool unread; };
struct page_notices {
	struct view_frame frame;
	const struct view_notice *rows; int n_rows;
	struct view_form all_read;                         /* action empty: nothing unread */
	struct str empty;
	struct view_pages pages;
};
void page_notices(struct buf *, const struct page_notices *);

struct view_found { struct str ref, title, href, snippet, meta; struct view_tag state; struct view_time at; };
struct page_search {
	struct view_frame frame;
	struct str words, action;
	struct str count;                                  /* "12 cases", "1,000+ cases" */
	const struct view_found *rows; int n_rows;
	struct view_pages pages;
};
void page_search(struct buf *, const struct page_search *);
#endif
