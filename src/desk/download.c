/* Files that people fetch: each fetching is an entry first. */
#include "desk/command.h"

#include "base/code.h"

static struct str
bytes_hex(struct cx *cx, struct str bytes)
{
	return hex_of(cx, bytes.p, bytes.n);
}

/* Is all of it here, and its key? An entry must not say that somebody read what nobody can. */
static enum err
is_whole(struct cx *cx, const struct deed *deed, struct id object, const struct row_attachment_get *file,
    struct data_key *key)
{
	struct vault vault = desk_vault(deed->d);
	int64_t size;
	enum err e = vault_size(cx, &vault, object, &size);

	if (e == OK && size != file->stored_size)
		return fail(cx, ERR_TAMPERED, "the stored file %.*s is not of the size that was attached",
		    F(id_hex(cx, object)));
	if (e == OK)
		e = keys_get(cx, deed->d->db, &deed->d->keys, file->dek_id, key);
	if (e == ERR_NOT_FOUND)
		return fail(cx, e, "this file is no longer kept: its entries stand, but nobody can open it any more");
	return e;
}

/* {"file"}: its object's id. The answer is what ask_file_open takes. It holds the file's key, so it may be kept nowhere:
 * a command with an id, whose answer would be, is refused. */
enum err
command_download(struct cx *cx, struct deed *deed)
{
	struct row_attachment_get *file;
	struct js *a = deed->answer;
	struct data_key key;
	struct id object;

	DEED_ONLY(cx, deed, S("file"));
	TRY(fault_end(cx));
	if (!id_zero(deed->command))
		return fail(cx, ERR_BAD_INPUT, "id: a download has none, for each is an entry of its own");
	if (!id_read(js_str(deed->args, S("file")), &object))
		return fail(cx, ERR_NOT_FOUND, "there is no such file on this case");
	TRY(sql_attachment_get(cx, deed->d->db, deed->kase->id, object, &file));
	if (!file)
		return fail(cx, ERR_NOT_FOUND, "there is no such file on this case");
	TRY(is_whole(cx, deed, object, file, &key));
	deed_timeline(cx, deed, S("downloaded"), S("downloaded a file"), file->name, S("team"));
	js_set_str(cx, a, S("object"), id_hex(cx, object));
	js_set_str(cx, a, S("dek"), id_hex(cx, file->dek_id));
	js_set_str(cx, a, S("name"), file->name);
	js_set_int(cx, a, S("size"), file->size);
	js_set_str(cx, a, S("plain"), bytes_hex(cx, file->plain));
	js_set_str(cx, a, S("stored"), bytes_hex(cx, file->stored));
	js_set_str(cx, a, S("key"), hex_of(cx, key.key, sizeof key.key));
	return OK;
}
