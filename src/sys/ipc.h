/* ipc: messages between the processes of one machine, over UNIX sockets that keep message bounds (SOCK_SEQPACKET).
 * Called by registrar, gate, clerk, the workers' command channel and the command line. Nothing here blocks but
 * ipc_call. A message arrives whole or not at all, in order. Up to IPC_MAX bytes: what is over IPC_INLINE travels as
 * a sealed memory file, so that socket buffers never bound a message. What peers say is still foreign: it is only
 * framed here. */
#ifndef SYS_IPC_H
#define SYS_IPC_H
#include "base/cx.h"
#include <sys/types.h>

enum { IPC_INLINE = 64 << 10, IPC_MAX = 32 << 20 };

enum ipc {
	IPC_OK,
	IPC_WAIT, /* nothing there, or no room yet: come back when the socket is ready */
	IPC_GONE, /* the other end is closed */
	IPC_BAD,  /* not framed as we frame; or too long to send. The receiver should close the socket */
};

/* Both ends of a channel; neither blocks, neither survives exec. The caller owns both. */
MUST_CHECK enum err ipc_pair(struct cx *, int ends[2]);

/* Listen at a path with mode 0600, taking the place of a stale socket: only the holder of the directory's lock may
 * call this. Paths longer than a socket address are reached through their directory. */
MUST_CHECK enum err ipc_listen(struct cx *, struct str path, int *fd);
/* ERR_NOT_FOUND if nobody listens there (no socket, or one that its server left behind). */
MUST_CHECK enum err ipc_connect(struct cx *, struct str path, int *fd);

/* Who is at the other end, as the kernel saw it when the connection was made. */
struct ipc_peer { uid_t uid; gid_t gid; pid_t pid; };
/* The next connection that waits; IPC_WAIT if none does. */
enum ipc ipc_accept(int listener, int *fd, struct ipc_peer *);

enum ipc ipc_send(int fd, struct str message);
/* The message lies in the turn's arena. IPC_BAD says why in cx. */
enum ipc ipc_recv(struct cx *, int fd, struct str *message);

/* For the command line: send one message and wait for one answer. ERR_TIMEOUT, or ERR_BUSY when the server went away:
 * then it is not known whether the command was done, and the same id may be sent again. */
MUST_CHECK enum err ipc_call(struct cx *, int fd, struct str message, when patience, struct str *answer);
#endif
