#include "core/bundle_sample.h"

#include "base/buf.h"
#include "base/code.h"
#include "core/idmap.h"
#include "core/payload.h"
#include "core/proof.h"
#include <assert.h>
#include <string.h>

struct bundle_sample *
bundle_sample_start(struct cx *cx, struct str origin, ptrdiff_t most)
{
	struct bundle_sample *s = NEW(cx, struct bundle_sample, 1);
	uint8_t seed[32];

	s->cx = cx;
	s->most = most;
	s->entry = NEW(cx, struct bundle_sample_entry, most);
	memset(seed, 'L', sizeof seed);
	s->log = note_key(origin, NOTE_ED25519, seed);
	memset(seed, 'W', sizeof seed);
	s->witness = note_key(S("witness.example/w1"), NOTE_COSIGNATURE, seed);
	return s;
}

static void
seal(struct bundle_sample *s, struct bundle_sample_entry *e, struct id dek_id)
{
	struct payload_place at = { record_log_id(s->log.v.name), e->record.case_id, dek_id };
	struct hash key = sha256(id_str(&dek_id));
	uint8_t nonce[PAYLOAD_NONCE];

	s->cx->chance(e->salt, sizeof e->salt);
	s->cx->chance(nonce, sizeof nonce);
	e->object = payload_seal(s->cx, e->content, &at, key.b, nonce, e->salt);
	e->record.payload_len = (uint64_t)e->object.n;
	e->record.payload_hash = sha256(e->object);
	e->record.commit = payload_commit(e->salt, e->content);
}

uint64_t
bundle_sample_add(struct bundle_sample *s, uint16_t kind, struct id case_id, uint8_t flags, struct id dek_id,
    struct str content)
{
	struct bundle_sample_entry *e = &s->entry[s->n];
	struct id log_id = record_log_id(s->log.v.name);

	assert(s->n < s->most);
	if (flags & RECORD_PAYLOAD && id_zero(dek_id))
		dek_id = record_system_key(log_id);
	e->record = (struct record){
		.flags = flags, .kind = kind, .log_id = log_id, .case_id = case_id,
		.time = s->cx->now + s->n * MINUTE, .term = 1, .node = 1,
		.auth_method = AUTH_PASSWORD_TOTP, .auth_level = 2, .actor_id = bundle_sample_case('p'),
		.dek_id = dek_id, .policy = s->n ? s->entry[s->n - 1].record.policy : (struct hash){ { 0 } },
	};
	if (kind == KIND_POLICY_SET)
		e->record.policy = sha256(content);
	if (flags & RECORD_PAYLOAD) {
		e->content = content;
		seal(s, e, dek_id);
	}
	return (uint64_t)s->n++;
}

void
bundle_sample_erase(struct bundle_sample *s, struct id case_id, struct id dek_id)
{
	for (ptrdiff_t i = 0; i < s->n; i++)
		if (id_eq(s->entry[i].record.dek_id, dek_id))
			s->entry[i].object.p = NULL;
	bundle_sample_add(s, KIND_ERASED, case_id, 0, dek_id, S(""));
}

struct id
bundle_sample_case(char letter)
{
	struct id d;

	memset(d.b, letter, sizeof d.b);
	return d;
}

enum { SYSTEM = RECORD_PAYLOAD, CASE = RECORD_PAYLOAD | RECORD_ERASABLE, PERSON = RECORD_PAYLOAD | RECORD_PERSON };

