/* vault: exhibits and attachments as they are stored, each encrypted under a key of its own (src/sys/stream.h). Beside an SQLite
 * database each is a file of the folder vault/; a database that nodes share keeps them itself, in chunks, so that every node
 * reaches them and a standby has them too. Called by uploads, downloads, backup, restore and copies; nothing
 * else opens vault/.
 *
 * An object that has come in part is not found by anybody but vault_keep and vault_begin, which go on with it or begin it
 * again. It never changes once it is whole. */
#ifndef STORE_VAULT_H
#define STORE_VAULT_H
#include "base/hash.h"
#include "store/db.h"
#include "sys/stream.h"

/* What one row holds: only the last of an object is shorter, and may be empty. What one call of vault_keep moves. */
enum { VAULT_CHUNK = 256 << 10, VAULT_SLICE = 1 << 20 };

struct vault { struct db *db; int dir; /* the data directory */ };

/* Take over this node's spool/<object>, within the batch of the caller. Into a database it goes slice by slice, so that a large
 * file keeps nobody waiting: until *whole it must be asked again. OK for what is there already; ERR_NOT_FOUND: no such file.
 * The spool's name goes later, by vault_tidy, for the batch may yet be lost. */
MUST_CHECK enum err vault_keep(struct cx *, const struct vault *, struct id object, bool *whole);
/* Bytes as stored; ERR_NOT_FOUND. */
MUST_CHECK enum err vault_size(struct cx *, const struct vault *, struct id object, int64_t *out);
/* All of it, at most VAULT_CHUNK bytes at a time; ERR_NOT_FOUND. What the sink takes of the arena is given
 * back after each piece. */
MUST_CHECK enum err vault_read(struct cx *, const struct vault *, struct id object, struct stream_sink);
/* The same at the reader's own pace: nothing of the database is held from one piece to the next. The end is an empty one. */
struct vault_get { struct vault v; struct id object; int fd; int64_t at, size; };
MUST_CHECK enum err vault_get(struct cx *, const struct vault *, struct id object, struct vault_get *out);
MUST_CHECK enum err vault_get_next(struct cx *, struct vault_get *, struct str *piece);
MUST_CHECK enum err vault_hash(struct cx *, const struct vault *, struct id object, struct hash *out);

/* Put an object from elsewhere: begin, any number of bytes, end. In the caller's batch if there is one. In a folder it is not synced: whoever makes
 * the folder does that (src/sys/folder.h). vault_more is a stream_sink's function, whose `with` is the put. */
struct vault_put;
MUST_CHECK enum err vault_begin(struct cx *, const struct vault *, struct id object, struct vault_put **out);
MUST_CHECK enum err vault_more(struct cx *, void *put, struct str bytes);
MUST_CHECK enum err vault_end(struct cx *, struct vault_put *);

/* Every object by its name, in order; stops at the first error of `each`. */
MUST_CHECK enum err vault_list(struct cx *, const struct vault *, enum err (*each)(struct cx *, void *with, struct id), void *with);
/* Whole or in part; OK if there is none. In the caller's batch if there is one. */
MUST_CHECK enum err vault_remove(struct cx *, const struct vault *, struct id object);

/* What stands in the folder of a node whose database is shared, from before objects were kept there: into the database, and out
 * of the folder. Outside a batch. */
MUST_CHECK enum err vault_move_in(struct cx *, const struct vault *);

/* Take out of this node's spool what is in the vault, and what nobody came for within a day. */
MUST_CHECK enum err vault_tidy(struct cx *, const struct vault *);
#endif
