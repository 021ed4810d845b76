#include "desk/bundle_out.h"

#include "base/buf.h"
#include "base/code.h"
#include "core/proof.h"
#include "desk/upkeep.h"
#include "sys/files.h"
#include <fcntl.h>
#include <unistd.h>


/* A bundle while it is written. */
struct out {
	struct desk *d;
	struct row_heads head;
	struct str note;           /* its checkpoint */
	uint64_t size;             /* that checkpoint's */
	struct keys keys;          /* of a case's: to disclose what it says */
	int dir, records, payloads, opened, proofs;
	struct bundle_out *told;
};

/* A folder into which nothing came goes again; any other stays, for it cannot be removed. */
static void
leave_nothing_empty(void *arg)
{
	const char **path = arg;

	rmdir(*path);
}

enum err
bundle_out_place(struct cx *cx, struct str path, int *dir)
{
	const char **made = NEW(cx, const char *, 1);
	struct str *names;
	ptrdiff_t n;

	*made = str_z(cx, path);
	TRY(files_make_dir(cx, FILES_HERE, path));
	cx_defer(cx, leave_nothing_empty, made);
	TRY(files_open_dir(cx, FILES_HERE, path, dir));
	files_close_later(cx, *dir);
	TRY(files_list(cx, *dir, S("."), &names, &n));
	return n ? fail(cx, ERR_CONFLICT, "%.*s is not empty: a bundle wants a folder of its own", F(path)) : OK;
}

/* A file of the bundle. Not synced one by one: a bundle that a crash leaves half done has no `mode`, and can be made
 * again. */
static enum err
put_file(struct cx *cx, int dir, struct str name, struct str bytes)
{
	struct mark m = cx_mark(cx);
	int fd;

	TRY(files_open(cx, dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600, &fd));
	TRY(files_put(cx, fd, bytes));
	cx_back(cx, m);
	return OK;
}

static enum err
make_folder(struct cx *cx, int dir, struct str name, int *fd)
{
	TRY(files_make_dir(cx, dir, name));
	TRY(files_open_dir(cx, dir, name, fd));
	files_close_later(cx, *fd);
	return OK;
}

/* What every bundle needs before its records. */
static enum err
begin(struct cx *cx, struct desk *d, int64_t log, uint64_t size, int dir, struct bundle_out *told, struct out *o)
{
	struct row_checkpoint_of *note;

	*told = (struct bundle_out){ 0 };
	*o = (struct out){ .d = d, .size = size, .dir = dir, .told = told };
	TRY(upkeep_log(cx, d, log, &o->head));
	TRY(sql_checkpoint_of(cx, d->db, o->head.log, (int64_t)size, &note));
	if (!note)
		return fail(cx, ERR_BUSY, "the export is recorded but not signed yet");
	o->note = note->note;
	TRY(make_folder(cx, dir, S("payloads"), &o->payloads));
	return files_open(cx, dir, S("records.bin"), O_WRONLY | O_CREAT | O_EXCL, 0600, &o->records);
}

static enum err
end(struct cx *cx, const struct out *o, struct str mode)
{
	struct str vkey;

	TRY(upkeep_vkey(cx, o->d, o->head.log, &vkey));
	TRY(files_create(cx, o->dir, S("checkpoint"), 0600, o->note));
	TRY(files_create(cx, o->dir, S("vkey"), 0600, str_fmt(cx, "%.*s\n", F(vkey))));
	return files_create(cx, o->dir, S("mode"), 0600, mode);
}

/* A record and its payload; NULL: that is gone. */
static enum err
put_record(struct cx *cx, const struct out *o, int64_t seq, struct str bytes, const struct str *object, struct record *r)
{
	if (bytes.n != RECORD_SIZE)
		return fail(cx, ERR_TAMPERED, "entry %lld: the record has %td bytes", (long long)seq, bytes.n);
	TRY(record_read(cx, (const uint8_t *)bytes.p, r));
	TRY(files_put(cx, o->records, bytes));
	o->told->records++;
	if (!(r->flags & RECORD_PAYLOAD) || !object) /* erased, or gone: the verifier tells which */
		return OK;
	o->told->payloads++;
	return put_file(cx, o->payloads, hex_of(cx, r->payload_hash.b, 32), *object);
}

