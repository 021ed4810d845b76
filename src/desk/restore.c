#include "desk/restore.h"

#include "base/code.h"
#include "core/be.h"
#include "core/inventory.h"
#include "desk/arrive.h"
#include "desk/backup_state.h"
#include "desk/next.h"

/* Costs nothing until it is used: the list of a large backup is long. */
#define ROOM ((ptrdiff_t)1 << 36)
enum { AT_A_TIME = 4096 };

struct restore {
	const struct restore_ask *ask;
	struct restore_done *done;
	struct folder f;
	int from, key_folder;
	struct inventory list;
	struct keys keys;
	struct arrival arrival;
	struct db *db;
	struct next next;                       /* of checkpoints the backup's own is known first */
};

static void
tell(const struct restore *r, const char *what, int64_t n, int64_t of)
{
	watch_tell(&r->ask->watch, what, n, of);
}

static struct str
log_file(struct cx *cx, ptrdiff_t i, const char *name)
{
	return str_fmt(cx, "log-%03td/%s", i + 1, name);
}

static bool
is_listed(const struct restore *r, struct str name)
{
	for (ptrdiff_t i = 0; i < r->list.n_files; i++)
		if (str_eq(r->list.files[i].name, name))
			return true;
	return false;
}

/* Every file is there as it was written, and there is every file that must be. */
static enum err
check_files(struct cx *cx, struct restore *r)
{
	static const char *const parts[] = { "checkpoint", "payloads", "records" };

	for (ptrdiff_t i = 0; i < r->list.n_files; i++) {
		const struct inventory_file *f = &r->list.files[i];
		struct mark m = cx_mark(cx);
		struct str bytes;
		enum err e = files_map(cx, r->from, f->name, &bytes);

		if (e == ERR_NOT_FOUND)
			return fail(cx, ERR_TAMPERED, "%.*s of the backup is missing", F(f->name));
		TRY(e);
		if (!hash_eq(sha256(bytes), f->hash))
			return fail(cx, ERR_TAMPERED, "%.*s of the backup is not as it was written", F(f->name));
		cx_back(cx, m);
		tell(r, "checked files", i + 1, r->list.n_files);
	}
	for (ptrdiff_t i = 0; i < r->list.n_logs; i++)
		for (ptrdiff_t k = 0; k < COUNT(parts); k++)
			if (!is_listed(r, log_file(cx, i, parts[k])))
				return fail(cx, ERR_TAMPERED, "%.*s of the backup is not in SHA256SUMS", F(log_file(cx, i, parts[k])));
	return is_listed(r, S("state")) ? OK : fail(cx, ERR_TAMPERED, "state of the backup is not in SHA256SUMS");
}

/* The folder must hold the keys of this journal. What the signer kept there says how far it had signed. */
static enum err
check_keys(struct cx *cx, struct restore *r, struct str text, struct hash seal)
{
	const struct inventory_log *last = &r->list.logs[r->list.n_logs - 1];
	struct str note, kept;
	struct vkey v;
	enum err e;

	TRY(files_open_dir(cx, FILES_HERE, r->ask->keys, &r->key_folder));
	files_close_later(cx, r->key_folder);
	TRY(keys_load(cx, r->key_folder, last->origin, &r->keys));
	TRY(files_read(cx, r->from, log_file(cx, r->list.n_logs - 1, "checkpoint"), 1 << 16, &note));
	if (next_know(cx, &r->next, &r->keys, note) != OK || !str_eq(r->next.known[0].origin, last->origin) ||
	    r->next.known[0].size != (uint64_t)last->size)
		return fail(cx, ERR_DENIED, "the keys in %.*s are those of another journal: its signing key did not sign this backup",
		    F(r->ask->keys));
	if (!hash_eq(keys_seal(&r->keys, text), seal))
		return fail(cx, ERR_DENIED, "SHA256SUMS does not open with the root key in %.*s: it was written under another one, "
		    "or changed since", F(r->ask->keys));
	if (r->ask->vkey.n) {
		e = note_vkey_read(cx, r->ask->vkey, &v);
		if (e != OK || v.type != NOTE_ED25519 || memcmp(v.pub, r->keys.sign.v.pub, sizeof v.pub) != 0)
			return fail(cx, e ? e : ERR_DENIED, "--vkey is not the key of the signing key in %.*s", F(r->ask->keys));
	}
	e = files_read(cx, r->key_folder, S("keys/signed"), 4096, &kept);
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	r->done->known = true;
	return checkpoint_read(cx, kept, &r->next.known[r->next.n_known++]);
}

