/* bundle_sample: small honest logs and their bundles in memory, for tests, trials and fuzzing: what is then
 * doctored must be refused. Never used by the product itself: its keys are known to everybody. */
#ifndef CORE_BUNDLE_SAMPLE_H
#define CORE_BUNDLE_SAMPLE_H
#include "core/bundle.h"

struct bundle_sample {
	struct cx *cx;
	struct skey log, witness;
	ptrdiff_t n, most;
	bool unwitnessed;              /* bundle_sample_make leaves the witness out */
	/* `content` and `object` have p == NULL where there is none. Entries may be changed before
	 * bundle_sample_make, which makes numbers, chains and bytes from them: a forger who holds the log's key
	 * could do no more. */
	struct bundle_sample_entry {
		struct record record;
		struct str content, object;
		uint8_t salt[32];
		struct hash leaf;
	} *entry;
	/* Called on the record at spoil_at when its chains have been made; the records after it chain to what it
	 * leaves. */
	void (*spoil)(struct record *);
	ptrdiff_t spoil_at;
};

/* A bundle and its files; files may be taken away, added or changed. */
struct bundle_sample_files {
	struct bundle b;
	struct str *names[BUNDLE_PARTS], *bytes[BUNDLE_PARTS]; /* b.names[part].n of each; room for one more */
};

/* An empty log for at most that many records; origin also names the key. */
struct bundle_sample *bundle_sample_start(struct cx *, struct str origin, ptrdiff_t most);
/* One more record. With flags & RECORD_PAYLOAD `content` is sealed under dek_id (a zero one: the system key).
 * Returns seq. */
uint64_t bundle_sample_add(struct bundle_sample *, uint16_t kind, struct id case_id, uint8_t flags, struct id dek_id,
    struct str content);
/* A record of kind erased for that key; its objects are gone. */
void bundle_sample_erase(struct bundle_sample *, struct id case_id, struct id dek_id);
/* The usual story: a policy, a person, cases A and B, a case C that is erased, exports of B and, at the end, of A. */
struct bundle_sample *bundle_sample_story(struct cx *);
struct id bundle_sample_case(char letter);

/* The signed checkpoint of the first `size` records, with the witness's cosignature or without. */
struct str bundle_sample_checkpoint(struct bundle_sample *, ptrdiff_t size, bool witnessed);
/* The bundle of the whole log, or of one case (with proofs). Payloads as far as they exist; reports disclosed. */
void bundle_sample_make(struct bundle_sample *, bool full, struct id case_id, struct bundle_sample_files *out);
/* The log's key, the witness as the only witness, quorum 0, nothing known. */
struct bundle_trust bundle_sample_trust(const struct bundle_sample *);
#endif
