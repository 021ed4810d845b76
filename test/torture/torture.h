/* torture: what the trials with hostile strings share. The strings come from ../shared/data/torture, put into one
 * folder by run.sh ($TORTURE); none of them stands in this project.
 *
 * The oracle. Every string is either kept and shown byte for byte, or refused by a message that names its field and
 * with what was typed still in that field. Shown means: a page with it has the very same elements and attributes as
 * the page with a harmless word in its place, and where the harmless word stood the string stands, whole.
 *
 * What is done to a string on purpose, and nothing else: forms turn CR LF and CR into LF; space, tab and line ends
 * go from both ends of a field; an email address is kept in small letters; a list shows the first sentence of a
 * report, cut between characters as people see them, or the kind of report where there is none. In the name of a file
 * %22 is a quote, two backslashes are one and line ends are %0A and %0D, for so do browsers write them. */
#ifndef TORTURE_H
#define TORTURE_H
#include "torture_look.h"
#include "web/report_walk.h"

enum { SLOTS = 32, PAGES = 16, TURNS = 400 };

/* One field of a form: what it says now, the word that stands in the harmless page, how it was named in a form. */
struct slot {
	struct str name, said, calm;
	struct str alt;             /* how lists may show it; empty: as it is */
	bool refused;
	bool small, choice;         /* kept in small letters; one of a list, so that a browser could not have sent it */
	bool file, word;            /* the name of a file; a word of ours, which may stand anywhere on a page */
};

struct round {
	struct cx *cx;
	struct slot slot[SLOTS];
	int n;
	bool exact;                 /* not by forms: line ends stay as they are */
	bool calm;                  /* the first one, whose pages the others are held against */
	struct look base[PAGES];
};

extern long torture_tried, torture_failed;
/* Something is not as it must be; goes on, prints the first twenty. */
__attribute__((format(printf, 1, 2)))
void torture_wrong(const char *fmt, ...);
/* Whether nothing was wrong since this was asked before. */
bool torture_holds(void);
/* Printable, for such a line. */
struct str torture_words(struct cx *, struct str);

/* Run this over all strings, TURNS of them at a time, each time on a service of its own. */
void torture_turns(struct cx *, void (*some)(struct cx *, const struct str *, ptrdiff_t n, ptrdiff_t from,
    ptrdiff_t to));
/* The lists: all of the short ones and as many of the payload lines as $TORTURE_LINES says ("all": every one). Good
 * text only; what is not UTF-8 or blank is tried elsewhere. Skips the test when there are none. */
ptrdiff_t torture_strings(struct cx *, struct str **out);
/* A file of the folder; skips the test when it is not there. */
struct str torture_file(struct cx *, const char *name);
const char *torture_folder(void);

/* Give each slot its string of this turn: over all turns, every string comes to every slot. */
void round_begin(struct round *, const struct str *strings, ptrdiff_t n, ptrdiff_t turn);
struct slot *round_slot(struct round *, const char *name, const char *calm);
/* What is kept of it. */
struct str round_kept(const struct round *, const struct slot *);
/* Fill these slots into the form and send it until it is taken: what is refused must be named and shown again, and is
 * then said harmlessly. `more`: name, value, name, value, …, NULL that are always filled. */
void round_send(struct round *, struct browse *, const char *action, int from, int to, const char *const *more);
/* Whether this is the harmless text with what was said in place of the harmless words; true where none stands. */
bool round_same(struct round *, struct str calm, struct str now);
/* Hold the page against the harmless one. */
void round_page(struct round *, struct browse *, int page);
/* The same for lists that grow: no element that the harmless page does not have. */
void round_list(struct round *, struct browse *, int page);
/* A field of that name on the page holds just this. */
void round_says(struct round *, struct browse *, const char *name, struct str words);
#endif