static enum err
check(struct cx *cx, struct restore *r)
{
	struct str file, text;
	struct hash seal;
	enum err e;

	TRY(files_open_dir(cx, FILES_HERE, r->ask->from, &r->from));
	files_close_later(cx, r->from);
	e = files_map(cx, r->from, S("SHA256SUMS"), &file);
	if (e == ERR_NOT_FOUND)
		return fail(cx, e, "%.*s is no backup: SHA256SUMS, which is written last, is missing", F(r->ask->from));
	TRY(e);
	TRY(inventory_read(cx, file, &r->list, &text, &seal));
	TRY(check_files(cx, r));
	TRY(check_keys(cx, r, text, seal));
	if (r->ask->n_known > NEXT_KNOWN)
		return fail(cx, ERR_TOO_BIG, "at most %d known checkpoints", NEXT_KNOWN);
	for (int i = 0; i < r->ask->n_known; i++) {
		e = next_know(cx, &r->next, &r->keys, r->ask->known[i]);
		if (e != OK)
			return fail(cx, ERR_TAMPERED, "the known checkpoint was not signed by this journal's key");
		r->done->known = true;
	}
	return OK;
}

/* The next object of a payloads file: its length must be the one recorded, or 0 where it is gone. */
static enum err
next_object(struct cx *cx, const struct record *rec, struct str *rest, struct str *object)
{
	uint64_t n;

	*object = (struct str){ NULL, 0 };
	if (!(rec->flags & RECORD_PAYLOAD))
		return OK;
	n = rest->n >= 8 ? be_get((const uint8_t *)rest->p, 8) : UINT64_MAX;
	if (n == UINT64_MAX || (n && n != rec->payload_len) || n > (uint64_t)rest->n - 8)
		return fail(cx, ERR_TAMPERED, "payloads of the backup: record %llu has none that fits", (unsigned long long)rec->seq);
	if (n)
		*object = str_sub(*rest, 8, (ptrdiff_t)n);
	*rest = str_sub(*rest, 8 + (ptrdiff_t)n, rest->n);
	return OK;
}

static enum err
adopt_log(struct cx *cx, struct restore *r, ptrdiff_t i)
{
	const struct inventory_log *l = &r->list.logs[i];
	struct str records, payloads, note, object;
	struct journal *j = &r->next.last;

	*j = journal_empty(r->db, &r->keys, i + 1, l->first, l->origin);
	TRY(files_map(cx, r->from, log_file(cx, i, "records"), &records));
	TRY(files_map(cx, r->from, log_file(cx, i, "payloads"), &payloads));
	TRY(files_read(cx, r->from, log_file(cx, i, "checkpoint"), 1 << 16, &note));
	if (records.n != l->size * RECORD_SIZE)
		return fail(cx, ERR_TAMPERED, "%.*s of the backup does not hold %lld records", F(log_file(cx, i, "records")),
		    (long long)l->size);
	for (int64_t seq = 0; seq < l->size; seq++) {
		const uint8_t *raw = (const uint8_t *)records.p + seq * RECORD_SIZE;
		struct mark m = cx_mark(cx);
		struct record rec;

		TRY(record_read(cx, raw, &rec));
		TRY(next_object(cx, &rec, &payloads, &object));
		TRY(journal_adopt(cx, j, raw, object));
		cx_back(cx, m);
		if (seq % AT_A_TIME == 0)
			tell(r, "records", l->first + seq, l->first + l->size);
	}
	if (payloads.n)
		return fail(cx, ERR_TAMPERED, "%.*s of the backup holds more than its records say", F(log_file(cx, i, "payloads")));
	TRY(journal_flush(cx, j));
	return sql_checkpoint_add(cx, r->db, j->log, l->size, note, j->at);
}

static enum err
make_places(struct cx *cx, struct restore *r)
{
	struct arrival *a = &r->arrival;

	TRY(arrive_begin(cx, &r->f, r->key_folder, r->ask->database, r->list.logs[0].origin, a));
	r->db = a->db;
	if (a->there)
		return arrive_refused(cx, a);
	return files_remove(cx, r->f.at, S("keys/signed")); /* of a log that is over */
}

static enum err
copy_vault(struct cx *cx, struct restore *r)
{
	struct vault vault = { r->db, r->f.at };

	for (ptrdiff_t i = 0; i < r->list.n_files; i++) {
		struct str name = r->list.files[i].name, bytes;
		struct mark m = cx_mark(cx);
		struct vault_put *put;
		struct id object;

		if (!str_starts(name, S("vault/")))
			continue;
		if (!id_read(str_sub(name, 6, name.n), &object))
			return fail(cx, ERR_TAMPERED, "%.*s of the backup has no name that a stored file has", F(name));
		TRY(files_map(cx, r->from, name, &bytes));
		TRY(vault_begin(cx, &vault, object, &put));
		TRY(vault_more(cx, put, bytes));
		TRY(vault_end(cx, put));
		cx_back(cx, m);
		r->done->files++;
		tell(r, "files", r->done->files, r->list.n_files);
	}
	return OK;
}

