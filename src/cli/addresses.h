/* addresses: which addresses the clerk must reach, for the service manager that lets it reach no others. Called by its
 * verb. */
#ifndef CLI_ADDRESSES_H
#define CLI_ADDRESSES_H
#include "cli/cli.h"

/* The host of smtp://host:port or smtps://[::1]:25/path; empty if there is none. */
struct str addresses_host(struct str url);
/* The servers of a resolv.conf; what is no address is passed over. */
void addresses_resolvers(struct cx *, struct str file, struct buf *out);

MUST_CHECK enum err addresses_verb(struct cx *, const struct cli *);
#endif
