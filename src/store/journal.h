/* journal: the truth. It is a run of logs, of which the last is written to and the others stand as a restore found them
 * (docs/JOURNAL.md, "Restore"). Appends entries (record, payload, keys, tree) inside the batch that the registrar holds open, signs
 * checkpoints, gives content and proofs back. Called by the desk; the formats are core's (JOURNAL.md).
 *
 * A struct journal is what the one writer keeps in memory: head of the chain, frontier of the tree, term. It is plain data: the
 * desk copies it before a command and puts the copy back if the command fails. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H
#include "base/js.h"
#include "core/checkpoint.h"
#include "core/record.h"
#include "core/tree.h"
#include "store/db.h"
#include "store/keys.h"

struct journal {
	struct db *db;
	const struct keys *keys;
	int64_t log;                 /* the number of the log that is written to, from 1 */
	int64_t first;               /* how many records stand in the logs before it; first + seq is a record's place */
	struct str origin;
	struct id log_id;
	struct tree tree;
	struct hash last_leaf;
	when at, now, boot;          /* of the last record; boot NEVER: none by this process yet */
	uint32_t term;
	uint16_t node;
	struct hash policy;          /* in force; a policy-set record carries the new one */
};

/* Whose key a payload is sealed under. */
enum journal_under { UNDER_SYSTEM, UNDER_CASE, UNDER_PERSON };
struct journal_entry {
	enum kind kind;
	struct id case_id;           /* zero: the system's own */
	struct id actor_id;
	enum auth_method method;
	int level;
	enum journal_under under;
	struct str content;
	bool salted;                 /* the caller chose the salt, for `said` is made of it */
	/* filled in by journal_append */
	uint64_t seq;
	int64_t place;               /* in the whole journal; what views and people call its number */
	struct hash leaf;
	uint8_t salt[PAYLOAD_SALT];
};

/* A log without a record. */
struct journal journal_empty(struct db *, const struct keys *, int64_t log, int64_t first, struct str origin);
/* The first records of a new log: opened, and the system key. In the caller's batch. */
MUST_CHECK enum err journal_create(struct cx *, struct db *, const struct keys *, struct str origin);
/* The same for the log after `last`, which is not written to any more; `asked` is what its first record says. */
MUST_CHECK enum err journal_create_next(struct cx *, const struct journal *last, struct str origin, struct js *asked);
/* One more record of a log as a backup holds it, with its payload's object (p NULL: none). Nothing is checked here: that is
 * journal_verify's work once all are there. In the caller's batch, which ends with journal_flush. */
MUST_CHECK enum err journal_adopt(struct cx *, struct journal *, const uint8_t record[RECORD_SIZE], struct str object);
/* Read the head. `cx` is the process's own. */
MUST_CHECK enum err journal_open(struct cx *, struct db *, const struct keys *, uint16_t node, struct journal *out);
/* This process is from now on the writing node: a new term. In the caller's batch; appends the term-opened record, unless nothing
 * may be `entered`. */
MUST_CHECK enum err journal_take_term(struct cx *, struct journal *, bool entered);

/* At the beginning of a batch, with the head locked: what another node has written meanwhile is taken up. ERR_SYNC: another
 * process has taken this node's place, or the journal goes on in another log: this one is fenced off and must end.
 * ERR_TAMPERED: the journal does not hold all that this process knows of; then *j is as it was. */
MUST_CHECK enum err journal_follow(struct cx *, struct journal *);
/* Append one entry. A clock that jumped is said in an entry before it. */
MUST_CHECK enum err journal_append(struct cx *, struct journal *, struct journal_entry *);
/* The head into the database: once a batch, before COMMIT. */
MUST_CHECK enum err journal_flush(struct cx *, struct journal *);

/* Sign the tree as it stands, unless that is signed already. Writes keys/signed first, and refuses (ERR_TAMPERED) to sign
 * what does not extend the last. Call with nothing uncommitted, unless the directory is lost with the batch. */
MUST_CHECK enum err journal_checkpoint(struct cx *, struct journal *, struct str *note);

/* What the payload of a record of that log says. *there false: the payload or its key is gone. */
MUST_CHECK enum err journal_content(struct cx *, struct db *, const struct keys *, int64_t log, const struct record *,
    struct payload *out, bool *there);
/* The same of a record that entries_from gave with all that is needed. */
MUST_CHECK enum err journal_content_of(struct cx *, const struct keys *, const struct record *, const struct row_entries_from *,
    struct payload *out, bool *there);
/* So many of those at a time: the longest of them, all together, fit into any turn that reads them. */
enum { JOURNAL_PAGE = 64 };
/* Leaf hashes and stored nodes of a log as a source for proofs; for as long as the turn. */
struct tree_source journal_source(struct cx *, struct db *, int64_t log);
/* The root that a log had at a size that it has passed. */
MUST_CHECK enum err journal_root_at(struct cx *, struct db *, int64_t log, uint64_t size, struct hash *out);
/* Check everything from the first record of the first log to the last of the last: chains, tree, payloads, checkpoints,
 * and that each log begins with what is kept of the one before. n gets how many records. `keys` NULL: without contents
 * and signatures. */
MUST_CHECK enum err journal_verify(struct cx *, struct db *, const struct keys *, uint64_t *n);
#endif