/* Whatever an entry attached must have come with the backup, and open. */
static enum err
check_vault(struct cx *cx, struct restore *r)
{
	struct row_attachments_from *rows;
	struct id case_id = { { 0 } }, object = { { 0 } };
	struct vault vault = { r->db, r->f.at };
	ptrdiff_t n;

	do {
		struct mark m = cx_mark(cx);

		TRY(sql_attachments_from(cx, r->db, case_id, object, AT_A_TIME, INT64_MAX, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			struct mark each = cx_mark(cx);
			struct str name = str_fmt(cx, "vault/%.*s", F(id_hex(cx, rows[i].object_key)));
			struct hash h;
			enum err e = vault_hash(cx, &vault, rows[i].object_key, &h);

			if (e == ERR_NOT_FOUND)
				return fail(cx, ERR_TAMPERED, "%.*s of the backup is missing, and an entry names it", F(name));
			TRY(e);
			if (!str_eq(hash_str(&h), rows[i].stored))
				return fail(cx, ERR_TAMPERED, "%.*s of the backup is not the file that an entry names", F(name));
			case_id = rows[i].case_id;
			object = rows[i].object_key;
			cx_back(cx, each);
		}
		cx_back(cx, m);
	} while (n == AT_A_TIME);
	return OK;
}

/* The logs as they were, and whether they are what they say. */
static enum err
adopt(struct cx *cx, struct restore *r)
{
	struct str state;
	uint64_t n;

	for (ptrdiff_t i = 0; i < r->list.n_logs; i++)
		TRY(adopt_log(cx, r, i));
	r->done->records = r->next.last.first + (int64_t)r->next.last.tree.size;
	TRY(db_grown(cx, r->db));
	TRY(files_map(cx, r->from, S("state"), &state));
	TRY(backup_state_take(cx, r->db, &r->keys, state));
	tell(r, "verifying", 0, 0);
	TRY(keys_check(cx, r->db, &r->keys));
	TRY(journal_verify(cx, r->db, &r->keys, &n));
	return next_compare(cx, &r->next, r->db);
}

static enum err
begin_log(struct cx *cx, struct restore *r)
{
	struct desk d = { .life = cx, .writer = true, .dir = r->f.at, .db = r->db };
	struct str note;

	tell(r, "making the views again", 0, 0);
	TRY(next_open(cx, &r->next, &d));
	TRY(journal_flush(cx, &d.journal));
	TRY(check_vault(cx, r));
	TRY(journal_checkpoint(cx, &d.journal, &note)); /* nobody sees it before the rows count; both are lost together */
	r->done->over = r->next.last.origin;
	r->done->origin = r->next.origin;
	r->done->lost = r->next.lost;
	return OK;
}

static enum err
fill(struct cx *cx, struct restore *r)
{
	TRY(check(cx, r));
	TRY(make_places(cx, r));
	TRY(db_begin(cx, r->db));
	TRY(copy_vault(cx, r));
	TRY(adopt(cx, r));
	TRY(begin_log(cx, r));
	TRY(arrive_end(cx, &r->arrival));
	return db_tidy(cx, r->db, FOLD_EMPTY);
}

static enum err
build(struct cx *cx, void *arg)
{
	struct restore *r = arg;
	enum err e = fill(cx, r);

	if (e != OK)
		arrive_undo(cx, &r->arrival);
	return e;
}

enum err
restore_run(struct cx *cx, const struct restore_ask *ask, struct restore_done *out)
{
	struct cx life = { .now = cx->now, .boot = cx->boot, .chance = cx->chance };
	struct restore *r = NEW(cx, struct restore, 1);
	enum err e;

	*out = (struct restore_done){ 0 };
	r->ask = ask;
	r->done = out;
	TRY(folder_begin(cx, ask->data, &r->f));
	cx_begin(&life, cx_room(ROOM), ROOM);
	e = cx_run(&life, build, r);
	out->over = str_copy(cx, out->over);
	out->origin = str_copy(cx, out->origin);
	if (e != OK)
		e = fail(cx, e, "%s", life.why);
	cx_end(&life); /* closes the database */
	if (e == OK) {
		tell(r, "naming the directory", 0, 0);
		e = folder_end(cx, &r->f, S("db"));
	}
	if (e != OK)
		folder_undo(cx, &r->f);
	return e;
}
