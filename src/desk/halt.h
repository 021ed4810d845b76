/* halt: a body whose record has lost entries takes in nothing new until whoever keeps it has said how it goes on (`tocsin restore
 * --as-it-stands`). A failover to a standby that had not everything does that, and so does an old copy of a database: a
 * process finds less than it wrote, or the signer less than it signed. People can still read and sign in.
 *
 * It is a note in the database, which every process sees within a second, and a file of the node that found it, in case the
 * database cannot take the note yet. Both name the log that they are about: once the next log is open they mean nothing, so
 * nobody has to lift anything anywhere. Called by the desk; questions read struct halt in the desk. */
#ifndef DESK_HALT_H
#define DESK_HALT_H
#include "desk/desk.h"

/* Read the note again. */
MUST_CHECK enum err halt_look(struct cx *, struct desk *);
/* When the writer opens: the note, the file, and whether the journal holds all that this node remembers. Outside a batch. */
MUST_CHECK enum err halt_open(struct cx *, struct desk *);
/* From now on, because of what `why` says. Outside a batch. ERR_HALTED, or ERR_SYNC. */
MUST_CHECK enum err halt_declare(struct cx *, struct desk *, struct str why);
/* The database could not take the note: try again. ERR_SYNC alone is returned. */
MUST_CHECK enum err halt_tell(struct cx *, struct desk *);
/* In a batch: this process knew of so many records; the next log is to begin by saying how many of those that anybody knew are lost. */
MUST_CHECK enum err halt_knew(struct cx *, struct desk *, int64_t records);
/* ERR_HALTED, with words for whoever asked for something. */
MUST_CHECK enum err halt_refuse(struct cx *, const struct desk *);
/* The next log is open: forget. In its batch. */
MUST_CHECK enum err halt_end(struct cx *, struct desk *);
#endif