/* Case and key by letter, NUL for none. */
static const struct { uint16_t kind; char of; uint8_t flags; char key; const char *content; } story[] = {
	{ KIND_LOG_OPENED, 0, SYSTEM, 0, "{\"v\":1,\"kind\":\"log opened\",\"did\":[]}" },
	{ KIND_TERM_OPENED, 0, 0, 0, "" },
	{ KIND_POLICY_SET, 0, SYSTEM, 0, "{\"v\":1,\"kind\":\"policy set\",\"did\":[]}" },
	{ KIND_IDENTITY, 0, PERSON, '1', "{\"v\":1,\"name\":\"Ann Other\"}" },
	{ KIND_REPORT, 'A', CASE, 'a', "{\"v\":1,\"said\":\"A letter went astray.\"}" },
	{ KIND_REPORT, 'B', CASE, 'b', "{\"v\":1,\"said\":\"A laptop is missing.\"}" },
	{ KIND_REPORT, 'C', CASE, 'c', "{\"v\":1,\"said\":\"Sent by mistake.\"}" },
	{ 0x0011, 'A', CASE, 'a', "{\"v\":1,\"asked\":{\"assessed\":\"incident\"}}" },
	{ KIND_READ, 'A', 0, 0, "" },
	{ KIND_CLOCK_JUMP, 0, SYSTEM, 0, "{\"v\":1,\"kind\":\"clock jump\",\"did\":[]}" },
	{ 0x0011, 'C', CASE, 'c', "{\"v\":1,\"asked\":{\"assessed\":\"near_miss\"}}" },
	{ KIND_ERASURE_DECIDED, 'C', SYSTEM, 0, "{\"v\":1,\"kind\":\"erasure decided\",\"did\":[]}" },
	{ KIND_ERASED, 'C', 0, 'c', "" },
	{ 0x0011, 'A', CASE, 'x', "{\"v\":1,\"asked\":{\"exhibit\":\"1\"}}" },
	{ KIND_EXPORT, 'B', SYSTEM, 0, "{\"v\":1,\"kind\":\"export\",\"did\":[]}" },
	{ 0x0011, 'B', CASE, 'b', "{\"v\":1,\"asked\":{\"note\":\"found again\"}}" },
	{ KIND_EXPORT, 'A', SYSTEM, 0, "{\"v\":1,\"kind\":\"export\",\"did\":[]}" },
};

struct bundle_sample *
bundle_sample_story(struct cx *cx)
{
	struct bundle_sample *s = bundle_sample_start(cx, S("tocsin.example.gov/journal/1"), 2 * COUNT(story));

	for (ptrdiff_t i = 0; i < COUNT(story); i++) {
		struct id of = bundle_sample_case(story[i].of), key = bundle_sample_case(story[i].key);

		if (story[i].kind == KIND_ERASED)
			bundle_sample_erase(s, of, key);
		else
			bundle_sample_add(s, story[i].kind, of, story[i].flags, key, str_of(story[i].content));
	}
	return s;
}

/* Numbers, chains and leaves from the entries as they stand. Returns the bytes of all records. */
static struct str
rechain(struct bundle_sample *s)
{
	struct chain { struct id id; uint64_t next; struct hash last; } *c;
	struct idmap cases = idmap_new(s->cx, sizeof(struct chain));
	uint8_t *bytes = NEW(s->cx, uint8_t, s->n * RECORD_SIZE);
	struct hash last = record_first_prev(s->log.v.name);

	for (ptrdiff_t i = 0; i < s->n; i++) {
		struct record *r = &s->entry[i].record, told;

		c = idmap_have(&cases, r->case_id);
		r->seq = (uint64_t)i;
		r->prev = last;
		r->case_seq = c->next;
		r->case_prev = c->next ? c->last : record_first_case_prev(r->log_id, r->case_id);
		told = *r;
		if (s->spoil && i == s->spoil_at)
			s->spoil(&told);
		record_write(&told, bytes + i * RECORD_SIZE);
		c->next++;
		c->last = last = s->entry[i].leaf = record_leaf(bytes + i * RECORD_SIZE);
	}
	return (struct str){ (char *)bytes, s->n * RECORD_SIZE };
}

static struct hash *
leaves(struct bundle_sample *s)
{
	struct hash *l = NEW(s->cx, struct hash, s->n);

	rechain(s);
	for (ptrdiff_t i = 0; i < s->n; i++)
		l[i] = s->entry[i].leaf;
	return l;
}

