/* report: pages of somebody who reports, follows a report or asks a question. Filled by web/'s handlers; each
 * function is generated from page/NAME.html and writes the whole page. */
#ifndef WEB_PAGE_REPORT_H
#define WEB_PAGE_REPORT_H
#include "base/buf.h"
#include "web/page/view.h"

struct page_start {
	struct view_frame frame;
	struct str report_href, follow_href;
	const struct str *examples; int n_examples;        /* "An email or letter sent to the wrong person" … */
	struct str closed;                                 /* outside support hours: when somebody reads it, truthfully */
};
void page_start(struct buf *, const struct page_start *);

/* Where somebody is in the report: question n of about `of`. n = 0 leaves it away. */
struct view_progress { int n, of, percent; };

/* What happened? The everyday categories, then "Something else", "Not sure", and the way to all of them. */
struct page_choose {
	struct view_frame frame;
	struct view_form form;
	struct view_progress progress;
	struct view_field category;                        /* FIELD_RADIOS, heading */
	struct str more_href;                              /* all categories */
};
void page_choose(struct buf *, const struct page_choose *);

/* All categories by group, with a search box that works as a GET. Each is a button that posts category=ID. */
struct view_category { struct str id, label, hint; };
struct view_group { struct str title; const struct view_category *rows; int n_rows; };
struct page_categories {
	struct view_frame frame;
	struct view_form form;
	struct str search_action;                          /* GET with q=words */
	struct view_pair keep_search;                      /* a hidden field of the search; name may be empty */
	struct str words;                                  /* what was searched */
	bool none;                                         /* the search found nothing */
	const struct view_group *groups; int n_groups;
};
void page_categories(struct buf *, const struct page_categories *);

/* Any step with one question, or a few that belong together: the questions of a category, what happened in one's own
 * words, when, which form, about people, the line manager, your details, the warning not to prove a weakness. */
struct page_question {
	struct view_frame frame;
	struct view_form form;
	struct view_progress progress;
	struct str heading;                                /* h1; empty when one field is the heading */
	struct str warning;                                /* with the "!" sign, before the fields */
	const struct str *text; int n_text;                /* paragraphs below the heading */
	struct str inset;
	const struct view_field *fields; int n_fields;
	struct str details_title; const struct str *details; int n_details;
	const struct view_card *advice; int n_advice;      /* what to do or not to do now, before the fields */
	struct str button;                                 /* empty: "Continue" */
	struct view_link skip;                             /* "Skip this question"; may be empty */
};
void page_question(struct buf *, const struct page_question *);

/* Files: those there already, and a field to add more. Posts multipart to `form`, field name "file". */
struct page_files {
	struct view_frame frame;
	struct view_form form;
	struct view_progress progress;
	const struct view_file *files; int n_files;
	struct str limit;                                  /* "Up to 10 files, 25 MB each" */
	struct view_form go_on;                            /* button Continue, plain post */
};
void page_files(struct buf *, const struct page_files *);

struct view_summary { struct str title; const struct view_row *rows; int n_rows; };
struct page_check {
	struct view_frame frame;
	struct view_form form;
	const struct view_summary *cards; int n_cards;
	const struct view_card *advice; int n_advice;
	struct str told;                                   /* who will be told, in a sentence; may be empty */
};
void page_check(struct buf *, const struct page_check *);

struct page_done {
	struct view_frame frame;
	struct str title;                                  /* empty: thanks for the report */
	struct str ref, code, seal;
	struct view_time sent;
	struct str email;                                  /* a copy went there; may be empty */
	const struct view_card *cards; int n_cards;        /* what you can do now */
	const struct view_step *next; int n_next;          /* what happens next and by when */
	struct str receipt_href, proof_href, follow_href, again_href;
	struct view_form leave;                            /* forget this page on this device; action may be empty */
};
void page_done(struct buf *, const struct page_done *);

/* To print or to save: the reporter's words exactly as recorded, and how to check them. */
struct page_receipt {
	struct view_frame frame;
	struct str ref, code, seal, said;
	struct view_time sent;
	int64_t entry;
	const struct view_row *rows; int n_rows;
	const struct view_step *next; int n_next;
	struct str proof_href;
};
void page_receipt(struct buf *, const struct page_receipt *);

/* Reference and code, as the receipt gives them. */
struct page_follow_in {
	struct view_frame frame;
	struct view_form form;
	struct view_field ref, code;
};
void page_follow_in(struct buf *, const struct page_follow_in *);

/* A reporter looks at the report. */
struct view_stage { struct str words; struct str when; bool done, now; };
struct page_follow {
	struct view_frame frame;
	struct str ref, title;
	struct view_tag state;
	struct str plain;                                  /* where it stands, in a sentence or two */
	const struct view_stage *stages; int n_stages;
	const struct view_message *messages; int n_messages;
	bool more_messages;                                /* earlier ones are not shown */
	struct view_form add;                              /* field "text": more to say; files "file" (multipart) */
	struct view_field text;
	const struct view_file *files; int n_files;
	const struct view_row *rows; int n_rows;           /* what you told us */
	const struct view_card *cards; int n_cards;
	struct str receipt_href;
	struct view_form leave;                            /* sign out of this report */
};
void page_follow(struct buf *, const struct page_follow *);
#endif
