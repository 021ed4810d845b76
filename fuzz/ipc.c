/* Whatever stands on a channel, with or without a file that came along, is a message or is refused; and no descriptor
 * stays behind. The first byte says what comes along: bit 0 a file with all that follows, bit 1 sealed as ours are. */
#include "fuzz/fuzz.h"
#include "sys/ipc.h"
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static void
send_with(int to, struct str bytes, int file)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } c = { .room = { 0 } };
	struct iovec v = { (void *)(uintptr_t)bytes.p, (size_t)bytes.n };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

	if (file >= 0) {
		m.msg_control = c.room;
		m.msg_controllen = sizeof c.room;
		c.head.cmsg_level = SOL_SOCKET;
		c.head.cmsg_type = SCM_RIGHTS;
		c.head.cmsg_len = CMSG_LEN(sizeof file);
		memcpy(CMSG_DATA(&c.head), &file, sizeof file);
	}
	HOLD(sendmsg(to, &m, MSG_DONTWAIT) == bytes.n || bytes.n > IPC_INLINE);
}

FUZZ(cx, in)
{
	int ends[2], file = -1, before, after, how = in.n ? in.p[0] : 0;
	struct str got, rest = str_sub(in, 1, in.n);
	enum ipc is;

	TRY(ipc_pair(cx, ends));
	if (how & 1) {
		file = memfd_create("fuzz", MFD_ALLOW_SEALING | MFD_CLOEXEC);
		HOLD(file >= 0 && write(file, rest.p, (size_t)rest.n) == rest.n);
		if (how & 2)
			HOLD(fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
	}
	before = dup(0);
	close(before);
	send_with(ends[0], how & 4 ? S("f") : rest, file);
	is = ipc_recv(cx, ends[1], &got);
	HOLD(is != IPC_WAIT || rest.n > IPC_INLINE);
	HOLD(is != IPC_OK || got.n == rest.n || got.n == rest.n - 1);
	after = dup(0);
	close(after);
	HOLD(before == after);
	close(ends[0]);
	close(ends[1]);
	if (file >= 0)
		close(file);
	return OK;
}
