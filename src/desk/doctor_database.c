#include "desk/doctor_part.h"

#include "sys/sys.h"

#define SKEW_SMALL (2 * SECOND)
#define SKEW_LARGE MINUTE

static struct str group = { "database", 8 };

/* Two machines may not agree on what time it is; due times are counted from this one's. */
static void
clocks(struct exam *x, when server, when before, when after)
{
	when skew = server < before ? server - before : server > after ? server - after : 0, by = skew < 0 ? -skew : skew;

	if (by <= SKEW_SMALL)
		doctor_say(x, group, DOCTOR_OK, str_fmt(x->cx, "its clock and this machine's agree within %lld ms",
		    (long long)((by + after - before) / 1000)));
	else
		doctor_say(x, group, by > SKEW_LARGE ? DOCTOR_BAD : DOCTOR_WARN, str_fmt(x->cx, "its clock is %lld.%lld seconds %s "
		    "this machine's: set both by NTP", (long long)(by / SECOND), (long long)(by % SECOND / (SECOND / 10)),
		    skew > 0 ? "ahead of" : "behind"));
}

static bool
is_local(struct str address)
{
	return !address.n || str_starts(address, S("127.")) || str_eq(address, S("::1"));
}

static void
way(struct exam *x, const struct row_server_about *row)
{
	struct str caution = db_caution(x->cx, x->d->db), at = is_local(row->address) ? S("on this machine") :
	    str_fmt(x->cx, "at %.*s", F(row->address));

	doctor_say(x, group, DOCTOR_OK, str_fmt(x->cx, "PostgreSQL %.*s %.*s%s%.*s", F(row->version), F(at),
	    row->cipher.n ? ", encrypted by " : "", F(row->cipher)));
	if (caution.n)
		doctor_say(x, group, DOCTOR_BAD, caution);
}

/* Best effort: a login that may not see how a standby does is told its name alone. */
static enum err
standbys(struct exam *x, struct str asked)
{
	struct row_server_standbys *rows;
	ptrdiff_t n, synchronous = 0, unseen = 0;

	TRY(sql_server_standbys(x->cx, x->d->db, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		bool sync = str_eq(rows[i].sync, S("sync")) || str_eq(rows[i].sync, S("quorum"));

		synchronous += sync;
		unseen += !rows[i].state.n;
		if (rows[i].state.n)
			doctor_say(x, group, DOCTOR_OK, str_fmt(x->cx, "standby “%.*s”: %.*s, %s", F(rows[i].name), F(rows[i].state),
			    sync ? "synchronous" : "not synchronous"));
	}
	if (!asked.n)
		doctor_say(x, group, DOCTOR_WARN, S("no standby is synchronous (synchronous_standby_names is empty): what was answered "
		    "stands on one machine alone"));
	else if (unseen)
		doctor_say(x, group, DOCTOR_WARN, S("this login may not see how the standbys do: GRANT pg_monitor to it"));
	else if (!synchronous)
		doctor_say(x, group, DOCTOR_BAD, S("no synchronous standby is there: nothing can be written until one is"));
	return OK;
}

enum err
doctor_database(struct exam *x)
{
	struct row_server_about *row;
	when before = sys_now();

	TRY(sql_server_about(x->cx, x->d->db, &row));
	if (!row)
		return fail(x->cx, ERR_BROKEN, "the database says nothing about itself");
	if (!db_shared(x->d->db)) {
		doctor_say(x, group, DOCTOR_OK, str_fmt(x->cx, "SQLite %.*s, a file of this directory", F(row->version)));
		return OK;
	}
	way(x, row);
	clocks(x, row->now, before, sys_now());
	return standbys(x, row->standbys);
}
