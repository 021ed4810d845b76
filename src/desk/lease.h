/* lease: what only one of several nodes on one database does at a time. The signer signs checkpoints; the clerk lets the clock tick,
 * writes letters and sends them. A node has a lease for half a minute and renews it while its registrar lives; whoever
 * finds it ended takes it. The database's own clock counts. Called by the desk and the registrar.
 *
 * A lease is taken, and signed under, with the head of the journal locked: two nodes never sign at once, whatever their clocks
 * say. That is also why an export may simply take the signer's lease, in the commit of its own record: until the exporting node
 * has signed exactly there, nobody else can sign something larger; afterwards it goes on as the signer.
 *
 * Where the database is a file there is one node: it has both, and nothing is written. */
#ifndef DESK_LEASE_H
#define DESK_LEASE_H
#include "desk/desk.h"

enum lease { LEASE_SIGNER, LEASE_CLERK, LEASES };

/* Is there something to do: has it ended, or will it soon and is ours? Outside a batch; writes nothing. */
MUST_CHECK enum err lease_look(struct cx *, struct desk *, enum lease, bool *wanted);
/* In a batch: take it if nobody has it, renew it if it is ours and a third of it is over; *ours: we have it. */
MUST_CHECK enum err lease_hold(struct cx *, struct desk *, enum lease, bool *ours);
/* In a batch: take it, whoever has it. */
MUST_CHECK enum err lease_seize(struct cx *, struct desk *, enum lease);
/* Give all of them up, so that nobody need wait for their end. Makes a batch of its own. */
MUST_CHECK enum err lease_leave(struct cx *, struct desk *);
#endif
