#include "desk/backup.h"

#include "core/be.h"
#include "core/inventory.h"
#include "desk/backup_state.h"
#include "sys/files.h"
#include <fcntl.h>
#include <stdlib.h>

enum { AT_A_TIME = 256 };

/* A backup while it is written. */
struct copy {
	struct desk *d;
	const struct keys *keys;
	int dir;
	struct inventory list;
	ptrdiff_t room;
	struct watch watch;
	struct backup_made *made;
};
/* A file found in the vault. */
struct kept { struct id object; uint8_t stored[32]; };

static void
tell(const struct copy *c, const char *what, int64_t n, int64_t of)
{
	watch_tell(&c->watch, what, n, of);
}

static enum err
start(struct cx *cx, const struct copy *c, struct str name, int *fd)
{
	return files_open(cx, c->dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600, fd);
}

/* A file is whole: it is listed as it can be read back. */
static enum err
list_file(struct cx *cx, struct copy *c, struct str name)
{
	struct inventory_file *more;
	struct mark m = cx_mark(cx);
	struct str bytes;
	struct hash h;

	TRY(files_map(cx, c->dir, name, &bytes));
	h = sha256(bytes);
	c->made->bytes += bytes.n;
	cx_back(cx, m);
	if (c->list.n_files == c->room) {
		c->room = c->room ? c->room * 2 : 16;
		more = NEW(cx, struct inventory_file, c->room);
		if (c->list.n_files)
			memcpy(more, c->list.files, (size_t)c->list.n_files * sizeof *more);
		c->list.files = more;
	}
	c->list.files[c->list.n_files++] = (struct inventory_file){ str_copy(cx, name), h };
	return OK;
}

static enum err
put_payload(struct cx *cx, const struct row_entries_from *row, struct buf *out)
{
	struct record r;

	if (row->record.n != RECORD_SIZE)
		return fail(cx, ERR_TAMPERED, "entry %lld: the record has %td bytes", (long long)row->seq, row->record.n);
	TRY(record_read(cx, (const uint8_t *)row->record.p, &r));
	if (!(r.flags & RECORD_PAYLOAD))
		return OK;
	be_put((uint8_t *)buf_room(out, 8), 8, (uint64_t)row->object.n);
	buf_put(out, row->object);
	return OK;
}

static enum err
put_records(struct cx *cx, const struct copy *c, int64_t log, const struct inventory_log *l, int records, int payloads)
{
	struct row_entries_from *rows;
	ptrdiff_t n;

	for (int64_t seq = 0; seq < l->size; seq += n) {
		int64_t most = l->size - seq < JOURNAL_PAGE ? l->size - seq : JOURNAL_PAGE;
		struct mark m = cx_mark(cx);
		struct buf r = buf_new(cx), p = buf_new(cx);

		TRY(sql_entries_from(cx, c->d->db, log, seq, most, &rows, &n));
		if (n != most)
			return fail(cx, ERR_TAMPERED, "%.*s ends before record %lld", F(l->origin), (long long)l->size);
		for (ptrdiff_t i = 0; i < n; i++) {
			TRY(put_payload(cx, &rows[i], &p));
			buf_put(&r, rows[i].record);
		}
		TRY(files_put(cx, records, buf_str(&r)));
		TRY(files_put(cx, payloads, buf_str(&p)));
		cx_back(cx, m);
		tell(c, "records", l->first + seq + n, l->first + l->size);
	}
	return OK;
}

/* The last checkpoint of a log that is over; of the one that is written to, that of the backup's own record. */
static enum err
put_log(struct cx *cx, struct copy *c, int64_t log, const struct inventory_log *l)
{
	struct str folder = str_fmt(cx, "log-%03lld", (long long)log);
	struct row_checkpoint_of *note;
	struct mark m = cx_mark(cx);
	int records, payloads;

	TRY(sql_checkpoint_of(cx, c->d->db, log, l->size, &note));
	if (!note)
		return fail(cx, ERR_BUSY, "%.*s is not signed for at %lld records", F(l->origin), (long long)l->size);
	TRY(files_make_dir(cx, c->dir, folder));
	TRY(files_create(cx, c->dir, str_fmt(cx, "%.*s/checkpoint", F(folder)), 0600, note->note));
	TRY(start(cx, c, str_fmt(cx, "%.*s/records", F(folder)), &records));
	TRY(start(cx, c, str_fmt(cx, "%.*s/payloads", F(folder)), &payloads));
	TRY(put_records(cx, c, log, l, records, payloads));
	cx_back(cx, m);
	TRY(list_file(cx, c, str_fmt(cx, "%.*s/checkpoint", F(folder))));
	TRY(list_file(cx, c, str_fmt(cx, "%.*s/payloads", F(folder))));
	return list_file(cx, c, str_fmt(cx, "%.*s/records", F(folder)));
}

static int
by_object(const void *a, const void *b)
{
	return memcmp(((const struct kept *)a)->object.b, ((const struct kept *)b)->object.b, 16);
}

