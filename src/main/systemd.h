/* systemd: what a service and its manager tell each other: a socket that already listens (LISTEN_FDS), and that the service
 * is ready or stops (NOTIFY_SOCKET). A few lines of our own in place of libsystemd. Called by serve. */
#ifndef MAIN_SYSTEMD_H
#define MAIN_SYSTEMD_H
#include "base/cx.h"

/* The socket that was passed; -1 if none was. ERR_USAGE if it is not one socket that listens. */
MUST_CHECK enum err systemd_socket(struct cx *, int *fd);

/* A line to the manager, opened before the jail; -1 if nobody waits to hear. Closed at the end of the turn. */
MUST_CHECK enum err systemd_open(struct cx *, int *fd);
/* "READY=1" and the like; what cannot be said is not. */
void systemd_say(int fd, struct str words);
#endif
