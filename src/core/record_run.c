#include "core/record_run.h"

#include "core/idmap.h"
#include <string.h>

struct chain { struct id id; uint64_t next; struct hash last; };
struct lack { struct id dek; uint64_t n, first; };

struct record_run {
	struct cx *cx;
	enum record_run_mode mode;
	struct id log_id, system_key;
	struct tree tree;
	uint64_t count, erased, lacking;
	uint64_t seq;               /* of the last record */
	struct hash leaf, policy;   /* the last record's; at the start the chain's root and zero */
	struct id case_id, dek_id;  /* the last record's */
	struct record read;         /* where the caller wants none */
	bool decided;               /* an erasure has been */
	uint32_t *term;             /* of each node, so far */
	struct idmap chains, lacks;
};

struct record_run *
record_run_start(struct cx *cx, enum record_run_mode mode, struct str origin)
{
	struct record_run *run = NEW(cx, struct record_run, 1);

	run->cx = cx;
	run->mode = mode;
	run->log_id = record_log_id(origin);
	run->system_key = record_system_key(run->log_id);
	run->leaf = record_first_prev(origin);
	run->term = NEW(cx, uint32_t, UINT16_MAX + 1);
	run->chains = idmap_new(cx, sizeof(struct chain));
	run->lacks = idmap_new(cx, sizeof(struct lack));
	return run;
}

/* What is wrong between this record and all before it, or NULL. */
static const char *
wrong_order(const struct record_run *run, const struct record *r)
{
	if (!id_eq(r->log_id, run->log_id))
		return "it belongs to another log";
	if (run->mode == RUN_LOG ? r->seq != run->count : run->count && r->seq <= run->seq)
		return "it is not the next one";
	/* A case's records may lie apart: then prev is among those that we do not have. */
	if (r->seq == (run->count ? run->seq + 1 : 0) && !hash_eq(r->prev, run->leaf))
		return "it does not follow the record before it";
	if ((r->kind == KIND_LOG_OPENED) != (r->seq == 0))
		return r->seq ? "the log is opened a second time" : "the log begins without being opened";
	return NULL;
}

/* What is wrong with what it says of keys, policy and term, or NULL. */
static const char *
wrong_sense(const struct record_run *run, const struct record *r)
{
	bool other_key = r->flags & (RECORD_ERASABLE | RECORD_PERSON);

	if (r->flags & RECORD_PAYLOAD && id_eq(r->dek_id, run->system_key) == other_key)
		return "its key is not of the kind that its flags say";
	if (r->kind == KIND_ERASED && id_eq(r->dek_id, run->system_key))
		return "the system's own key is never erased";
	if (r->term < run->term[r->node])
		return "its node had a later term before";
	if (run->mode == RUN_LOG && r->kind == KIND_ERASED && !run->decided)
		return "something is erased that nobody decided to erase";
	if (r->kind == KIND_POLICY_SET ? hash_zero(r->policy) :
	    run->mode == RUN_LOG && !hash_eq(r->policy, run->policy))
		return "its policy is not the one in force";
	return NULL;
}

/* The record's place in its case, which moves on. */
static const char *
wrong_case(struct record_run *run, const struct record *r, struct hash leaf)
{
	struct chain *c;

	if (run->mode == RUN_CASE && run->count && !id_eq(r->case_id, run->case_id))
		return "it belongs to another case";
	c = idmap_have(&run->chains, r->case_id);
	if (r->case_seq != c->next)
		return "it is not the next one of its case";
	if (!hash_eq(r->case_prev, c->next ? c->last : record_first_case_prev(run->log_id, r->case_id)))
		return "it does not follow the record before it in its case";
	c->next++;
	c->last = leaf;
	return NULL;
}

static void
key_destroyed(struct record_run *run, struct id dek)
{
	struct lack *l = idmap_find(&run->lacks, dek);

	if (!l)
		return;
	run->erased += l->n;
	run->lacking -= l->n;
	l->n = 0;
}

enum err
record_run_add(struct record_run *run, const uint8_t in[RECORD_SIZE], struct record *out)
{
	struct record *r = out ? out : &run->read;
	struct hash leaf = record_leaf(in);
	const char *why;

	TRY(record_read(run->cx, in, r));
	if (!(why = wrong_order(run, r)) && !(why = wrong_sense(run, r)))
		why = wrong_case(run, r, leaf);
	if (why)
		return fail(run->cx, ERR_TAMPERED, "record %llu, at place %llu: %s", (unsigned long long)r->seq,
		    (unsigned long long)run->count, why);
	if (run->mode == RUN_LOG)
		tree_append(&run->tree, leaf);
	if (r->kind == KIND_ERASED)
		key_destroyed(run, r->dek_id);
	run->decided |= r->kind == KIND_ERASURE_DECIDED;
	run->policy = r->policy;
	run->term[r->node] = r->term;
	run->leaf = leaf;
	run->seq = r->seq;
	run->case_id = r->case_id;
	run->dek_id = r->dek_id;
	run->count++;
	return OK;
}

void
record_run_missing(struct record_run *run)
{
	struct lack *l = idmap_have(&run->lacks, run->dek_id);

	if (!l->n++)
		l->first = run->seq;
	run->lacking++;
}

enum err
record_run_end(struct record_run *run)
{
	if (!run->count)
		return fail(run->cx, ERR_TAMPERED, "there are no records");
	for (uint32_t i = 0; run->lacking && i < run->lacks.n; i++) {
		const struct lack *l = idmap_nth(&run->lacks, i);

		if (l->n)
			return fail(run->cx, ERR_TAMPERED, "record %llu: its payload is missing and was never erased",
			    (unsigned long long)l->first);
	}
	return OK;
}

uint64_t record_run_count(const struct record_run *run) { return run->count; }
const struct tree *record_run_tree(const struct record_run *run) { return &run->tree; }
struct hash record_run_leaf(const struct record_run *run) { return run->leaf; }
uint64_t record_run_erased(const struct record_run *run) { return run->erased; }
