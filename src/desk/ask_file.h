/* ask_file: the content of an attached file, decrypted while it goes out. Whoever wants it sends the command `download`
 * first: its answer says that they may and that it is entered, and has what opens the file. Called by doors. Memory is
 * bounded whatever the size of the file, and nothing of the database is held between two pieces. */
#ifndef DESK_ASK_FILE_H
#define DESK_ASK_FILE_H
#include "desk/desk.h"

struct ask_file { struct str name; int64_t size; struct file_out *out; };
/* `granted`: the answer of `download`. The first chunk is opened and checked here, so that of a small file all is known
 * before a byte is sent. ERR_NOT_FOUND: it has gone since; ERR_TAMPERED. */
MUST_CHECK enum err ask_file_open(struct cx *, const struct desk *, const struct js *granted, struct ask_file *out);
/* The next bytes of ask_file.out, at most `cap`; *n = 0 is the end. Only what was checked is ever given, and the last
 * chunk only once the whole file is known to be what was attached. After an error: never again. */
MUST_CHECK enum err ask_file_next(struct file_out *, char *to, ptrdiff_t cap, ptrdiff_t *n);
#endif
