#include "desk/desk.h"

#include "base/code.h"
#include "base/buf.h"
#include "base/log.h"
#include "core/receipt.h"
#include "desk/halt.h"
#include "desk/lease.h"
#include "pack/pack.h"
#include "store/effect.h"
#include "store/recall.h"
#include "sys/files.h"
#include "sys/folder.h"

static struct str bytes32(const struct hash *h) { return (struct str){ (const char *)h->b, 32 }; }

/* Can they have changed? The writer is told by its own commands, everybody else by the database. */
static bool
is_stale(struct desk *d)
{
	int64_t version;

	if (d->writer)
		return !d->fresh;
	version = db_version(d->db);
	if (version >= 0 && version == d->seen)
		return false;
	d->seen = version;
	return true;
}

/* The pack and the settings into the process's own arena, if they are not those it has. They change rarely, and what is
 * replaced stays until the process ends. */
enum err
desk_refresh(struct cx *cx, struct desk *d)
{
	struct row_policy_hash_in_force *hash;
	struct row_policy_in_force *p;
	struct row_settings *rows;
	struct buf b = buf_new(cx);
	struct hash h;
	ptrdiff_t n;

	if (!is_stale(d))
		return OK;
	if (!d->writer)
		TRY(halt_look(cx, d));
	TRY(sql_policy_hash_in_force(cx, d->db, &hash));
	if (hash && hash->hash.n == 32 && !str_eq(hash->hash, bytes32(&d->policy_hash))) {
		TRY(sql_policy_in_force(cx, d->db, &p));
		TRY(pack_read(d->life, str_copy(d->life, p->yaml), &d->policy));
		memcpy(d->policy_hash.b, p->hash.p, 32);
	}
	TRY(sql_settings(cx, d->db, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		buf_fmt(&b, "%.*s=%.*s\n", F(rows[i].name), F(rows[i].value));
	h = sha256(buf_str(&b));
	d->fresh = true;
	d->held.known = false;
	if (hash_eq(h, d->settings_hash))
		return OK;
	d->settings_hash = h;
	d->settings = NEW(d->life, struct setting, n);
	d->n_settings = n;
	for (ptrdiff_t i = 0; i < n; i++)
		d->settings[i] = (struct setting){ str_copy(d->life, rows[i].name), str_copy(d->life, rows[i].value) };
	return OK;
}

struct str
desk_setting(const struct desk *d, struct str name, struct str otherwise)
{
	struct str v;

	for (ptrdiff_t i = 0; i < d->n_settings; i++)
		if (str_eq(d->settings[i].name, name) && d->settings[i].value.n)
			return d->settings[i].value;
	return d->policy && policy_setting(d->policy, name, &v) && v.n ? v : otherwise;
}

enum err
desk_open(struct cx *life, struct str path, bool writer, struct desk *d)
{
	int dir, db;
	enum err e;

	TRY(files_open_dir(life, FILES_HERE, path, &dir));
	files_close_later(life, dir);
	e = files_open_dir(life, dir, S("db"), &db);
	if (e == ERR_NOT_FOUND)
		return fail(life, e, "%.*s is no data directory of ours: run `tocsin init` first", F(path));
	TRY(e);
	files_close_later(life, db);
	return desk_open_in(life, path, dir, writer, d);
}

enum err
desk_place(struct cx *cx, struct str path, int dir, struct str *out)
{
	enum { LONGEST = 4096 };
	enum err e = files_read_secret(cx, dir, S("db/address"), LONGEST, out);

	*out = e == OK ? str_trim(*out) : str_fmt(cx, "%.*s/db/tocsin.db", F(path));
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Whoever only reads may have an address of a login that may do no more. */
static enum err
place_of(struct cx *cx, struct str path, int dir, bool writer, struct str *out)
{
	enum { LONGEST = 4096 };
	enum err e = writer ? ERR_NOT_FOUND : files_read_secret(cx, dir, S("db/reader"), LONGEST, out);

	if (e == OK)
		*out = str_trim(*out);
	return e == ERR_NOT_FOUND ? desk_place(cx, path, dir, out) : e;
}

enum err
desk_stays(struct cx *cx, int dir)
{
	enum { LONGEST = 4096 };
	struct str where;
	enum err e = files_read(cx, dir, S("db/moved"), LONGEST, &where);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	return fail(cx, ERR_CONFLICT, "this body was copied and lives in %.*s. If nothing has been done there and it is to stay "
	    "here, take the other directory away and then the file db/moved of this one", F(str_trim(where)));
}

/* A number that a file of the directory holds: 1 where there is none. */
static enum err
number_in(struct cx *cx, int dir, struct str name, int64_t most, int64_t *out)
{
	enum { LONGEST = 20 };
	struct str text;
	enum err e = files_read(cx, dir, name, LONGEST, &text);

	*out = 1;
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	if (!str_int(str_trim(text), out) || *out < 1 || *out > most)
		return fail(cx, ERR_BAD_INPUT, "%.*s: must be a number from 1 to %lld", F(name), (long long)most);
	return OK;
}

/* Which of the nodes on one database this is, and which of the bodies in it. */
static enum err
numbers_of(struct cx *cx, int dir, uint16_t *node, int64_t *body)
{
	int64_t n;

	TRY(number_in(cx, dir, S("db/node"), UINT16_MAX, &n));
	*node = (uint16_t)n;
	return desk_body(cx, dir, body);
}

enum err
desk_body(struct cx *cx, int dir, int64_t *body)
{
	return number_in(cx, dir, S("db/body"), INT32_MAX, body);
}

enum err
desk_body_set(struct cx *cx, int dir, int64_t body)
{
	return body == 1 ? OK : files_create(cx, dir, S("db/body"), 0600, str_fmt(cx, "%lld\n", (long long)body));
}

/* A step to a newer schema has left a note that views must be filled: all in one batch, or the next one to open does it. */
static enum err
rebuild_if_asked(struct cx *cx, struct desk *d)
{
	struct row_meta_get *asked;
	uint64_t n;
	enum err e;

	TRY(sql_meta_get(cx, d->db, S("rebuild"), &asked));
	if (!asked)
		return OK;
	log_line("the views are made anew from the journal, as this version needs them");
	TRY(desk_begin(cx, d));
	e = effect_rebuild(cx, d->db, &d->keys, &n);
	if (e == OK)
		e = sql_meta_drop(cx, d->db, S("rebuild"));
	if (e == OK)
		return desk_end(cx, d);
	desk_undo(d);
	return e;
}

enum err
desk_open_in(struct cx *life, struct str path, int dir, bool writer, struct desk *d)
{
	struct row_head_get *head;
	struct vault vault;
	struct str db;
	uint16_t node;
	int64_t body;

	*d = (struct desk){ .life = life, .writer = writer, .dir = dir };
	TRY(place_of(life, path, dir, writer, &db));
	TRY(numbers_of(life, dir, &node, &body));
	if (writer)
		TRY(desk_stays(life, dir));
	TRY(db_open_body(life, db, body, writer, &d->db));
	if (!writer)
		return desk_refresh(life, d);
	TRY(sql_head_get(life, d->db, &head));
	if (!head)
		return fail(life, ERR_NOT_FOUND, "%.*s holds no journal: run `tocsin init` first", F(path));
	TRY(keys_load(life, d->dir, head->origin, &d->keys));
	TRY(journal_open(life, d->db, &d->keys, node, &d->journal));
	TRY(halt_open(life, d));
	TRY(rebuild_if_asked(life, d));
	TRY(desk_refresh(life, d));
	TRY(desk_begin(life, d));
	TRY(journal_take_term(life, &d->journal, !d->halt.is));
	TRY(desk_end(life, d));
	vault = desk_vault(d);
	TRY(vault_move_in(life, &vault));
	return vault_tidy(life, &vault);
}

/* What else is wrong with a file is no matter of the start: it may be put right while the service waits. */
static enum err
foresee(struct cx *cx, struct str path)
{
	struct str place;
	uint16_t node;
	int64_t body;
	enum err e;
	int dir;

	TRY(files_open_dir(cx, FILES_HERE, path, &dir));
	files_close_later(cx, dir);
	TRY(place_of(cx, path, dir, false, &place));
	e = numbers_of(cx, dir, &node, &body);
	if (e == OK)
		e = db_foresee(cx, place, body);
	return db_is_address(place) || e == ERR_VERSION ? e : OK;
}

enum err
desk_foresee(struct cx *cx, struct str path)
{
	struct mark m = cx_mark(cx);
	enum err e = foresee(cx, path);

	cx_back(cx, m);
	return e == ERR_BUSY ? OK : e;
}

enum err
desk_warm(struct cx *cx, struct desk *d)
{
	struct js *nothing;

	TRY(js_read(cx, S("{}"), &nothing)); /* the reader of JSON asks the system for its room once */
	return db_check(cx, d->db);
}

struct vault
desk_vault(const struct desk *d)
{
	return (struct vault){ d->db, d->dir };
}

enum err
desk_places(struct cx *cx, int dir)
{
	static const struct str places[] = { { "db", 2 }, { "vault", 5 }, { "spool", 5 }, { "run", 3 } };

	for (ptrdiff_t i = 0; i < COUNT(places); i++)
		TRY(files_make_dir(cx, dir, places[i]));
	return OK;
}

/* Everything of a new directory, in the part where it is made. */
static enum err
create_in(struct cx *cx, const struct folder *f, struct str database, struct str origin, struct str pack_yaml)
{
	struct js *asked = js_object(cx), *answer, *request = js_object(cx);
	struct desk d = { .life = cx, .writer = true, .dir = f->at };
	struct str db;
	int64_t body;

	TRY(desk_places(cx, d.dir));
	if (database.n)
		TRY(files_create(cx, d.dir, S("db/address"), 0600, database));
	TRY(desk_place(cx, f->work, d.dir, &db));
	TRY(db_create(cx, db, &body));
	TRY(desk_body_set(cx, d.dir, body));
	TRY(keys_make(cx, d.dir));
	TRY(db_open_body(cx, db, body, true, &d.db));
	TRY(keys_load(cx, d.dir, origin, &d.keys));
	TRY(db_begin(cx, d.db));
	TRY(journal_create(cx, d.db, &d.keys, origin));
	TRY(db_commit(cx, d.db));
	TRY(journal_open(cx, d.db, &d.keys, 1, &d.journal));
	js_set_str(cx, asked, S("yaml"), pack_yaml);
	js_set_str(cx, request, S("command"), S("set_policy"));
	js_set(cx, request, S("args"), asked);
	return desk_do_now(cx, &d, request, true, &answer);
}

enum err
desk_create(struct cx *cx, struct str path, struct str database, struct str origin, struct str pack_yaml)
{
	const struct policy *policy;
	uint8_t random[10];
	struct folder f;
	struct mark m;
	enum err e;

	TRY(pack_read(cx, pack_yaml, &policy)); /* before anything is made */
	if (!origin.n) {
		cx->chance(random, sizeof random);
		origin = str_fmt(cx, "tocsin.%.*s.example/%.*s/1", F(policy->id), F(str_lower(cx, base32_of(cx, random, 10, 12))));
	}
	if (!note_name_ok(origin))
		return fail(cx, ERR_BAD_INPUT, "origin: “%.*s” cannot name a log: no spaces and no “+”", F(origin));
	TRY(folder_begin(cx, path, &f));
	m = cx_mark(cx);
	e = create_in(cx, &f, database, origin, pack_yaml);
	cx_back(cx, m); /* nothing of it may be open when it moves to its place */
	if (e == OK)
		e = folder_end(cx, &f, S("db"));
	if (e != OK)
		folder_undo(cx, &f);
	return e;
}

/* What has been lost is lost: once that is said, what is left is what there is to be read. */
static enum err
follow(struct cx *cx, struct desk *d)
{
	struct str origin = d->journal.origin; /* that lasts */
	enum err e;

	if (db_shared(d->db))
		TRY(halt_look(cx, d));
	e = journal_follow(cx, &d->journal);
	if (e != ERR_TAMPERED || !d->halt.is)
		return e;
	TRY(halt_knew(cx, d, (int64_t)d->journal.tree.size));
	TRY(journal_open(cx, d->db, &d->keys, d->journal.node, &d->journal));
	d->journal.origin = origin;
	return OK;
}

enum err
desk_begin(struct cx *cx, struct desk *d)
{
	struct row_head_lock *head;
	enum err e;

	if (db_in_batch(d->db))
		desk_undo(d); /* whoever began it wanted more memory than a turn has, and is gone */
	TRY(db_begin(cx, d->db));
	d->before = d->journal;
	e = sql_head_lock(cx, d->db, &head);
	if (e == OK)
		e = follow(cx, d);
	if (e != OK)
		desk_undo(d);
	else if (d->journal.tree.size != d->before.tree.size)
		d->fresh = false; /* others may have changed them */
	d->before = d->journal;
	return e == ERR_TAMPERED ? halt_declare(cx, d, str_copy(cx, str_of(cx->why))) : e;
}

enum err
desk_end(struct cx *cx, struct desk *d)
{
	bool grown = d->journal.tree.size != d->before.tree.size;
	enum err e = grown ? journal_flush(cx, &d->journal) : OK;

	if (e == OK)
		e = db_commit(cx, d->db);
	if (e != OK)
		desk_undo(d);
	d->before = d->journal; /* whatever is undone from here on, this stands */
	return e;
}

/* Nothing of the batch has happened: memory is made what the database says. */
void
desk_undo(struct desk *d)
{
	db_rollback(d->db);
	d->fresh = false;
	d->journal = d->before;
}

/* The journal as it was at `at`, or as it is. */
static enum err
sign(struct cx *cx, struct desk *d, struct journal *at, struct str *note)
{
	int64_t size;
	bool ours;

	TRY(lease_hold(cx, d, LEASE_SIGNER, &ours));
	if (!ours)
		return at ? fail(cx, ERR_BUSY, "another node began to sign: ask again") : OK;
	TRY(recall_adopt(cx, &d->journal, &size));
	if (at && size > (int64_t)at->tree.size)
		return fail(cx, ERR_BUSY, "another node has signed more already: ask again");
	return journal_checkpoint(cx, at ? at : &d->journal, note);
}

static enum err
sign_in_batch(struct cx *cx, struct desk *d, struct journal *at, struct str *note)
{
	enum err e;

	*note = S("");
	TRY(desk_begin(cx, d));
	e = d->halt.is ? OK : sign(cx, d, at, note);
	if (e == OK)
		return desk_end(cx, d);
	desk_undo(d);
	return e == ERR_TAMPERED ? halt_declare(cx, d, str_copy(cx, str_of(cx->why))) : e;
}

enum err
desk_sign(struct cx *cx, struct desk *d, struct str *note)
{
	return sign_in_batch(cx, d, NULL, note);
}

enum err
desk_sign_export(struct cx *cx, struct desk *d, struct str *note)
{
	struct journal at = d->journal;

	return sign_in_batch(cx, d, &at, note);
}

enum err
desk_tidy(struct cx *cx, struct desk *d, enum db_fold how)
{
	return db_tidy(cx, d->db, how);
}

struct str
desk_code(struct cx *cx, const struct desk *d, struct id command)
{
	struct hash h = hash_keyed((struct str){ (const char *)d->keys.root, 32 },
	    str_fmt(cx, "tocsin/v1/code\n%.*s", F(id_hex(cx, command))));

	return receipt_code(cx, h.b);
}

struct js *
desk_error(struct cx *cx, enum err e)
{
	struct js *all = js_object(cx), *error = js_object(cx), *faults = js_array(cx);

	for (const struct fault *f = cx->faults; f; f = f->next) {
		struct js *one = js_object(cx);

		js_set_str(cx, one, S("field"), f->field);
		if (f->line) {
			js_set_int(cx, one, S("line"), f->line);
			js_set_int(cx, one, S("column"), f->column);
		}
		js_set_str(cx, one, S("rule"), f->rule);
		js_set_str(cx, one, S("words"), f->words);
		js_add(cx, faults, one);
	}
	js_set_str(cx, error, S("kind"), err_name(e));
	js_set_str(cx, error, S("why"), str_copy(cx, cx->why[0] ? str_of(cx->why) : err_words(e)));
	js_set(cx, error, S("faults"), faults);
	js_set(cx, all, S("error"), error);
	return all;
}

enum err
desk_answer(struct cx *cx, struct str answer, struct js **ok)
{
	const struct js *error, *faults;
	struct js *all;

	TRY(js_read(cx, answer, &all));
	*ok = (struct js *)js_get(all, S("ok"));
	if (*ok)
		return OK;
	error = js_get(all, S("error"));
	faults = js_get(error, S("faults"));
	for (const struct js *f = faults ? faults->first : NULL; f; f = f->next)
		fault_add(cx, js_str(f, S("field")), (int)js_int(f, S("line"), 0), (int)js_int(f, S("column"), 0), js_str(f, S("rule")),
		    "%.*s", F(js_str(f, S("words"))));
	return fail(cx, err_of_name(js_str(error, S("kind"))), "%.*s", F(js_str(error, S("why"))));
}
