/* multipart: a streaming reader of multipart/form-data (RFC 7578), fed by http. Plain fields are collected, files
 * go to a sink as they arrive and are never held.
 *
 * Strict: nothing before the first boundary or behind the last, no padding, exactly one Content-Disposition a part,
 * no encodings, no filename*. A file name is data for showing: it is never a path, and nobody may make one of it. */
#ifndef WEB_MULTIPART_H
#define WEB_MULTIPART_H
#include "base/buf.h"
#include "web/form.h"

enum { MULTIPART_PARTS = 200, MULTIPART_FIELD = 256 << 10, MULTIPART_FIELDS = 1 << 20, MULTIPART_HEAD = 8 << 10 };

/* Where files go. Strs hold until the end of the turn, except the bytes. */
struct multipart_sink {
	enum err (*begin)(void *arg, struct str field, struct str filename, struct str type);
	enum err (*data)(void *arg, struct str bytes);
	enum err (*end)(void *arg);
};

struct multipart {
	struct cx *cx;
	struct form *form;
	const struct multipart_sink *sink; /* NULL: no files are taken (ERR_MEDIA) */
	void *arg;
	char delim[76];               /* CR LF -- boundary */
	int n_delim, match;           /* how much of it the last bytes are */
	uint8_t step;
	bool file, hollow;            /* this part is a file; it has no file name and must stay empty */
	int parts;
	ptrdiff_t collected;          /* bytes of plain fields so far */
	struct buf text;              /* the head or value that is being collected */
	struct str name;
};

/* `type` is the whole Content-Type. ERR_MEDIA: it is not multipart/form-data with an acceptable boundary. */
MUST_CHECK enum err multipart_begin(struct multipart *, struct cx *, struct str type, struct form *,
    const struct multipart_sink *, void *arg);
MUST_CHECK enum err multipart_feed(struct multipart *, struct str bytes);
/* All bytes have come. ERR_BAD_INPUT when the last boundary has not, or for faults of the fields. */
MUST_CHECK enum err multipart_end(struct multipart *);
#endif
