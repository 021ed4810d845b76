#include "core/bundle.h"

#include "base/code.h"
#include "core/be.h"
#include "core/idmap.h"
#include "core/payload.h"
#include "core/proof.h"
#include "core/record_run.h"
#include <assert.h>
#include <string.h>

/* A file of a folder: found by its seq, or by the front of its hash. Each must turn out to belong to a record. */
struct file { struct id id; ptrdiff_t i; uint64_t size; struct hash hash; bool used; };

static const struct str folder[BUNDLE_PARTS] = {
	[BUNDLE_PROOFS] = { "proofs", 6 }, [BUNDLE_PAYLOADS] = { "payloads", 8 }, [BUNDLE_OPENED] = { "opened", 6 }
};

/* One verification. */
struct check {
	struct cx *cx;
	const struct bundle *b;
	const struct bundle_trust *t;
	struct verdict *v;
	struct vkey keys[NOTE_SIGNATURES];  /* the log's, then the witnesses' */
	struct checkpoint head;
	struct checkpoint *known;           /* by size */
	int next_known;
	struct idmap files[BUNDLE_PARTS];
	struct record_run *run;
	struct record last;
};

/* Foreign bytes that are not understood are as bad as those that do not verify; other errors are not theirs. */
static enum err
refuse(struct cx *cx, enum err e, struct str what)
{
	if (e != ERR_BAD_INPUT && e != ERR_TAMPERED)
		return e;
	return fail(cx, ERR_TAMPERED, "%.*s: %s", F(what), cx->why);
}

static struct str
record_n(struct cx *cx, uint64_t seq)
{
	return str_fmt(cx, "record %llu", (unsigned long long)seq);
}

static struct str
less_newline(struct str s)
{
	return str_ends(s, S("\n")) ? str_sub(s, 0, s.n - 1) : s;
}

/* How many witnesses are among the signers; one that was named twice counts once. */
static int
witnesses(const struct check *k, uint64_t by)
{
	int n = 0;

	for (int i = 1; i <= k->t->n_witness; i++) {
		bool again = false;

		for (int j = 1; j < i; j++)
			again |= memcmp(k->keys[j].pub, k->keys[i].pub, sizeof k->keys[i].pub) == 0;
		n += by >> i & 1 && !again;
	}
	return n;
}

/* The head: mode, the key that the bundle names, the checkpoint and who cosigned it. */
static enum err
check_head(struct check *k)
{
	struct cx *cx = k->cx;
	struct str mode = less_newline(k->b->mode);
	uint64_t by;

	k->v->full = str_eq(mode, S("full"));
	if (!k->v->full && !str_eq(mode, S("case")))
		return fail(cx, ERR_TAMPERED, "mode: it says neither full nor case");
	if (k->b->vkey.p && !str_eq(less_newline(k->b->vkey), note_vkey_text(cx, &k->t->log)))
		return fail(cx, ERR_TAMPERED, "vkey: the bundle names another key than the one to be trusted");
	if (!k->b->checkpoint.p || !k->b->records.p)
		return fail(cx, ERR_TAMPERED, "%s: it is not there", k->b->checkpoint.p ? "records.bin" : "checkpoint");
	k->keys[0] = k->t->log;
	for (int i = 0; i < k->t->n_witness; i++)
		k->keys[1 + i] = k->t->witness[i];
	TRY(refuse(cx, checkpoint_open(cx, k->b->checkpoint, k->keys, 1 + k->t->n_witness, &k->head, &by),
	    S("checkpoint")));
	k->v->witnesses = witnesses(k, by);
	if (k->v->witnesses < k->t->quorum)
		return fail(cx, ERR_TAMPERED, "checkpoint: %d of %d witnesses have signed it, and %d must", k->v->witnesses,
		    k->t->n_witness, k->t->quorum);
	k->v->size = k->head.size;
	k->v->root = k->head.root;
	k->v->origin = k->head.origin;
	return OK;
}

/* Known checkpoints, by size. */
static enum err
check_known(struct check *k)
{
	int n = k->t->n_known;

	k->known = NEW(k->cx, struct checkpoint, n);
	for (int i = 0; i < n; i++) {
		struct checkpoint c;
		int at = i;

		TRY(refuse(k->cx, checkpoint_open(k->cx, k->t->known[i], &k->t->log, 1, &c, NULL), S("known checkpoint")));
		if (k->v->full && c.size > k->head.size)
			return fail(k->cx, ERR_TAMPERED, "a known checkpoint counts %llu records, this log %llu",
			    (unsigned long long)c.size, (unsigned long long)k->head.size);
		for (; at > 0 && k->known[at - 1].size > c.size; at--)
			k->known[at] = k->known[at - 1];
		k->known[at] = c;
	}
	return OK;
}

/* The known checkpoints of the size that the tree has now. */
static enum err
reach_known(struct check *k, uint64_t size, struct hash root)
{
	for (; k->next_known < k->t->n_known && k->known[k->next_known].size == size; k->next_known++) {
		if (!hash_eq(k->known[k->next_known].root, root))
			return fail(k->cx, ERR_TAMPERED, "at %llu records the log is not the one of the known checkpoint",
			    (unsigned long long)size);
		k->v->known++;
	}
	return OK;
}

