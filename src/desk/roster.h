/* roster: a list of people as CSV, read against the directory: what is wrong in it, and what would change. Called by
 * the command line's import and by the administrator's page; neither writes before everything is right. The bytes
 * are foreign.
 *
 * Columns: person, name, and any of email, department, manager, roles, phone, active. A column that is not there
 * leaves what the directory says. Roles are divided by ";" or white space, each "role" or "role@department". */
#ifndef DESK_ROSTER_H
#define DESK_ROSTER_H
#include "base/csv.h"
#include "desk/desk.h"

enum roster_field { ROSTER_PERSON, ROSTER_NAME, ROSTER_EMAIL, ROSTER_DEPARTMENT, ROSTER_MANAGER, ROSTER_ROLES,
    ROSTER_PHONE,
	ROSTER_ACTIVE, ROSTER_FIELDS };

struct roster {
	const struct desk *d;
	struct csv csv;
	int at[ROSTER_FIELDS];        /* the column of each field, -1: not there */
	ptrdiff_t *order;             /* rows, managers before those whose manager they are */
	ptrdiff_t n;
};

/* ERR_BAD_INPUT with every fault by line and column; ERR_CONFLICT while no policy is in force. */
MUST_CHECK enum err roster_read(struct cx *, const struct desk *, struct str text, struct roster *out);
/* One row as the command `people` takes it. */
MUST_CHECK enum err roster_person(struct cx *, const struct roster *, ptrdiff_t row, struct js **out);

/* What a row does to the directory. */
enum roster_does { ROSTER_SAME, ROSTER_NEW, ROSTER_CHANGED, ROSTER_LEAVES };
struct roster_change { enum roster_does does; ptrdiff_t row; struct str person, name, detail; };
/* Of each row, in roster.order. */
MUST_CHECK enum err roster_changes(struct cx *, const struct roster *, struct roster_change **out);

/* Columns of a CSV file by name: at[] says where each stands. The first `needed` must be there, others may not; a
 * column of another name is a fault. */
MUST_CHECK enum err roster_columns(struct cx *, const struct str *names, int n, int needed, const struct csv *,
    int *at);
#endif
