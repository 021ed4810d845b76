#include "store/journal.h"

#include "base/buf.h"
#include "base/js.h"
#include "store/recall.h"

enum { JUMP = 2 * 1000000 };         /* drift that is worth a record: two seconds */
enum { STEP = 8 };                   /* nodes are stored at levels 8, 16, …: a row in 256 */

static struct str bytes(const void *p, ptrdiff_t n) { return (struct str){ p, n }; }

static struct hash
hash_of(struct str s)
{
	struct hash h = { { 0 } };

	if (s.n == 32)
		memcpy(h.b, s.p, 32);
	return h;
}

/* The least content an entry can have. */
static struct str
plain_content(struct cx *cx, struct str kind, struct js *asked)
{
	struct js *c = js_object(cx);

	js_set_int(cx, c, S("v"), 1);
	js_set_str(cx, c, S("kind"), kind);
	js_set(cx, c, S("asked"), asked);
	js_set(cx, c, S("did"), js_array(cx));
	return js_text(cx, c);
}

/* The chain a record hangs in within its case. */
static enum err
chain(struct cx *cx, struct journal *j, struct record *r)
{
	struct row_entry_last_of_case *last;

	TRY(sql_entry_last_of_case(cx, j->db, j->log, r->case_id, &last));
	r->case_seq = last ? (uint64_t)last->case_seq + 1 : 0;
	r->case_prev = last ? hash_of(last->leaf) : record_first_case_prev(j->log_id, r->case_id);
	return OK;
}

static enum err
data_key_for(struct cx *cx, struct journal *j, const struct journal_entry *e, struct data_key *out)
{
	enum err err;

	switch (e->under) {
	case UNDER_SYSTEM:
		return keys_get(cx, j->db, j->keys, record_system_key(j->log_id), out);
	case UNDER_PERSON:
		return keys_new(cx, j->db, j->keys, (struct id){ { 0 } }, (struct id){ { 0 } }, KEY_IDENTITY, out);
	case UNDER_CASE:
		break;
	}
	err = keys_of_case(cx, j->db, j->keys, e->case_id, out);
	return err == ERR_NOT_FOUND ? keys_new(cx, j->db, j->keys, (struct id){ { 0 } }, e->case_id, KEY_CASE, out) : err;
}

struct source { struct db *db; int64_t log; };

