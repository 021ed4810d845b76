/* upload: files on their way in: encrypted while they arrive, into the spool, under a key of their own that goes to the
 * registrar with the command `upload`. No clear text of an upload reaches a disk. Called by handlers of routes that take
 * PLAN_UPLOAD, through the list of what has arrived. */
#ifndef WEB_UPLOAD_H
#define WEB_UPLOAD_H
#include "sys/stream.h"
#include "web/visit.h"

struct upload {
	struct str field, name, type;      /* as the browser said: words, never a path */
	struct id object;                  /* its name in the spool, and of its key */
	uint8_t key[STREAM_KEY];
	struct stream_sum sum;
	bool whole;
	struct upload *next;
};

const struct upload_sink *upload_to_spool(void);
/* Most bytes of a request to a route of uploads whose own limit is 0: the setting, or 100 MiB. */
int64_t upload_limit(const struct desk *);
/* What has arrived in this request, in order; NULL for nothing. Empty parts (no file was chosen) are left out. */
struct upload *upload_list(struct visit *);
/* The command's args for one, and what a report or an attach command then says of it (docs: command upload). */
struct js *upload_args(struct cx *, const struct upload *);
struct js *upload_words(struct cx *, const struct upload *);
#endif
