/* record: the 272 bytes of one journal entry, and what its chains hang from. Used by the journal, which writes
 * them, and by every verifier. Pure; there is exactly one reading of a record, and hashes are always taken over
 * the bytes as stored. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H
#include "base/cx.h"
#include "base/hash.h"
#include "core/id.h"

enum { RECORD_SIZE = 272 };

/* Kinds: KIND_REPORT … as numbered in kind.def. A number that is not there is still a valid record: an older
 * verifier must be able to check a newer log. */
enum kind {
#define KIND(name, number, words) KIND_##name = number,
#include "core/kind.def"
#undef KIND
};

/* Flags. PAYLOAD alone means: under the body's system key. ERASABLE: under a case's or an exhibit's key. PERSON:
 * an identity under a key of its own. The last two exclude each other and are never there without PAYLOAD. */
enum { RECORD_PAYLOAD = 1, RECORD_ERASABLE = 2, RECORD_PERSON = 4 };

enum auth_method {
	AUTH_NONE, AUTH_PASSWORD, AUTH_PASSWORD_TOTP, AUTH_PASSKEY, AUTH_OIDC, AUTH_EMAIL, AUTH_RECEIPT_CODE,
	AUTH_SYSTEM, AUTH_LOCAL
};

struct record {
	uint8_t flags;               /* RECORD_… */
	uint16_t kind;               /* enum kind, or one that we do not know */
	uint64_t seq;                /* leaf index from 0 */
	struct id log_id, case_id;   /* case_id zero: the system's own */
	uint64_t case_seq;           /* from 0 within the case */
	struct hash case_prev, prev; /* leaf hashes, or the chain's root */
	when time;                   /* as the clock said */
	uint32_t term;
	uint16_t node;
	uint8_t auth_method;         /* enum auth_method */
	uint8_t auth_level;          /* 0 … 3 */
	struct id actor_id;          /* pseudonym */
	struct hash policy;          /* of the pack in force; zero before the first */
	struct id dek_id;            /* zero without payload, but in KIND_ERASED: the key that was destroyed */
	uint64_t payload_len;        /* of the stored object: 64 + 256 k; zero if none */
	struct hash payload_hash;    /* of the stored object; zero if none */
	struct hash commit;          /* payload_commit(salt, content); zero if none */
};

/* The bytes of a record that keeps the rules below; one that does not is a bug. */
void record_write(const struct record *, uint8_t out[RECORD_SIZE]);

/* Strict: magic, version, unknown flags, auth method and level, and what must be zero or not zero (see struct
 * record; an identity record has case_id zero, PERSON and its kind go together, an erased record has no payload
 * and names a key). ERR_TAMPERED says which, and *out is then of no use. Neither chains nor hashes are looked at
 * here: that is record_run's work. */
MUST_CHECK enum err record_read(struct cx *, const uint8_t in[RECORD_SIZE], struct record *out);

/* SHA-256(0x00 ‖ record): the leaf of the tree, what prev and case_prev hold, and the `seal` of a report. */
struct hash record_leaf(const uint8_t in[RECORD_SIZE]);

/* What the chains hang from. */
struct id record_log_id(struct str origin);
struct hash record_first_prev(struct str origin);
struct hash record_first_case_prev(struct id log_id, struct id case_id);
/* The dek_id of the body's system key. */
struct id record_system_key(struct id log_id);

/* The words of a kind ("report received"); the empty str for a number that kind.def does not have. */
struct str record_kind_words(uint16_t kind);
#endif