struct str
bundle_sample_checkpoint(struct bundle_sample *s, ptrdiff_t size, bool witnessed)
{
	struct checkpoint c = { s->log.v.name, (uint64_t)size, { { 0 } } };
	const struct hash *l = leaves(s);
	struct tree t = { 0 };
	struct str text, note;

	for (ptrdiff_t i = 0; i < size; i++)
		tree_append(&t, l[i]);
	c.root = tree_root(&t);
	text = checkpoint_text(s->cx, &c);
	note = note_sign(s->cx, &s->log, text);
	if (!witnessed)
		return note;
	return str_fmt(s->cx, "%.*s%.*s", F(note),
	    F(note_line(s->cx, &s->witness, text, (uint64_t)(s->cx->now / SECOND))));
}

static void
file_add(struct bundle_sample_files *f, enum bundle_part part, struct str name, struct str bytes)
{
	f->names[part][f->b.names[part].n] = name;
	f->bytes[part][f->b.names[part].n++] = bytes;
}

static struct str
proof_of(struct bundle_sample *s, const struct hash *l, ptrdiff_t i, struct str checkpoint)
{
	struct tree_leaves all = { l, (uint64_t)s->n };
	struct proof p = { .index = (uint64_t)i, .checkpoint = checkpoint };
	enum err e = tree_inclusion(s->cx, tree_source_leaves(&all), p.index, all.n, &p.path);

	assert(!e);
	(void)e;
	return proof_write(s->cx, &p);
}

static enum err
from_files(struct cx *cx, void *with, enum bundle_part part, ptrdiff_t i, struct str *out)
{
	const struct bundle_sample_files *f = with;

	(void)cx;
	*out = f->bytes[part][i];
	return OK;
}

/* The files that go with the i-th record. */
static void
entry_files(struct bundle_sample *s, ptrdiff_t i, struct bundle_sample_files *out)
{
	const struct bundle_sample_entry *e = &s->entry[i];
	struct buf both = buf_new(s->cx);

	if (e->object.p)
		file_add(out, BUNDLE_PAYLOADS, hex_of(s->cx, sha256(e->object).b, 32), e->object);
	if (e->object.p && e->record.kind == KIND_REPORT) {
		buf_put(&both, (struct str){ (const char *)e->salt, sizeof e->salt });
		buf_put(&both, e->content);
		file_add(out, BUNDLE_OPENED, str_fmt(s->cx, "%td", i), buf_str(&both));
	}
}

void
bundle_sample_make(struct bundle_sample *s, bool full, struct id case_id, struct bundle_sample_files *out)
{
	struct cx *cx = s->cx;
	struct str all = rechain(s);
	const struct hash *l = leaves(s);
	struct buf records = buf_new(cx);

	*out = (struct bundle_sample_files){ 0 };
	for (int part = 0; part < BUNDLE_PARTS; part++) {
		out->b.names[part].at = out->names[part] = NEW(cx, struct str, s->n + 1);
		out->bytes[part] = NEW(cx, struct str, s->n + 1);
	}
	out->b.mode = full ? S("full\n") : S("case\n");
	out->b.checkpoint = bundle_sample_checkpoint(s, s->n, !s->unwitnessed);
	out->b.vkey = str_fmt(cx, "%.*s\n", F(note_vkey_text(cx, &s->log.v)));
	out->b.read = from_files;
	out->b.with = out;
	for (ptrdiff_t i = 0; i < s->n; i++) {
		if (!full && !id_eq(s->entry[i].record.case_id, case_id))
			continue;
		buf_put(&records, str_sub(all, i * RECORD_SIZE, RECORD_SIZE));
		if (!full)
			file_add(out, BUNDLE_PROOFS, str_fmt(cx, "%td.tlog-proof", i), proof_of(s, l, i, out->b.checkpoint));
		entry_files(s, i, out);
	}
	out->b.records = buf_str(&records);
}

struct bundle_trust
bundle_sample_trust(const struct bundle_sample *s)
{
	return (struct bundle_trust){ .log = s->log.v, .witness = &s->witness.v, .n_witness = 1 };
}