enum err
bundle_out_full(struct cx *cx, struct desk *d, int64_t log, uint64_t size, int dir, struct bundle_out *told)
{
	struct row_entries_from *rows;
	struct out o;
	ptrdiff_t got;

	TRY(begin(cx, d, log, size, dir, told, &o));
	while (told->records < size) {
		struct mark m = cx_mark(cx);
		ptrdiff_t most = size - told->records < JOURNAL_PAGE ? (ptrdiff_t)(size - told->records) : JOURNAL_PAGE;

		TRY(sql_entries_from(cx, d->db, o.head.log, (int64_t)told->records, most, &rows, &got));
		if (got != most)
			return fail(cx, ERR_TAMPERED, "the journal ends before record %llu, which was signed for",
			    (unsigned long long)size);
		for (ptrdiff_t i = 0; i < got; i++) {
			struct record r;

			TRY(put_record(cx, &o, rows[i].seq, rows[i].record, rows[i].kept ? &rows[i].object : NULL, &r));
		}
		cx_back(cx, m);
	}
	return end(cx, &o, S("full\n"));
}

/* salt ‖ content: what the record's commitment was made of. */
static enum err
put_opened(struct cx *cx, const struct out *o, const struct record *r)
{
	struct buf both = buf_new(cx);
	struct payload content;
	bool there;

	TRY(journal_content(cx, o->d->db, &o->keys, o->head.log, r, &content, &there));
	if (!there)
		return OK;
	buf_put(&both, (struct str){ (const char *)content.salt, PAYLOAD_SALT });
	buf_put(&both, content.content);
	o->told->opened++;
	return put_file(cx, o->opened, str_fmt(cx, "%llu", (unsigned long long)r->seq), buf_str(&both));
}

static enum err
put_proof(struct cx *cx, const struct out *o, const struct record *r)
{
	struct proof p = { .index = r->seq, .checkpoint = o->note };

	TRY(tree_inclusion(cx, journal_source(cx, o->d->db, o->head.log), r->seq, o->size, &p.path));
	return put_file(cx, o->proofs, str_fmt(cx, "%llu.tlog-proof", (unsigned long long)r->seq), proof_write(cx, &p));
}

static enum err
put_case_records(struct cx *cx, const struct out *o, struct id case_id)
{
	struct row_entries_of_case *rows;
	struct record r = { .seq = 0 };
	ptrdiff_t n;

	do {
		struct mark m = cx_mark(cx);

		TRY(sql_entries_of_case(cx, o->d->db, o->head.log, case_id, (int64_t)o->told->records, JOURNAL_PAGE, &rows, &n));
		for (ptrdiff_t i = 0; i < n && (uint64_t)rows[i].seq < o->size; i++) {
			struct mark each = cx_mark(cx);

			TRY(put_record(cx, o, rows[i].seq, rows[i].record, rows[i].kept ? &rows[i].object : NULL, &r));
			TRY(put_opened(cx, o, &r));
			TRY(put_proof(cx, o, &r));
			cx_back(cx, each);
		}
		cx_back(cx, m);
	} while (n == JOURNAL_PAGE && r.seq + 1 < o->size);
	return OK;
}

enum err
bundle_out_case(struct cx *cx, struct desk *d, uint64_t size, int dir, struct bundle_out *told)
{
	struct row_entry_get *last;
	struct record r;
	struct out o;

	TRY(begin(cx, d, 0, size, dir, told, &o));
	TRY(keys_load(cx, d->dir, o.head.origin, &o.keys));
	TRY(make_folder(cx, dir, S("opened"), &o.opened));
	TRY(make_folder(cx, dir, S("proofs"), &o.proofs));
	TRY(sql_entry_get(cx, d->db, o.head.log, (int64_t)size - 1, &last));
	if (!last)
		return fail(cx, ERR_TAMPERED, "the journal ends before record %llu, which was signed for",
		    (unsigned long long)size);
	TRY(record_read(cx, (const uint8_t *)last->record.p, &r));
	if (r.kind != KIND_EXPORT || id_zero(r.case_id))
		return fail(cx, ERR_TAMPERED, "record %llu is no export of a case", (unsigned long long)r.seq);
	TRY(put_case_records(cx, &o, r.case_id));
	return end(cx, &o, S("case\n"));
}
