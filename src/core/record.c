#include "core/record.h"

#include "core/be.h"
#include "core/payload.h"
#include <assert.h>
#include <string.h>

/* Where each field stands. */
enum {
	AT_MAGIC = 0, AT_VERSION = 4, AT_FLAGS = 5, AT_KIND = 6, AT_SEQ = 8, AT_LOG = 16, AT_CASE = 32, AT_CASE_SEQ = 48,
	AT_CASE_PREV = 56, AT_PREV = 88, AT_TIME = 120, AT_TERM = 128, AT_NODE = 132, AT_METHOD = 134, AT_LEVEL = 135,
	AT_ACTOR = 136, AT_POLICY = 152, AT_DEK = 184, AT_LEN = 200, AT_HASH = 208, AT_COMMIT = 240
};
static const char magic[4] = { 'T', 'S', 'J', '1' };

/* What is wrong with a record in itself, or NULL. */
static const char *
wrong(const struct record *r)
{
	bool payload = r->flags & RECORD_PAYLOAD, person = r->flags & RECORD_PERSON;

	if (r->flags & ~(RECORD_PAYLOAD | RECORD_ERASABLE | RECORD_PERSON))
		return "unknown flags are set";
	if (!payload && r->flags)
		return "flags speak of a payload that is not there";
	if (person && r->flags & RECORD_ERASABLE)
		return "two kinds of key at once";
	if (r->auth_method > AUTH_LOCAL || r->auth_level > 3)
		return "unknown way of signing in";
	if (!payload && (r->payload_len || !hash_zero(r->payload_hash) || !hash_zero(r->commit)))
		return "it has no payload, but a length, hash or commitment";
	if (payload && (!payload_size_ok(r->payload_len) || hash_zero(r->payload_hash) || hash_zero(r->commit)))
		return "the payload has an impossible length, or no hash or commitment";
	if (r->kind == KIND_ERASED && payload)
		return "an erased record has a payload";
	if (id_zero(r->dek_id) == (payload || r->kind == KIND_ERASED))
		return payload || r->kind == KIND_ERASED ? "it names no key" : "it names a key without a payload";
	if (person != (r->kind == KIND_IDENTITY))
		return "an identity and its kind of key do not go together";
	if (person && !id_zero(r->case_id))
		return "an identity inside a case";
	return NULL;
}

static void
put(uint8_t *out, const void *bytes, size_t n)
{
	memcpy(out, bytes, n);
}

void
record_write(const struct record *r, uint8_t out[RECORD_SIZE])
{
	assert(!wrong(r));
	put(out + AT_MAGIC, magic, sizeof magic);
	out[AT_VERSION] = 1;
	out[AT_FLAGS] = r->flags;
	be_put(out + AT_KIND, 2, r->kind);
	be_put(out + AT_SEQ, 8, r->seq);
	put(out + AT_LOG, r->log_id.b, 16);
	put(out + AT_CASE, r->case_id.b, 16);
	be_put(out + AT_CASE_SEQ, 8, r->case_seq);
	put(out + AT_CASE_PREV, r->case_prev.b, 32);
	put(out + AT_PREV, r->prev.b, 32);
	be_put(out + AT_TIME, 8, (uint64_t)r->time);
	be_put(out + AT_TERM, 4, r->term);
	be_put(out + AT_NODE, 2, r->node);
	out[AT_METHOD] = r->auth_method;
	out[AT_LEVEL] = r->auth_level;
	put(out + AT_ACTOR, r->actor_id.b, 16);
	put(out + AT_POLICY, r->policy.b, 32);
	put(out + AT_DEK, r->dek_id.b, 16);
	be_put(out + AT_LEN, 8, r->payload_len);
	put(out + AT_HASH, r->payload_hash.b, 32);
	put(out + AT_COMMIT, r->commit.b, 32);
}

static struct hash
hash_at(const uint8_t *p)
{
	struct hash h;

	memcpy(h.b, p, 32);
	return h;
}

enum err
record_read(struct cx *cx, const uint8_t in[RECORD_SIZE], struct record *out)
{
	*out = (struct record){
		.flags = in[AT_FLAGS], .kind = (uint16_t)be_get(in + AT_KIND, 2), .seq = be_get(in + AT_SEQ, 8),
		.log_id = id_of(in + AT_LOG), .case_id = id_of(in + AT_CASE), .case_seq = be_get(in + AT_CASE_SEQ, 8),
		.case_prev = hash_at(in + AT_CASE_PREV), .prev = hash_at(in + AT_PREV), .time = (when)be_get(in + AT_TIME, 8),
		.term = (uint32_t)be_get(in + AT_TERM, 4), .node = (uint16_t)be_get(in + AT_NODE, 2),
		.auth_method = in[AT_METHOD], .auth_level = in[AT_LEVEL], .actor_id = id_of(in + AT_ACTOR),
		.policy = hash_at(in + AT_POLICY), .dek_id = id_of(in + AT_DEK), .payload_len = be_get(in + AT_LEN, 8),
		.payload_hash = hash_at(in + AT_HASH), .commit = hash_at(in + AT_COMMIT),
	};
	bool ours = memcmp(in, magic, sizeof magic) == 0 && in[AT_VERSION] == 1;
	const char *why = ours ? wrong(out) : "it is no record of version 1";

	if (why)
		return fail(cx, ERR_TAMPERED, "record %llu: %s", (unsigned long long)out->seq, why);
	return OK;
}

struct hash
record_leaf(const uint8_t in[RECORD_SIZE])
{
	char leaf[1 + RECORD_SIZE] = { 0 };

	memcpy(leaf + 1, in, RECORD_SIZE);
	return sha256((struct str){ leaf, sizeof leaf });
}

struct id
record_log_id(struct str origin)
{
	return id_of(sha256(origin).b);
}

struct hash
record_first_prev(struct str origin)
{
	return HASH(S("tocsin/v1/log\n"), origin, S("\n"));
}

struct hash
record_first_case_prev(struct id log_id, struct id case_id)
{
	return HASH(S("tocsin/v1/case\n"), id_str(&log_id), id_str(&case_id));
}

struct id
record_system_key(struct id log_id)
{
	return id_of(HASH(S("tocsin/v1/system-key\n"), id_str(&log_id)).b);
}

struct str
record_kind_words(uint16_t kind)
{
	switch (kind) {
#define KIND(name, number, words) case number: return S(words);
#include "core/kind.def"
#undef KIND
	default: return S("");
	}
}