/* The files that the records up to `place` name, each once, in the order of their names. */
static enum err
find_kept(struct cx *cx, struct copy *c, int64_t place, struct kept **out, ptrdiff_t *n_out)
{
	struct row_attachments_from *rows;
	struct id case_id = { { 0 } }, object = { { 0 } };
	struct kept *more;
	ptrdiff_t n, room = 0, had = 0;

	*out = NULL;
	do {
		struct mark m;

		if (room < had + AT_A_TIME) {
			room = room ? room * 2 : 2L * AT_A_TIME;
			more = NEW(cx, struct kept, room);
			if (had)
				memcpy(more, *out, (size_t)had * sizeof *more);
			*out = more;
		}
		m = cx_mark(cx);
		TRY(sql_attachments_from(cx, c->d->db, case_id, object, AT_A_TIME, place, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++, had++) {
			(*out)[had].object = object = rows[i].object_key;
			case_id = rows[i].case_id;
			if (rows[i].stored.n == 32)
				memcpy((*out)[had].stored, rows[i].stored.p, 32);
		}
		cx_back(cx, m);
	} while (n == AT_A_TIME);
	if (had)
		qsort(*out, (size_t)had, sizeof **out, by_object);
	*n_out = 0;
	for (ptrdiff_t i = 0; i < had; i++)
		if (!i || by_object(&(*out)[i], &(*out)[i - 1]))
			(*out)[(*n_out)++] = (*out)[i];
	return OK;
}

/* Everything that the database gives, as one moment saw it. */
static enum err
put_database(struct cx *cx, struct copy *c, int64_t size, struct kept **kept, ptrdiff_t *n_kept)
{
	struct row_heads *logs;
	ptrdiff_t n;
	int fd;

	TRY(sql_heads(cx, c->d->db, &logs, &n));
	if (!n || logs[n - 1].size < size)
		return fail(cx, ERR_TAMPERED, "the journal ends before record %lld, which was signed for", (long long)size);
	logs[n - 1].size = size;
	c->list.logs = NEW(cx, struct inventory_log, n);
	c->list.n_logs = n;
	for (ptrdiff_t i = 0; i < n; i++) {
		c->list.logs[i] = (struct inventory_log){ logs[i].origin, logs[i].first, logs[i].size };
		TRY(put_log(cx, c, logs[i].log, &c->list.logs[i]));
	}
	c->made->records = logs[n - 1].first + size;
	TRY(start(cx, c, S("state"), &fd));
	TRY(backup_state_put(cx, c->d->db, c->keys, fd, n, size, c->made->records));
	TRY(list_file(cx, c, S("state")));
	return find_kept(cx, c, c->made->records, kept, n_kept);
}

/* A stored file on its way into the backup. */
struct through { int fd; struct sha256_run *run; };

static void
give_up(void *arg)
{
	struct through *t = arg;

	if (t->run)
		sha256_end(t->run);
}

static enum err
pass(struct cx *cx, void *with, struct str bytes)
{
	struct through *t = with;

	sha256_feed(t->run, bytes);
	return files_put(cx, t->fd, bytes);
}

static enum err
put_kept(struct cx *cx, const struct copy *c, const struct kept *k, struct str name)
{
	struct vault vault = desk_vault(c->d);
	struct through *t = NEW(cx, struct through, 1);
	struct hash h;

	TRY(start(cx, c, name, &t->fd));
	cx_defer(cx, give_up, t);
	t->run = sha256_start();
	TRY(vault_read(cx, &vault, k->object, (struct stream_sink){ pass, t }));
	h = sha256_end(t->run);
	t->run = NULL;
	return memcmp(h.b, k->stored, 32) == 0 ? OK : fail(cx, ERR_TAMPERED,
	    "%.*s is not the file that was recorded: put it back from an earlier backup", F(name));
}

static enum err
put_vault(struct cx *cx, struct copy *c, const struct kept *kept, ptrdiff_t n)
{
	TRY(files_make_dir(cx, c->dir, S("vault")));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct str name = str_fmt(cx, "vault/%.*s", F(id_hex(cx, kept[i].object)));
		struct mark m = cx_mark(cx);

		TRY(put_kept(cx, c, &kept[i], name));
		cx_back(cx, m);
		TRY(list_file(cx, c, name));
		tell(c, "files", i + 1, n);
	}
	return OK;
}

enum err
backup_write(struct cx *cx, struct desk *d, int64_t size, struct folder *f, struct watch watch,
    struct backup_made *out)
{
	struct copy c = { .d = d, .dir = f->at, .watch = watch, .made = out };
	struct kept *kept = NULL;
	struct row_head_get *head;
	struct keys keys;
	struct str text;
	ptrdiff_t n = 0;
	enum err e;

	*out = (struct backup_made){ 0 };
	TRY(sql_head_get(cx, d->db, &head));
	if (!head)
		return fail(cx, ERR_NOT_FOUND, "this directory holds no journal");
	TRY(keys_load(cx, d->dir, head->origin, &keys));
	c.keys = &keys;
	TRY(db_snapshot(cx, d->db));
	e = put_database(cx, &c, size, &kept, &n);
	db_snapshot_end(d->db);
	TRY(e);
	TRY(put_vault(cx, &c, kept, n));
	c.list.made = cx->now / SECOND * SECOND;
	text = inventory_text(cx, &c.list);
	out->files = c.list.n_files;
	TRY(files_read(cx, f->at, str_fmt(cx, "log-%03td/checkpoint", c.list.n_logs), 4096, &out->checkpoint));
	return files_create(cx, f->at, S("SHA256SUMS"), 0600, inventory_file(cx, text, keys_seal(&keys, text)));
}
