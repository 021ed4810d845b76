/* Files that people send: encrypted by the worker while they arrived, taken over by the registrar. */
#include "desk/command.h"

#include "base/code.h"
#include "sys/files.h"
#include <fcntl.h>

enum { ATTACHMENTS = 50 };

/* {"object","key","name","type","size","stored_size","plain","stored"}: wrap the key, link spool/<object> into the vault. The
 * key never reaches an entry; the answer names what a report or an attach command then refers to. The file's name is words
 * about it and never a path. */
enum err
command_upload(struct cx *cx, struct deed *deed)
{
	struct id object;
	uint8_t key[32];
	struct data_key made;
	struct str hex;
	int spool, vault;
	int64_t size;
	enum err e;

	DEED_ONLY(cx, deed, S("object"), S("key"));
	TRY(fault_end(cx));
	if (!id_read(js_str(deed->args, S("object")), &object) || !hex_read(js_str(deed->args, S("key")), key, 32))
		return fail(cx, ERR_BAD_INPUT, "object and key: must be hexadecimal");
	hex = id_hex(cx, object);
	TRY(keys_keep(cx, deed->d->db, &deed->d->keys, object, (struct id){ { 0 } }, KEY_EXHIBIT, key, &made));
	TRY(files_open_dir(cx, deed->d->dir, S("spool"), &spool));
	files_close_later(cx, spool);
	TRY(files_open_dir(cx, deed->d->dir, S("vault"), &vault));
	files_close_later(cx, vault);
	/* the spool's name goes once this is committed: see deed_spool_tidy */
	e = files_link(cx, spool, hex, vault, hex);
	if (e == ERR_CONFLICT || (e == ERR_NOT_FOUND && files_size(cx, vault, hex, &size) == OK))
		e = files_sync_dir(cx, vault); /* by a batch that was lost */
	TRY(e);
	js_set_str(cx, deed->answer, S("object"), hex);
	return OK;
}

/* What stands in the vault needs no name in the spool any more. */
enum err
deed_spool_tidy(struct cx *cx, struct desk *d)
{
	struct str *names;
	ptrdiff_t n;
	int64_t size;

	TRY(files_list(cx, d->dir, S("spool"), &names, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (files_size(cx, d->dir, str_fmt(cx, "vault/%.*s", F(names[i])), &size) == OK)
			TRY(files_remove(cx, d->dir, str_fmt(cx, "spool/%.*s", F(names[i]))));
	return OK;
}

/* One attachment as an effect, if what is said of it can be true. */
static void
attach(struct cx *cx, struct deed *deed, const struct js *a, struct str field)
{
	static const struct str fields[] = { { "object", 6 }, { "name", 4 }, { "type", 4 }, { "size", 4 }, { "stored_size", 11 },
		{ "plain", 5 }, { "stored", 6 } };
	struct id object;
	uint8_t hash[32];
	struct js *e;

	if (a->type != JS_OBJECT) {
		fault_add(cx, field, 0, 0, S("type"), "must be an object");
		return;
	}
	js_only(cx, a, fields, COUNT(fields));
	if (!id_read(js_str(a, S("object")), &object) || !hex_read(js_str(a, S("plain")), hash, 32) ||
	    !hex_read(js_str(a, S("stored")), hash, 32) || js_int(a, S("size"), -1) < 0 || js_int(a, S("stored_size"), -1) < 0)
		fault_add(cx, field, 0, 0, S("attachment"), "is not a file that was uploaded");
	if (utf8_count(js_str(a, S("name"))) > DESK_FILE_NAME || js_str(a, S("type")).n > DESK_FILE_TYPE)
		fault_add(cx, field, 0, 0, S("too-long"), "has a name that is too long: at most %d characters",
		    DESK_FILE_NAME);
	if (cx->n_faults)
		return;
	e = deed_did(cx, deed, S("attached"));
	for (const struct js *f = a->first; f; f = f->next)
		js_set(cx, e, f->key, js_share(cx, f));
	js_set_str(cx, e, S("dek"), js_str(a, S("object")));
}

void
deed_attachments(struct cx *cx, struct deed *deed)
{
	const struct js *list = js_get(deed->args, S("attachments"));

	if (!list)
		return;
	if (list->type != JS_ARRAY || list->n > ATTACHMENTS) {
		fault_add(cx, S("attachments"), 0, 0, S("type"), "must be a list of at most %d files", ATTACHMENTS);
		return;
	}
	for (const struct js *a = list->first; a; a = a->next)
		attach(cx, deed, a, S("attachments"));
}

enum err
command_attach(struct cx *cx, struct deed *deed)
{
	const struct js *list = js_get(deed->args, S("attachments"));

	DEED_ONLY(cx, deed, S("attachments"));
	deed_attachments(cx, deed);
	TRY(fault_end(cx));
	if (!list || !list->n)
		return fail(cx, ERR_BAD_INPUT, "attachments: which files?");
	deed_timeline(cx, deed, S("attached"), list->n == 1 ? S("attached a file") : S("attached files"),
	    list->n == 1 ? js_str(list->first, S("name")) : S(""), S("both"));
	return OK;
}
