/* doctor: is this data directory well, and what does its owner still have to do? Called by `tocsin doctor`, beside a
 * running server or without one. Looks, and changes nothing. */
#ifndef DESK_DOCTOR_H
#define DESK_DOCTOR_H
#include "desk/desk.h"

/* BAD: something is lost, unprotected or nobody's; do it now. */
enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_BAD };
struct doctor_line { struct str group, words; enum doctor_state state; struct doctor_line *next; };

/* Everything in order. `serving`: a server runs there. Errors only when the directory cannot be looked at at all. */
MUST_CHECK enum err doctor_examine(struct cx *, struct desk *, bool serving, struct doctor_line **out);
struct str doctor_state_name(enum doctor_state); /* "ok", "warn", "bad" */
#endif