static struct id
seq_id(uint64_t seq)
{
	struct id d = { { 0 } };

	be_put(d.b, 8, seq);
	return d;
}

/* What the name of a file says; false if no honest bundle has one of that name there. */
static bool
name_read(enum bundle_part part, struct str name, struct file *f)
{
	int64_t seq;

	if (part == BUNDLE_PAYLOADS) {
		for (ptrdiff_t i = 0; i < name.n; i++)
			if (name.p[i] >= 'A' && name.p[i] <= 'F')
				return false;
		if (!hex_read(name, f->hash.b, 32))
			return false;
		f->id = id_of(f->hash.b);
		return true;
	}
	if (part == BUNDLE_PROOFS && !str_ends(name, S(".tlog-proof")))
		return false;
	if (part == BUNDLE_PROOFS)
		name.n -= S(".tlog-proof").n;
	if (!str_int(name, &seq) || seq < 0)
		return false;
	f->id = seq_id((uint64_t)seq);
	return true;
}

/* Every file of every folder by what its name says; payloads are hashed at once. */
static enum err
index_files(struct check *k, enum bundle_part part)
{
	const struct bundle_names *names = &k->b->names[part];

	for (ptrdiff_t i = 0; i < names->n; i++) {
		struct file f = { .i = i }, *at;
		struct str bytes;
		struct mark m;

		if (!name_read(part, names->at[i], &f))
			return fail(k->cx, ERR_TAMPERED, "%.*s/%.*s: no such file belongs there", F(folder[part]),
			    F(names->at[i]));
		at = idmap_have(&k->files[part], f.id);
		m = cx_mark(k->cx);
		if (part == BUNDLE_PAYLOADS) {
			TRY(k->b->read(k->cx, k->b->with, part, i, &bytes));
			if (!hash_eq(sha256(bytes), f.hash))
				return fail(k->cx, ERR_TAMPERED, "payloads/%.*s: the object is not the one of that hash",
				    F(names->at[i]));
			f.size = (uint64_t)bytes.n;
		}
		cx_back(k->cx, m);
		*at = f;
	}
	return OK;
}

static enum err
check_payload(struct check *k, const struct record *r)
{
	struct file *f = idmap_find(&k->files[BUNDLE_PAYLOADS], id_of(r->payload_hash.b));

	if (!f || !hash_eq(f->hash, r->payload_hash)) {
		record_run_missing(k->run);
		return OK;
	}
	if (f->size != r->payload_len)
		return fail(k->cx, ERR_TAMPERED, "record %llu: its payload has another length", (unsigned long long)r->seq);
	k->v->payloads += !f->used; /* two records may have the same */
	f->used = true;
	return OK;
}

static enum err
check_opened(struct check *k, const struct record *r)
{
	struct file *f = idmap_find(&k->files[BUNDLE_OPENED], seq_id(r->seq));
	struct str bytes;

	if (!f)
		return OK;
	TRY(k->b->read(k->cx, k->b->with, BUNDLE_OPENED, f->i, &bytes));
	if (!(r->flags & RECORD_PAYLOAD) || bytes.n < PAYLOAD_SALT ||
	    !hash_eq(r->commit, payload_commit((const uint8_t *)bytes.p, str_sub(bytes, PAYLOAD_SALT, bytes.n))))
		return fail(k->cx, ERR_TAMPERED, "opened/%llu: it is not what was recorded", (unsigned long long)r->seq);
	f->used = true;
	k->v->opened++;
	return OK;
}

/* A proof must lead to the bundle's own checkpoint; that copies carry more or fewer cosignatures is all right. */
static enum err
proof_leads(struct check *k, struct str text, uint64_t seq, struct hash leaf)
{
	struct checkpoint c;
	struct proof p;

	TRY(proof_read(k->cx, text, &p));
	if (p.index != seq)
		return fail(k->cx, ERR_TAMPERED, "the proof is one of another record");
	if (!str_eq(p.checkpoint, k->b->checkpoint)) {
		TRY(checkpoint_open(k->cx, p.checkpoint, k->keys, 1 + k->t->n_witness, &c, NULL));
		if (c.size != k->head.size || !hash_eq(c.root, k->head.root))
			return fail(k->cx, ERR_TAMPERED, "the proof leads to another checkpoint");
	}
	if (!tree_included(&p.path, seq, k->head.size, leaf, k->head.root))
		return fail(k->cx, ERR_TAMPERED, "the proof does not lead from it to the checkpoint");
	return OK;
}

static enum err
check_proof(struct check *k, const struct record *r)
{
	struct file *f = idmap_find(&k->files[BUNDLE_PROOFS], seq_id(r->seq));
	struct str text;

	if (!f && k->v->full)
		return OK; /* the tree itself is remade */
	if (!f)
		return fail(k->cx, ERR_TAMPERED, "record %llu: its proof is missing", (unsigned long long)r->seq);
	TRY(k->b->read(k->cx, k->b->with, BUNDLE_PROOFS, f->i, &text));
	TRY(refuse(k->cx, proof_leads(k, text, r->seq, record_run_leaf(k->run)), record_n(k->cx, r->seq)));
	f->used = true;
	k->v->proofs++;
	return OK;
}

