/* view: the small pieces that pages are filled with. Handlers fill them; the templates in page/ turn them into HTML.
 *
 * All words are already words for people; nothing here is escaped, each template does that where it stands. An empty
 * str, a count of 0 and a NULL mean that the piece is left away. Arrays come with their n_. Hrefs may be relative,
 * https, mailto or tel: any other is shown as "#". */
#ifndef WEB_PAGE_VIEW_H
#define WEB_PAGE_VIEW_H
#include "base/str.h"

/* Markup that is known to be well formed and safe; nothing that a person typed ever becomes one. */
struct html { struct str markup; };

struct view_link { struct str text, href; };
struct view_time { struct str iso, words; };            /* "2026-11-23T09:12:00Z", "Mon 23 Nov 2026, 09:12" */
/* colour: grey (default) | blue | light-blue | turquoise | green | yellow | orange | red | pink | purple */
struct view_tag { struct str text, colour; };
/* Severity as a glyph with 1 to 4 bars beside its words. level 0 leaves it away. */
struct view_severity { int level; struct str words; };
struct view_person { struct str name, initials; bool me; }; /* an empty name: "Nobody yet" */

/* A clock in a row. SOON less than a third left, URGENT less than a tenth. */
enum clock_state {
	CLOCK_NONE, CLOCK_ON, CLOCK_SOON, CLOCK_URGENT, CLOCK_OVER, CLOCK_MET, CLOCK_PAUSED, CLOCK_UNKNOWN
};
struct view_clock {
	enum clock_state state;
	struct str words;                                  /* "5h 20m left", "2h 10m overdue", "Paused", "ICO told in 31h" */
	struct str sub;                                    /* "ICO 72h · due today 16:01" */
	struct str due;                                    /* ISO, for the script that keeps the words fresh; may be empty */
	int left;                                          /* percent of its time that is left, 0 to 100 */
};

/* The hidden fields that every form that changes something carries. */
struct view_form {
	struct str action;                                 /* where it posts to */
	struct str csrf, cid;                              /* session's token; the command's id */
	const struct view_pair *keep;                      /* more hidden fields, by name and value */
	int n_keep;
};
struct view_pair { struct str name, value; };

/* One wrong answer: `field` is the name of the field, the link in the summary leads to it. */
struct view_fault { struct str field, words; };

/* A row of a summary list: what was asked, what was answered, where to change it. */
struct view_row {
	struct str key, value;
	const struct str *more; int n_more;                /* further lines of the answer */
	struct str change, what;                           /* href and what is changed, for people who hear the page */
};

/* One field of a form: the same for the report's steps, staff forms and the settings. What was typed comes back in
 * value (or checked). */
enum field_kind {
	FIELD_TEXT, FIELD_EMAIL, FIELD_PHONE, FIELD_NUMBER, FIELD_PASSWORD, FIELD_NEW_PASSWORD, FIELD_SEARCH,
	FIELD_AREA,                                        /* several lines */
	FIELD_DATE,                                        /* day, month, year: names NAME-day, NAME-month, NAME-year */
	FIELD_TIME,                                        /* "14:30" */
	FIELD_DATE_TIME,                                  /* date and time together: as FIELD_DATE and NAME-time */
	FIELD_RADIOS, FIELD_CHECKS, FIELD_SELECT,          /* options */
	FIELD_FILE,                                        /* the form must be multipart */
};
struct view_option {
	struct str value, label, hint;
	bool checked;
	bool apart;                                        /* "or" stands before it */
	bool alone;                                        /* a checkbox that excludes the others ("None of these") */
};
struct view_field {
	enum field_kind kind;
	struct str name;                                   /* of the form field; its id too */
	struct str label, hint, error;
	struct str value;                                  /* FIELD_DATE_TIME: the time */
	struct str day, month, year;
	const struct view_option *options; int n_options;
	int rows;                                          /* of FIELD_AREA; 0: 5 */
	int limit;                                         /* most characters, counted before the reader's eyes; 0: none */
	int width;                                         /* 2, 3, 4, 5, 10, 20, 30 characters; 0: full */
	struct str suffix;                                 /* unit behind a number */
	struct str autocomplete;                           /* as HTML names it: "email", "name", "username" … */
	bool heading;                                      /* its label is the page's heading */
	bool is_optional;                                  /* says "(optional)" */
	bool small;                                        /* small radios and checkboxes, for staff */
	bool in_line;                                      /* radios beside each other */
};
/* Fields under a heading of their own (staff forms, settings). */
struct view_section {
	struct str id, title, intro;
	const struct view_field *fields; int n_fields;
};

struct view_file {
	struct str id, name, meta;                         /* "88 KB · added 9:14 by Alex Morgan" */
	struct str hash;                                   /* first characters of its fingerprint; may be empty */
	struct view_form fetch;                            /* download; action empty: not from here */
	struct view_form remove;                           /* action empty: cannot be removed here */
};

struct view_nav { struct str text, href; bool current; int count; };
struct view_card { struct str title; const struct str *text; int n_text; };
struct view_step { struct str what, when; };

/* A message in a conversation between reporter and staff. */
struct view_message {
	struct str id, who, text;
	struct view_time at;
	bool ours;                                         /* written by the one who looks */
	bool instruction;                                  /* IT asks the reporter to do something */
	struct str read;                                   /* "You read this on …"; empty while unread */
	struct view_form acknowledge;                      /* "I have read this"; action empty: nothing to press */
	struct view_form answer;                           /* a proposal: reply=agree or disagree; action empty: none */
};

/* The way to the next page of a list and back. */
struct view_pages { struct str previous, next; };

/* What stands around every page. */
struct view_frame {
	struct str title;                                  /* of the page; the service and the body are added */
	const struct view_fault *faults; int n_faults;     /* what was answered wrongly: stands first */
	struct str body, service;                          /* "St Helens Council", "Report a security incident" */
	struct str home;                                   /* href of the service's name; empty: "/" */
	struct str phone, phone_href, phone_hours;         /* "01744 676525", "tel:+441744676525", "8am to 5:30pm …" */
	struct str desk;                                   /* who answers: "IT Service Desk" */
	struct str brand;                                  /* href of brand.css; empty: the default colours */
	struct str colour;                                 /* "#0b5a55": the browser's own frame */
	const struct view_nav *nav; int n_nav;
	struct str back_href, back_text;
	struct str ask_href, ask_text;                     /* reporter pages: "Ask Internal Audit a question instead" */
	bool staff;                                        /* wide page, search box, palette */
	struct str user;                                   /* name of who is signed in */
	struct view_form sign_out;                         /* action empty: not signed in */
	struct str halted;                                 /* since when nothing new is taken in; empty: all is well */
	struct str banner;                                 /* a sentence about what has just happened: "Saved." */
	struct str banner_href, banner_link;               /* may follow it */
	struct str note;                                   /* in the footer */
};
#endif
