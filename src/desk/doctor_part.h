/* doctor_part: what the parts of doctor share: an examination under way, and how a part says what it found. */
#ifndef DESK_DOCTOR_PART_H
#define DESK_DOCTOR_PART_H
#include "desk/ask.h"
#include "desk/doctor.h"

struct exam { struct cx *cx; struct desk *d; struct doctor_line **end; bool serving; const struct actor *me; };
void doctor_say(struct exam *, struct str group, enum doctor_state, struct str words);

/* Which database it is, the way to it, its clock and its standbys. */
MUST_CHECK enum err doctor_database(struct exam *);
#endif
