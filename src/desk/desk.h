/* desk: where commands and questions meet the store. One function a command (command.def) and one a question (ask.h);
 * doors reach everything through here.
 *
 * A struct desk is what a process keeps for its life: the database handle, the policy in force and the settings, and, in the one
 * writer, keys and journal. Its memory is that of the process's own turn (`life`). */
#ifndef DESK_DESK_H
#define DESK_DESK_H
#include "desk/access.h"
#include "store/journal.h"
#include "store/vault.h"
#include "sys/password.h"

enum { DESK_FILE_NAME = 300, DESK_FILE_TYPE = 100 }; /* the most that is kept of a file: characters, bytes */

struct setting { struct str name, value; };
/* Whether the record has lost entries and takes in nothing new (halt.h). */
struct halt { bool is, told; when since; int64_t seen; char why[256]; }; /* seen: so many records whoever noticed it knew of */

/* What held.h keeps; known: nothing of it has changed since it was read. */
struct held { struct cx room; struct row_roles_held *roles; ptrdiff_t n; bool known; };

struct desk {
	struct cx *life;
	int dir;                       /* the data directory */
	struct db *db;
	bool writer;
	struct keys keys;              /* writer only */
	struct journal journal, before; /* writer only; before: as it was when the batch began */
	const struct policy *policy;   /* NULL until one is set */
	struct hash policy_hash;
	struct setting *settings;
	ptrdiff_t n_settings;
	struct hash settings_hash;     /* what they were made from, to notice a change */
	int64_t seen;                  /* readers: the database's version when it was last looked at */
	bool fresh;                    /* the writer: nothing of these has changed since */
	struct held held;
	uint8_t gate_key[32];          /* where one process is gate too: tests, the command line */
	bool is_gate;
	const struct verdict *verdict; /* what the gate said about the command that is about to run; NULL: not asked */
	struct halt halt;
	bool sign_now;                 /* set by an export: end the batch here and sign before anything else */
};

/* Passwords are checked and sealed by the gate, which alone can open what is stored. A command that needs it is asked
 * about first: desk_gate_question gives the message for the gate (empty: none needed), desk_gate_verdict reads its answer, and
 * the command then runs with the verdict in desk.verdict. A process that is gate as well does both by itself. A verdict
 * lies in no turn: the command may wait longer than the turn in which the gate's answer came. */
struct verdict { bool holds, sealed; uint8_t blob[PASSWORD_BLOB]; };

/* Open the data directory `path` to read (web, clerk) or as its one writer (registrar, or a verb that holds the lock). */
MUST_CHECK enum err desk_open(struct cx *life, struct str path, bool writer, struct desk *out);
/* The same from inside a jail, where the directory itself must have been opened before. */
MUST_CHECK enum err desk_open_in(struct cx *life, struct str path, int dir, bool writer, struct desk *out);
/* Before anybody is started: what will keep the database from being opened and does not pass by itself. Nothing of it is open
 * afterwards, for the processes are yet to part. */
MUST_CHECK enum err desk_foresee(struct cx *, struct str path);
/* Prepare every statement and the reader of JSON, as a process does that is to answer quickly from its first question on. */
MUST_CHECK enum err desk_warm(struct cx *, struct desk *);
/* Make a data directory: keys, database, first records, then the pack. `database` is the address of a PostgreSQL
 * database, which the directory keeps; empty: an SQLite file in the directory. `origin` empty: a name with a random part. */
MUST_CHECK enum err desk_create(struct cx *, struct str path, struct str database, struct str origin, struct str pack_yaml);

/* Where what was uploaded is kept. */
struct vault desk_vault(const struct desk *);
/* Where the directory's database is: an address in its own file, which may hold a password; else a file beside it. */
MUST_CHECK enum err desk_place(struct cx *, struct str path, int dir, struct str *out);
/* Which of the bodies in it the directory serves: 1 where nothing else is said. */
MUST_CHECK enum err desk_body(struct cx *, int dir, int64_t *body);
MUST_CHECK enum err desk_body_set(struct cx *, int dir, int64_t body);
/* ERR_CONFLICT: the body has moved to another directory (src/desk/copy.h); two that go on would each sign another journal. */
MUST_CHECK enum err desk_stays(struct cx *, int dir);

/* The folders of a data directory but those of the keys. */
MUST_CHECK enum err desk_places(struct cx *, int dir);

/* At the start of a turn: read policy and settings again if they have changed. */
MUST_CHECK enum err desk_refresh(struct cx *, struct desk *);
/* A setting, or what the pack says, or `otherwise`. */
struct str desk_setting(const struct desk *, struct str name, struct str otherwise);

/* Batches of the one writer: begin, any number of desk_do, end (which commits). Nobody is answered before the end
 * returned OK; after an error nothing of the batch has happened. But after ERR_SYNC nobody knows: then nobody is answered
 * and the process ends; who asks the next one again gets the answer. */
MUST_CHECK enum err desk_begin(struct cx *, struct desk *);
MUST_CHECK enum err desk_end(struct cx *, struct desk *);
void desk_undo(struct desk *);
enum { DESK_ANSWER = 1 << 20 }; /* no answer is longer */
/* Run one command: {"id":hex,"command":name,"case":ref,"as":{…},"args":{…}}. The answer is JSON either way: {"ok":…} or
 * {"error":{"kind","why","faults":[…]}}. An error is returned only when the batch itself is lost. */
MUST_CHECK enum err desk_do(struct cx *, struct desk *, struct str request, bool local, bool clerk, struct str *answer);
/* begin, do, end in one, for the command line and for tests. */
MUST_CHECK enum err desk_do_now(struct cx *, struct desk *, const struct js *request, bool local, struct js **answer);
/* The receipt code that belongs to a report's command id: 80 bits that only the holder of the root key can make. */
struct str desk_code(struct cx *, const struct desk *, struct id command);
/* Sign what has been committed, by whichever node; *note is the checkpoint, empty when another node is the signer (lease.h) or
 * nothing may be signed. ERR_HALTED: the journal does not extend what was signed, and the service is read-only from now on. */
MUST_CHECK enum err desk_sign(struct cx *, struct desk *, struct str *note);
/* Sign as far as this process has committed, its last record being an export's, which has made this node the signer. ERR_BUSY: more
 * has been signed meanwhile, and the export is none. */
MUST_CHECK enum err desk_sign_export(struct cx *, struct desk *, struct str *note);

/* Fold what was written back into the database file; the writer's, now and then, outside a batch. See db_tidy. */
MUST_CHECK enum err desk_tidy(struct cx *, struct desk *, enum db_fold);

MUST_CHECK enum err desk_gate_question(struct cx *, struct desk *, struct str request, struct str *question);
MUST_CHECK enum err desk_gate_verdict(struct cx *, struct str answer, struct verdict *out);
/* The gate's own work: one question, one answer. */
MUST_CHECK enum err desk_gate_work(struct cx *, const uint8_t key[32], struct str question, struct str *answer);

/* An answer that went wrong, as JSON; and back into an error whose faults stand in cx (for doors). */
struct js *desk_error(struct cx *, enum err);
MUST_CHECK enum err desk_answer(struct cx *, struct str answer, struct js **ok);
#endif