/* A subtree's root out of the nearest stored level below it. */
static enum err
node_from_db(struct cx *cx, void *with, int level, uint64_t index, struct hash *out)
{
	const struct source *s = with;
	int base = level - level % STEP, up = level - base;
	int64_t from = (int64_t)(index << up), upto = (int64_t)((index + 1) << up);
	struct mark m = cx_mark(cx);
	struct tree t = { 0 };
	ptrdiff_t n = 0;

	if (base == 0) {
		struct row_leaves_get *rows;

		TRY(sql_leaves_get(cx, s->db, s->log, from, upto, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++)
			tree_append(&t, hash_of(rows[i].leaf));
	} else {
		struct row_nodes_get *rows;

		TRY(sql_nodes_get(cx, s->db, s->log, base, from, upto, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++)
			tree_append(&t, hash_of(rows[i].hash));
	}
	cx_back(cx, m);
	if (n != upto - from)
		return fail(cx, ERR_TAMPERED, "the journal lacks nodes of its tree at level %d, index %llu", level,
		    (unsigned long long)index);
	*out = tree_root(&t);
	return OK;
}

/* Keep the roots of full subtrees of 256, 65,536 … leaves. */
static enum err
keep_nodes(struct cx *cx, struct journal *j)
{
	for (int level = STEP; level < 64 && j->tree.size % (1ULL << level) == 0; level += STEP) {
		uint64_t at = (j->tree.size >> level) - 1;
		struct source s = { j->db, j->log };
		struct hash left, right, h;

		TRY(node_from_db(cx, &s, level - 1, at * 2, &left));
		TRY(node_from_db(cx, &s, level - 1, at * 2 + 1, &right));
		h = tree_node(left, right);
		TRY(sql_node_add(cx, j->db, j->log, level, (int64_t)at, hash_str(&h)));
	}
	return OK;
}

static enum err
append(struct cx *cx, struct journal *j, struct journal_entry *e)
{
	static const uint8_t flags[] = { [UNDER_SYSTEM] = RECORD_PAYLOAD, [UNDER_CASE] = RECORD_PAYLOAD | RECORD_ERASABLE,
		[UNDER_PERSON] = RECORD_PAYLOAD | RECORD_PERSON };
	struct record r = { .flags = flags[e->under], .kind = (uint16_t)e->kind, .seq = j->tree.size, .log_id = j->log_id,
		.case_id = e->case_id, .prev = j->last_leaf, .time = cx->now, .term = j->term, .node = j->node,
		.auth_method = (uint8_t)e->method, .auth_level = (uint8_t)e->level, .actor_id = e->actor_id, .policy = j->policy };
	uint8_t nonce[PAYLOAD_NONCE], raw[RECORD_SIZE];
	struct data_key key;
	struct str object;
	struct hash h;

	TRY(chain(cx, j, &r));
	TRY(data_key_for(cx, j, e, &key));
	cx->chance(nonce, sizeof nonce);
	if (!e->salted)
		cx->chance(e->salt, sizeof e->salt);
	r.dek_id = key.id;
	object = payload_seal(cx, e->content, &(struct payload_place){ j->log_id, e->case_id, key.id }, key.key, nonce, e->salt);
	r.payload_len = (uint64_t)object.n;
	r.payload_hash = sha256(object);
	r.commit = payload_commit(e->salt, e->content);
	record_write(&r, raw);
	h = record_leaf(raw);
	TRY(sql_entry_add(cx, j->db, j->log, (int64_t)r.seq, e->case_id, (int64_t)r.case_seq, r.kind, r.time,
	    bytes(raw, sizeof raw), hash_str(&h)));
	TRY(sql_payload_add(cx, j->db, j->log, (int64_t)r.seq, object));
	e->seq = r.seq;
	e->place = j->first + (int64_t)r.seq;
	e->leaf = j->last_leaf = h;
	tree_append(&j->tree, h);
	j->at = j->now = cx->now;
	j->boot = cx->boot;
	return keep_nodes(cx, j);
}

/* Has the clock jumped since the last record? At process start only backwards counts. */
static bool
jumped(const struct cx *cx, const struct journal *j)
{
	when drift;

	if (j->boot == NEVER)
		return cx->now < j->at - JUMP;
	drift = (cx->now - j->now) - (cx->boot - j->boot);
	return drift > JUMP || drift < -JUMP;
}

enum err
journal_append(struct cx *cx, struct journal *j, struct journal_entry *e)
{
	if (j->tree.size && jumped(cx, j)) {
		struct js *asked = js_object(cx);
		struct journal_entry jump = { .kind = KIND_CLOCK_JUMP, .method = AUTH_SYSTEM, .under = UNDER_SYSTEM };

		js_set_when(cx, asked, S("was"), j->at);
		js_set_when(cx, asked, S("is"), cx->now);
		js_set_int(cx, asked, S("boot_was"), j->boot == NEVER ? 0 : j->boot);
		js_set_int(cx, asked, S("boot_is"), cx->boot);
		jump.content = plain_content(cx, S("clock_jump"), asked);
		TRY(append(cx, j, &jump));
	}
	return append(cx, j, e);
}

struct journal
journal_empty(struct db *db, const struct keys *keys, int64_t log, int64_t first, struct str origin)
{
	return (struct journal){ .db = db, .keys = keys, .log = log, .first = first, .origin = origin,
		.log_id = record_log_id(origin), .last_leaf = record_first_prev(origin), .boot = NEVER, .term = 1, .node = 1 };
}

static enum err
create(struct cx *cx, struct journal *j, struct js *asked)
{
	struct journal_entry e = { .kind = KIND_LOG_OPENED, .method = AUTH_LOCAL, .level = 1, .under = UNDER_SYSTEM };
	struct data_key key;

	TRY(keys_new(cx, j->db, j->keys, record_system_key(j->log_id), (struct id){ { 0 } }, KEY_SYSTEM, &key));
	TRY(sql_term_set(cx, j->db, j->node, j->term));
	js_set_str(cx, asked, S("origin"), j->origin);
	e.content = plain_content(cx, S("log_opened"), asked);
	TRY(journal_append(cx, j, &e));
	return journal_flush(cx, j);
}

enum err
journal_create(struct cx *cx, struct db *db, const struct keys *keys, struct str origin)
{
	struct journal j = journal_empty(db, keys, 1, 0, origin);

	return create(cx, &j, js_object(cx));
}

enum err
journal_create_next(struct cx *cx, const struct journal *last, struct str origin, struct js *asked)
{
	struct journal j = journal_empty(last->db, last->keys, last->log + 1, last->first + (int64_t)last->tree.size, origin);

	j.node = last->node;
	j.term = last->term + 1; /* a process of before the restore must not be taken for one of after it */
	return create(cx, &j, asked);
}

enum err
journal_adopt(struct cx *cx, struct journal *j, const uint8_t record[RECORD_SIZE], struct str object)
{
	struct record r;
	struct hash h = record_leaf(record);

	TRY(record_read(cx, record, &r));
	TRY(sql_entry_add(cx, j->db, j->log, (int64_t)r.seq, r.case_id, (int64_t)r.case_seq, r.kind, r.time,
	    bytes(record, RECORD_SIZE), hash_str(&h)));
	if (object.p)
		TRY(sql_payload_add(cx, j->db, j->log, (int64_t)r.seq, object));
	j->last_leaf = h;
	j->at = j->now = r.time;
	j->policy = r.policy;
	j->term = r.term;
	tree_append(&j->tree, h);
	return keep_nodes(cx, j);
}

enum err
journal_open(struct cx *cx, struct db *db, const struct keys *keys, uint16_t node, struct journal *out)
{
	struct row_head_get *head;
	struct row_term_get *term;

	TRY(sql_head_get(cx, db, &head));
	TRY(sql_term_get(cx, db, node, &term));
	if (!head || !term)
		return fail(cx, ERR_NOT_FOUND, "this database holds no journal: run `tocsin init` first");
	*out = (struct journal){ .db = db, .keys = keys, .log = head->log, .first = head->first, .origin = head->origin,
		.log_id = record_log_id(head->origin), .last_leaf = hash_of(head->last_leaf), .at = head->at, .now = head->at,
		.boot = NEVER, .term = (uint32_t)term->term,
		.node = node, .policy = hash_of(head->policy) };
	out->tree.size = (uint64_t)head->size;
	if (head->frontier.n != 32LL * tree_peaks(out->tree.size))
		return fail(cx, ERR_TAMPERED, "the stored frontier does not fit a tree of %lld", (long long)head->size);
	memcpy(out->tree.peak, head->frontier.p, (size_t)head->frontier.n);
	return OK;
}

enum err
journal_follow(struct cx *cx, struct journal *j)
{
	struct row_head_get *head;
	struct row_term_get *term;
	struct row_entry_get *ours;
	struct journal now;

	TRY(sql_term_get(cx, j->db, j->node, &term));
	if (!term || term->term != j->term)
		return fail(cx, ERR_SYNC, "another process writes for node %u now", j->node);
	TRY(sql_head_get(cx, j->db, &head));
	if (!head || head->log != j->log)
		return fail(cx, ERR_SYNC, "the journal goes on in another log");
	if (head->size < (int64_t)j->tree.size)
		return fail(cx, ERR_TAMPERED, "the journal has %lld records, and this process had seen %llu", (long long)head->size,
		    (unsigned long long)j->tree.size);
	if (head->size == (int64_t)j->tree.size && str_eq(head->last_leaf, hash_str(&j->last_leaf)))
		return OK;
	TRY(sql_entry_get(cx, j->db, j->log, (int64_t)j->tree.size - 1, &ours));
	if (!ours || !str_eq(ours->leaf, hash_str(&j->last_leaf)))
		return fail(cx, ERR_TAMPERED, "record %llu of the journal is another one than this process had seen",
		    (unsigned long long)j->tree.size - 1);
	TRY(journal_open(cx, j->db, j->keys, j->node, &now));
	now.origin = j->origin; /* that lasts */
	now.now = j->now;
	now.boot = j->boot;
	*j = now;
	return OK;
}

enum err
journal_take_term(struct cx *cx, struct journal *j, bool entered)
{
	struct journal_entry e = { .kind = KIND_TERM_OPENED, .method = AUTH_SYSTEM, .under = UNDER_SYSTEM };
	struct js *asked = js_object(cx);

	j->term++;
	TRY(sql_term_set(cx, j->db, j->node, j->term));
	if (!entered)
		return OK;
	js_set_int(cx, asked, S("node"), j->node);
	js_set_int(cx, asked, S("term"), j->term);
	e.content = plain_content(cx, S("term_opened"), asked);
	return journal_append(cx, j, &e);
}

enum err
journal_flush(struct cx *cx, struct journal *j)
{
	return sql_head_set(cx, j->db, j->log, j->origin, j->first, (int64_t)j->tree.size,
	    bytes(j->tree.peak, 32LL * tree_peaks(j->tree.size)), hash_str(&j->last_leaf), j->at, hash_str(&j->policy));
}

struct tree_source
journal_source(struct cx *cx, struct db *db, int64_t log)
{
	struct source *s = NEW(cx, struct source, 1);

	*s = (struct source){ db, log };
	return (struct tree_source){ node_from_db, s };
}

enum err
journal_root_at(struct cx *cx, struct db *db, int64_t log, uint64_t size, struct hash *out)
{
	struct source s = { db, log };
	struct tree t = { .size = size };
	uint64_t from = 0;
	int n = 0;

	for (int level = 63; level >= 0; level--) {
		if (!(size >> level & 1))
			continue;
		TRY(node_from_db(cx, &s, level, from >> level, &t.peak[n++]));
		from += 1ULL << level;
	}
	*out = tree_root(&t);
	return OK;
}

enum err
journal_checkpoint(struct cx *cx, struct journal *j, struct str *note)
{
	struct checkpoint c = { j->origin, j->tree.size, tree_root(&j->tree) };
	struct row_checkpoint_of *there;
	struct str text = checkpoint_text(cx, &c);

	TRY(sql_checkpoint_of(cx, j->db, j->log, (int64_t)c.size, &there));
	if (there) {
		*note = there->note;
		return OK;
	}
	TRY(recall_extends(cx, j, &c));
	TRY(recall_signed_as(cx, j->keys, text));
	*note = note_sign(cx, &j->keys->sign, text);
	return sql_checkpoint_add(cx, j->db, j->log, (int64_t)c.size, *note, cx->now);
}

static enum err
open_payload(struct cx *cx, const struct record *r, struct str object, const struct data_key *key, struct payload *out, bool *there)
{
	TRY(payload_open(cx, object, &(struct payload_place){ r->log_id, r->case_id, r->dek_id }, key->key, out));
	*there = true;
	return OK;
}

enum err
journal_content(struct cx *cx, struct db *db, const struct keys *keys, int64_t log, const struct record *r,
    struct payload *out, bool *there)
{
	struct row_payload_get *row;
	struct data_key key;
	enum err e;

	*there = false;
	if (!(r->flags & RECORD_PAYLOAD))
		return OK;
	TRY(sql_payload_get(cx, db, log, (int64_t)r->seq, &row));
	if (!row)
		return OK;
	e = keys_get(cx, db, keys, r->dek_id, &key);
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	return open_payload(cx, r, row->object, &key, out, there);
}

enum err
journal_content_of(struct cx *cx, const struct keys *keys, const struct record *r, const struct row_entries_from *row,
    struct payload *out, bool *there)
{
	struct data_key key;

	*there = false;
	if (!(r->flags & RECORD_PAYLOAD) || !row->kept || !row->keyed)
		return OK;
	TRY(keys_unwrap(cx, keys, r->dek_id, row->key_case, row->month, row->wrapped, &key));
	return open_payload(cx, r, row->object, &key, out, there);
}
