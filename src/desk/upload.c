/* Files that people send: encrypted by the worker while they arrived, taken over by the registrar. */
#include "desk/command.h"

#include "base/code.h"

enum { ATTACHMENTS = 50, SWEPT = 64 };
#define UNNAMED_KEPT (30 * DAY)

/* {"object","key"}: wrap the key, take spool/<object> over into the vault. The answer is "whole" once all of it is there; until
 * then the same is asked again. The key never reaches an entry; the answer names what a report or an attach command then
 * refers to. */
enum err
command_upload(struct cx *cx, struct deed *deed)
{
	struct vault vault = desk_vault(deed->d);
	struct row_data_key_get *had;
	struct id object;
	uint8_t key[32];
	struct data_key made;
	bool whole;

	DEED_ONLY(cx, deed, S("object"), S("key"));
	TRY(fault_end(cx));
	if (!id_read(js_str(deed->args, S("object")), &object) || !hex_read(js_str(deed->args, S("key")), key, 32))
		return fail(cx, ERR_BAD_INPUT, "object and key: must be hexadecimal");
	TRY(sql_data_key_get(cx, deed->d->db, object, &had));
	if (!had) {
		TRY(keys_keep(cx, deed->d->db, &deed->d->keys, object, (struct id){ { 0 } }, KEY_EXHIBIT, key, &made));
		TRY(sql_upload_add(cx, deed->d->db, object, cx->now));
	}
	TRY(vault_keep(cx, &vault, object, &whole));
	js_set_str(cx, deed->answer, S("object"), id_hex(cx, object));
	js_set_bool(cx, deed->answer, S("whole"), whole);
	return OK;
}

/* Files that nobody named in an entry; their keys stay, for they open nothing. */
enum err
deed_uploads_sweep(struct cx *cx, struct desk *d)
{
	struct vault vault = desk_vault(d);
	struct row_uploads_old *rows;
	ptrdiff_t n;

	TRY(sql_uploads_old(cx, d->db, cx->now - UNNAMED_KEPT, SWEPT, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		TRY(vault_remove(cx, &vault, rows[i].object_key));
		TRY(sql_upload_done(cx, d->db, rows[i].object_key));
	}
	return OK;
}

/* Is what is said of it kept here? Whole, and of that size. */
static enum err
is_kept(struct cx *cx, const struct deed *deed, struct id object, int64_t size, bool *kept)
{
	struct vault vault = desk_vault(deed->d);
	int64_t have;
	enum err e = vault_size(cx, &vault, object, &have);

	*kept = e == OK && have == size;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* One attachment as an effect, if what is said of it can be true. */
static enum err
attach(struct cx *cx, struct deed *deed, const struct js *a, struct str field)
{
	static const struct str fields[] = { { "object", 6 }, { "name", 4 }, { "type", 4 }, { "size", 4 }, { "stored_size", 11 },
		{ "plain", 5 }, { "stored", 6 } };
	struct id object;
	uint8_t hash[32];
	struct js *e;
	bool kept;

	if (a->type != JS_OBJECT) {
		fault_add(cx, field, 0, 0, S("type"), "must be an object");
		return OK;
	}
	js_only(cx, a, fields, COUNT(fields));
	if (!id_read(js_str(a, S("object")), &object) || !hex_read(js_str(a, S("plain")), hash, 32) ||
	    !hex_read(js_str(a, S("stored")), hash, 32) || js_int(a, S("size"), -1) < 0 || js_int(a, S("stored_size"), -1) < 0)
		fault_add(cx, field, 0, 0, S("attachment"), "is not a file that was uploaded");
	if (utf8_count(js_str(a, S("name"))) > DESK_FILE_NAME || js_str(a, S("type")).n > DESK_FILE_TYPE)
		fault_add(cx, field, 0, 0, S("too-long"), "has a name that is too long: at most %d characters",
		    DESK_FILE_NAME);
	if (cx->n_faults)
		return OK;
	TRY(is_kept(cx, deed, object, js_int(a, S("stored_size"), -1), &kept));
	if (!kept) {
		fault_add(cx, field, 0, 0, S("attachment"), "is not kept here, or no longer: send the file again");
		return OK;
	}
	e = deed_did(cx, deed, S("attached"));
	for (const struct js *f = a->first; f; f = f->next)
		js_set(cx, e, f->key, js_share(cx, f));
	js_set_str(cx, e, S("dek"), js_str(a, S("object")));
	return OK;
}

/* An entry names it: it stays. */
static enum err
named(struct cx *cx, struct deed *deed, const struct js *a)
{
	struct id object;

	return id_read(js_str(a, S("object")), &object) ? sql_upload_done(cx, deed->d->db, object) : OK;
}

enum err
deed_attachments(struct cx *cx, struct deed *deed)
{
	const struct js *list = js_get(deed->args, S("attachments"));

	if (!list)
		return OK;
	if (list->type != JS_ARRAY || list->n > ATTACHMENTS) {
		fault_add(cx, S("attachments"), 0, 0, S("type"), "must be a list of at most %d files", ATTACHMENTS);
		return OK;
	}
	for (const struct js *a = list->first; a; a = a->next)
		TRY(attach(cx, deed, a, S("attachments")));
	for (const struct js *a = list->first; a && !cx->n_faults; a = a->next)
		TRY(named(cx, deed, a));
	return OK;
}

enum err
command_attach(struct cx *cx, struct deed *deed)
{
	const struct js *list = js_get(deed->args, S("attachments"));

	DEED_ONLY(cx, deed, S("attachments"));
	TRY(deed_attachments(cx, deed));
	TRY(fault_end(cx));
	if (!list || !list->n)
		return fail(cx, ERR_BAD_INPUT, "attachments: which files?");
	deed_timeline(cx, deed, S("attached"), list->n == 1 ? S("attached a file") : S("attached files"),
	    list->n == 1 ? js_str(list->first, S("name")) : S(""), S("both"));
	return OK;
}