static enum err
check_record(struct check *k, const uint8_t *at)
{
	struct mark m;

	TRY(record_run_add(k->run, at, &k->last));
	k->v->records++;
	if (k->last.flags & RECORD_PAYLOAD)
		TRY(check_payload(k, &k->last));
	m = cx_mark(k->cx);
	TRY(check_opened(k, &k->last));
	TRY(check_proof(k, &k->last));
	cx_back(k->cx, m);
	/* the tree's root costs log n hashes: only where somebody knows it */
	if (k->v->full && k->next_known < k->t->n_known && k->known[k->next_known].size == k->v->records)
		TRY(reach_known(k, k->v->records, tree_root(record_run_tree(k->run))));
	return OK;
}

static enum err
check_records(struct check *k)
{
	const uint8_t *p = (const uint8_t *)k->b->records.p;
	uint64_t n = (uint64_t)k->b->records.n / RECORD_SIZE;

	if (k->b->records.n % RECORD_SIZE)
		return fail(k->cx, ERR_TAMPERED, "records.bin: it is not a whole number of records");
	if (k->v->full ? n != k->head.size : n > k->head.size)
		return fail(k->cx, ERR_TAMPERED, "records.bin: %llu records where the checkpoint counts %llu",
		    (unsigned long long)n, (unsigned long long)k->head.size);
	if (k->v->full)
		TRY(reach_known(k, 0, sha256(S(""))));
	k->run = record_run_start(k->cx, k->v->full ? RUN_LOG : RUN_CASE, k->head.origin);
	for (uint64_t i = 0; i < n; i++)
		TRY(check_record(k, p + i * RECORD_SIZE));
	return record_run_end(k->run);
}

/* What can only be said when everything has been seen. */
static enum err
check_end(struct check *k)
{
	if (k->v->full && !hash_eq(tree_root(record_run_tree(k->run)), k->head.root))
		return fail(k->cx, ERR_TAMPERED, "the records do not make the root that the checkpoint signs");
	if (!k->v->full && (k->last.kind != KIND_EXPORT || k->last.seq != k->head.size - 1))
		return fail(k->cx, ERR_TAMPERED, "record %llu: the case does not end with the export record of its "
		    "checkpoint", (unsigned long long)k->last.seq);
	for (int part = 0; part < BUNDLE_PARTS; part++) {
		for (uint32_t i = 0; i < k->files[part].n; i++) {
			const struct file *f = idmap_nth(&k->files[part], i);

			if (!f->used)
				return fail(k->cx, ERR_TAMPERED, "%.*s/%.*s: it belongs to no record", F(folder[part]),
				    F(k->b->names[part].at[f->i]));
		}
	}
	if (!k->v->full) {
		for (; k->next_known < k->t->n_known && k->known[k->next_known].size < k->head.size; k->next_known++)
			k->v->known_beyond++;
		TRY(reach_known(k, k->head.size, k->head.root));
		k->v->known_beyond += k->t->n_known - k->next_known;
	}
	k->v->erased = record_run_erased(k->run);
	return OK;
}

enum err
bundle_verify(struct cx *cx, const struct bundle *b, const struct bundle_trust *t, struct verdict *out)
{
	struct check *k = NEW(cx, struct check, 1);

	assert(t->log.type == NOTE_ED25519 && t->n_witness < NOTE_SIGNATURES && t->quorum <= t->n_witness);
	*out = (struct verdict){ 0 };
	*k = (struct check){ .cx = cx, .b = b, .t = t, .v = out };
	TRY(check_head(k));
	TRY(check_known(k));
	for (int part = 0; part < BUNDLE_PARTS; part++) {
		k->files[part] = idmap_new(cx, sizeof(struct file));
		TRY(index_files(k, (enum bundle_part)part));
	}
	TRY(check_records(k));
	return check_end(k);
}

struct js *
bundle_verdict_js(struct cx *cx, const struct verdict *v)
{
	struct js *j = js_object(cx);

	js_set_bool(cx, j, S("ok"), true);
	js_set_str(cx, j, S("mode"), v->full ? S("full") : S("case"));
	js_set_str(cx, j, S("origin"), v->origin);
	js_set_int(cx, j, S("records"), (int64_t)v->records);
	js_set_int(cx, j, S("size"), (int64_t)v->size);
	js_set_int(cx, j, S("payloads"), (int64_t)v->payloads);
	js_set_int(cx, j, S("opened"), (int64_t)v->opened);
	js_set_int(cx, j, S("proofs"), (int64_t)v->proofs);
	js_set_int(cx, j, S("erased"), (int64_t)v->erased);
	js_set_int(cx, j, S("witnesses"), v->witnesses);
	js_set_int(cx, j, S("known"), v->known);
	js_set_int(cx, j, S("known_beyond"), v->known_beyond);
	js_set_str(cx, j, S("root"), base64_of(cx, v->root.b, 32));
	return j;
}
