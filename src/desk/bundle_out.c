#include "desk/bundle_out.h"

#include "base/code.h"
#include "desk/upkeep.h"
#include "sys/files.h"
#include <fcntl.h>

enum { AT_A_TIME = 256 };

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
put_payload(struct cx *cx, struct desk *d, int64_t log, int payloads, const struct row_entries_from *row, uint64_t *n)
{
	struct row_payload_get *object;
	struct record r;

	if (row->record.n != RECORD_SIZE)
		return fail(cx, ERR_TAMPERED, "entry %lld: the record has %td bytes", (long long)row->seq, row->record.n);
	TRY(record_read(cx, (const uint8_t *)row->record.p, &r));
	if (!(r.flags & RECORD_PAYLOAD))
		return OK;
	TRY(sql_payload_get(cx, d->db, log, row->seq, &object));
	if (!object) /* erased, or gone: the verifier tells which */
		return OK;
	++*n;
	return put_file(cx, payloads, hex_of(cx, r.payload_hash.b, 32), object->object);
}

static enum err
put_records(struct cx *cx, struct desk *d, int64_t log, int dir, uint64_t size, uint64_t *n)
{
	struct row_entries_from *rows;
	int payloads, records;
	uint64_t seq = 0;
	ptrdiff_t got;

	TRY(files_make_dir(cx, dir, S("payloads")));
	TRY(files_open_dir(cx, dir, S("payloads"), &payloads));
	files_close_later(cx, payloads);
	TRY(files_open(cx, dir, S("records.bin"), O_WRONLY | O_CREAT | O_EXCL, 0600, &records));
	while (seq < size) {
		struct mark m = cx_mark(cx);
		ptrdiff_t most = size - seq < AT_A_TIME ? (ptrdiff_t)(size - seq) : AT_A_TIME;

		TRY(sql_entries_from(cx, d->db, log, (int64_t)seq, most, &rows, &got));
		if (got != most)
			return fail(cx, ERR_TAMPERED, "the journal ends before record %llu, which was signed for",
			    (unsigned long long)size);
		for (ptrdiff_t i = 0; i < got; i++) {
			TRY(files_put(cx, records, rows[i].record));
			TRY(put_payload(cx, d, log, payloads, &rows[i], n));
		}
		seq += (uint64_t)got;
		cx_back(cx, m);
	}
	return OK;
}

enum err
bundle_out_full(struct cx *cx, struct desk *d, int64_t log, uint64_t size, struct str path, uint64_t *n)
{
	struct row_checkpoint_of *note;
	struct row_heads head;
	struct str vkey;
	int64_t there;
	int dir;

	*n = 0;
	TRY(upkeep_log(cx, d, log, &head));
	TRY(sql_checkpoint_of(cx, d->db, head.log, (int64_t)size, &note));
	if (!note)
		return fail(cx, ERR_BUSY, "the export is recorded but not signed yet");
	TRY(upkeep_vkey(cx, d, head.log, &vkey));
	TRY(files_make_dir(cx, FILES_HERE, path));
	TRY(files_open_dir(cx, FILES_HERE, path, &dir));
	files_close_later(cx, dir);
	if (files_size(cx, dir, S("mode"), &there) == OK || files_size(cx, dir, S("records.bin"), &there) == OK)
		return fail(cx, ERR_CONFLICT, "%.*s holds a bundle already", F(path));
	TRY(put_records(cx, d, head.log, dir, size, n));
	TRY(files_create(cx, dir, S("checkpoint"), 0600, note->note));
	TRY(files_create(cx, dir, S("vkey"), 0600, str_fmt(cx, "%.*s\n", F(vkey))));
	return files_create(cx, dir, S("mode"), 0600, S("full\n"));
}
