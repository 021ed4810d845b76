/* house: what targets need that try a whole desk: a data directory, the same each time, with the pack of St Helens, a
 * person in each role and one report. It is made once a process and goes when that ends. */
#ifndef FUZZ_HOUSE_H
#define FUZZ_HOUSE_H
#include "desk/desk.h"

enum house_who { HOUSE_NOBODY, HOUSE_HANDLER, HOUSE_ADMIN, HOUSE_REPORTER, HOUSE_LOCAL, HOUSE_CLERK, HOUSE_WHOS };

struct house {
	struct desk desk;                 /* the writer */
	struct str session[HOUSE_WHOS];   /* of those who have one */
	struct actor actor[HOUSE_WHOS];
	struct str ref, code, duty, person;
	struct str token;                 /* of a program that acts for the handler */
};
const struct house *house(void);
/* For cx->chance where ids are made: other each time, and from here on the same for each input. */
void house_dice(struct cx *);

/* The input with "@ref@", "@code@", "@duty@" and "@person@" as they are in this house. */
struct str house_filled(struct cx *, struct str in);
#endif
