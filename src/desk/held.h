/* held: which roles somebody holds, and in which departments. A report asks it of a dozen roles, so the writer reads all that are held
 * at once and keeps them until something that the directory of people says has changed. */
#ifndef DESK_HELD_H
#define DESK_HELD_H
#include "desk/desk.h"

/* Does anybody who is there hold that role in that department (empty: in all)? */
MUST_CHECK enum err held_is(struct cx *, struct desk *, struct str role, struct str department, bool *out);
#endif
