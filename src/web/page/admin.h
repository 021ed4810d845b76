/* admin: pages of whoever sets Tocsin up and keeps it running. Filled by web/'s handlers; each function is generated
 * from page/NAME.html and writes the whole page. */
#ifndef WEB_PAGE_ADMIN_H
#define WEB_PAGE_ADMIN_H
#include "base/buf.h"
#include "web/page/view.h"

struct view_member {
	struct str name, email, department, manager, href;
	struct view_tag tag;
	const struct str *roles; int n_roles;
};
struct page_people {
	struct view_frame frame;
	struct str words, action;                          /* search: GET q */
	struct str count;
	const struct view_member *rows; int n_rows;
	struct str add_href, import_href;
	struct view_pages pages;
};
void page_people(struct buf *, const struct page_people *);

/* Import people from CSV: upload (field "file", multipart), what would change, apply. */
struct view_problem { int line; struct str field, words; };
struct view_change { struct str what, who, detail; struct view_tag tag; };
struct page_import {
	struct view_frame frame;
	struct view_form upload;
	struct view_field paste;                           /* the same as text */
	struct str columns;                                /* which columns are understood */
	const struct view_problem *problems; int n_problems;
	struct str result;                                 /* "12 new, 3 changed, 1 left, 204 as before" */
	const struct view_change *changes; int n_changes;
	struct view_form apply;                            /* action empty: nothing to apply */
};
void page_import(struct buf *, const struct page_import *);

struct view_undelivered {
	struct str id, to, subject, ref, href, why, tries;
	struct view_time at;
	struct view_form retry, told;                      /* try again; told in person instead */
};
struct page_undelivered {
	struct view_frame frame;
	const struct view_undelivered *rows; int n_rows;
	struct view_pages pages;
};
void page_undelivered(struct buf *, const struct page_undelivered *);

/* Set-up: one page, a form a section, each can be saved or left. */
struct view_setup {
	struct str id, title, intro;
	struct view_tag state;                             /* done, not yet */
	const struct view_row *rows; int n_rows;           /* how it is now */
	const struct view_field *fields; int n_fields;
	struct view_form form;                             /* action empty: nothing to save here */
	bool multipart;
	struct str button;
	struct view_link link;                             /* to a page of its own */
};
struct page_setup {
	struct view_frame frame;
	struct str note;                                   /* "3 of 7 done. Reports are taken already." */
	const struct view_setup *sections; int n_sections;
};
void page_setup(struct buf *, const struct page_setup *);

/* Share: the doors to put where people look. */
struct page_share {
	struct view_frame frame;
	struct str missing; struct view_link missing_link; /* what must be set before these can be used; may be empty */
	struct str url;                                    /* of the report page, as people reach it */
	struct str shortcut_href;                          /* download: tocsin.url */
	struct str snippet;                                /* HTML for the intranet, shown as text */
	struct str gateway;                                /* link for the gateway's home page */
	struct str poster_href;
	struct str mail;                                   /* address that takes reports; may be empty */
};
void page_share(struct buf *, const struct page_share *);

/* One side of A4 to print. Stands without the service's frame. */
struct page_poster {
	struct view_frame frame;
	struct html qr;                                    /* svg */
	struct str url;
	const struct str *examples; int n_examples;
};
void page_poster(struct buf *, const struct page_poster *);

/* What `doctor` says. */
struct view_check { struct str what, words, help; struct view_tag tag; };
struct view_checks { struct str title; const struct view_check *rows; int n_rows; };
struct page_status {
	struct view_frame frame;
	struct view_time at;
	bool bad;
	struct str verdict;
	const struct view_checks *groups; int n_groups;
	const struct view_link *links; int n_links;
};
void page_status(struct buf *, const struct page_status *);
#endif
