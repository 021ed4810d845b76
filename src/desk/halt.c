#include "desk/halt.h"

#include "base/log.h"
#include "store/recall.h"
#include "sys/files.h"
#include <stdio.h>

enum { LONGEST = 4096 };

static const struct str note = { "halted", 6 }, file = { "db/halted", 9 };

/* A note about the log that is written to; one about another means nothing any more. */
static bool
take(struct cx *cx, struct desk *d, struct str text, int64_t log)
{
	struct moment since;
	struct str why;
	struct js *j;

	if (js_read(cx, text, &j) != OK || js_int(j, S("log"), 0) != log || !moment_read(js_str(j, S("since")), &since))
		return false;
	why = js_str(j, S("why"));
	d->halt = (struct halt){ .is = true, .since = since.at, .seen = js_int(j, S("seen"), 0) };
	snprintf(d->halt.why, sizeof d->halt.why, "%.*s", F(why));
	return true;
}

enum err
halt_look(struct cx *cx, struct desk *d)
{
	struct row_meta_get *row;
	struct row_head_get *head;
	bool untold = d->halt.is && !d->halt.told;

	TRY(sql_meta_get(cx, d->db, note, &row));
	if (!row && untold)
		return OK;
	d->halt = (struct halt){ 0 };
	if (!row)
		return OK;
	TRY(sql_head_get(cx, d->db, &head));
	d->halt.told = head && take(cx, d, row->value, head->log);
	return OK;
}

static struct str
text_of(struct cx *cx, const struct desk *d)
{
	struct js *j = js_object(cx);

	js_set_int(cx, j, S("log"), d->journal.log);
	js_set_when(cx, j, S("since"), d->halt.since);
	js_set_int(cx, j, S("seen"), d->halt.seen);
	js_set_str(cx, j, S("why"), str_of(d->halt.why));
	return js_text(cx, j);
}

static enum err
write_note(struct cx *cx, struct desk *d)
{
	struct halt mine = d->halt;
	struct row_head_lock *head;
	enum err e;

	TRY(db_begin(cx, d->db));
	e = sql_head_lock(cx, d->db, &head);
	if (e == OK)
		e = halt_look(cx, d);
	if (e == OK && !d->halt.told) {
		d->halt = mine;
		e = sql_meta_set(cx, d->db, note, text_of(cx, d));
	}
	if (e == OK)
		e = db_commit(cx, d->db);
	if (e != OK)
		db_rollback(d->db);
	else
		mine = d->halt;
	d->halt = mine;
	d->halt.told = e == OK;
	return e;
}

enum err
halt_tell(struct cx *cx, struct desk *d)
{
	enum err e = OK;

	if (d->halt.is && !d->halt.told)
		e = write_note(cx, d);
	return e == ERR_SYNC ? e : OK;
}

enum err
halt_knew(struct cx *cx, struct desk *d, int64_t records)
{
	if (records <= d->halt.seen)
		return OK;
	d->halt.seen = records;
	return sql_meta_set(cx, d->db, note, text_of(cx, d));
}

enum err
halt_refuse(struct cx *cx, const struct desk *d)
{
	char since[WHEN_TEXT];

	return fail(cx, ERR_HALTED, "nothing new can be taken in: the record behind this service has lost entries and is read-only since "
	    "%.*s; what is there can be read", when_text(d->halt.since / SECOND * SECOND, since), since);
}

enum err
halt_declare(struct cx *cx, struct desk *d, struct str why)
{
	d->halt = (struct halt){ .is = true, .since = cx->now, .seen = (int64_t)d->journal.tree.size };
	snprintf(d->halt.why, sizeof d->halt.why, "%.*s", F(why));
	log_line("the service is read-only from now on: %s", d->halt.why);
	if (files_write(cx, d->dir, file, 0600, text_of(cx, d)) != OK)
		log_line("this could not be noted in the data directory: %s", cx->why);
	TRY(halt_tell(cx, d));
	return halt_refuse(cx, d);
}

/* What this node remembers, against what is there. */
static enum err
remembers(struct cx *cx, struct desk *d)
{
	struct checkpoint here = { d->journal.origin, d->journal.tree.size, tree_root(&d->journal.tree) };

	TRY(recall_extends(cx, &d->journal, &here));
	return recall_holds(cx, &d->journal, d->dir);
}

enum err
halt_open(struct cx *cx, struct desk *d)
{
	struct str text;
	enum err e;

	TRY(halt_look(cx, d));
	if (d->halt.is)
		return OK;
	e = files_read(cx, d->dir, file, LONGEST, &text);
	if (e == OK && take(cx, d, text, d->journal.log))
		return halt_tell(cx, d);
	if (e == OK)
		TRY(files_remove(cx, d->dir, file));
	e = remembers(cx, d);
	if (e == ERR_TAMPERED)
		e = halt_declare(cx, d, str_copy(cx, str_of(cx->why)));
	return e == ERR_HALTED ? OK : e;
}

enum err
halt_end(struct cx *cx, struct desk *d)
{
	d->halt = (struct halt){ 0 };
	return sql_meta_drop(cx, d->db, note);
}
