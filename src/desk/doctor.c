#include "desk/doctor_part.h"

#include "desk/ask_org.h"
#include "desk/backup.h"
#include "desk/upkeep.h"
#include "sys/files.h"
#include "sys/jail.h"
#include <fcntl.h>
#include <sys/stat.h>

enum { LAST = 1000, WHOLE = 50000 };
#define SIGN_LATEST (5 * MINUTE)
#define KEYS_KEPT (61 * DAY)
#define ROOM_LOW ((int64_t)1 << 30)
#define ROOM_NONE ((int64_t)128 << 20)

struct str
doctor_state_name(enum doctor_state s)
{
	return s == DOCTOR_OK ? S("ok") : s == DOCTOR_WARN ? S("warn") : S("bad");
}

static void
line(struct exam *x, struct str group, enum doctor_state state, struct str words)
{
	struct doctor_line *l = NEW(x->cx, struct doctor_line, 1);

	*l = (struct doctor_line){ group, words, state, NULL };
	*x->end = l;
	x->end = &l->next;
}

void
doctor_say(struct exam *x, struct str group, enum doctor_state state, struct str words)
{
	line(x, group, state, words);
}

static void
directory(struct exam *x)
{
	struct str group = S("directory");
	struct stat st;

	if (fstat(x->d->dir, &st) == 0 && (st.st_mode & 077))
		line(x, group, DOCTOR_BAD, S("others than its owner may enter it: chmod 700"));
	for (int i = 0; i < JAIL_PLACES; i++)
		if (fstatat(x->d->dir, str_z(x->cx, jail_places[i]), &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode))
			line(x, group, DOCTOR_BAD, str_fmt(x->cx, "the folder %.*s is missing", F(jail_places[i])));
		else if (st.st_mode & 077)
			line(x, group, DOCTOR_BAD, str_fmt(x->cx, "others than its owner may enter the folder %.*s: chmod 700",
			    F(jail_places[i])));
	line(x, group, DOCTOR_OK, x->serving ? S("a server runs on it") : S("no server runs on it"));
}

static const char *
age(struct cx *cx, when t)
{
	return t < 2 * HOUR ? str_fmt(cx, "%lld minutes", (long long)(t / MINUTE)).p :
	    t < 2 * DAY ? str_fmt(cx, "%lld hours", (long long)(t / HOUR)).p : str_fmt(cx, "%lld days", (long long)(t / DAY)).p;
}

/* A copy of the key folder is kept at most two months, or erasing would be undone by it. */
static void
keys_saved(struct exam *x, struct str group, struct str note)
{
	struct str mark, saved, where;
	struct cx *cx = x->cx;
	when at;

	if (!note.n)
		line(x, group, DOCTOR_BAD, S("nobody has confirmed a backup of the key folder, and lost keys are lost cases: tocsin "
		    "backup keys"));
	else if (!backup_note_read(note, &at, &saved, &where))
		line(x, group, DOCTOR_WARN, str_fmt(cx, "the key folder is said to be backed up, but not when: %.*s; tocsin backup "
		    "keys", F(note)));
	else if (backup_keys_mark(cx, x->d, &mark) == OK && !str_eq(mark, saved))
		line(x, group, DOCTOR_BAD, str_fmt(cx, "the key files have changed since they were backed up to %.*s: tocsin backup "
		    "keys", F(where)));
	else if (cx->now - at > KEYS_KEPT)
		line(x, group, DOCTOR_WARN, str_fmt(cx, "the key folder's backup in %.*s is %s old: make a new one and destroy the "
		    "old", F(where), age(cx, cx->now - at)));
	else
		line(x, group, DOCTOR_OK, str_fmt(cx, "the key folder is backed up by itself, %s ago: %.*s", age(cx, cx->now - at),
		    F(where)));
}

static void
keys(struct exam *x)
{
	static const struct str files[] = { { "keys/root.key", 13 }, { "keys/sign.key", 13 }, { "gate/gate.key", 13 } };
	struct str group = S("keys"), key, *names;
	ptrdiff_t n, bad = 0, months = 0;

	for (ptrdiff_t i = 0; i < COUNT(files); i++)
		if (files_read_secret(x->cx, x->d->dir, files[i], 64, &key) != OK && ++bad)
			line(x, group, DOCTOR_BAD, str_copy(x->cx, str_of(x->cx->why)));
	if (files_list(x->cx, x->d->dir, S("keys"), &names, &n) == OK)
		for (ptrdiff_t i = 0; i < n; i++) {
			if (!str_starts(names[i], S("month-")))
				continue;
			months++;
			if (files_read_secret(x->cx, x->d->dir, str_fmt(x->cx, "keys/%.*s", F(names[i])), 64, &key) != OK && ++bad)
				line(x, group, DOCTOR_BAD, str_copy(x->cx, str_of(x->cx->why)));
		}
	if (!months)
		line(x, group, DOCTOR_BAD, S("there is no key of the month: nothing can be read"));
	else if (!bad)
		line(x, group, DOCTOR_OK, str_fmt(x->cx, "root, signing and gate key and %td of the month are there, readable by "
		    "their owner alone",
		    months));
	keys_saved(x, group, desk_setting(x->d, S("keys_saved"), S("")));
}

static enum err
backup(struct exam *x)
{
	struct str group = S("backup"), records, where, days = desk_setting(x->d, S("backup_days"), S("2"));
	struct cx *cx = x->cx;
	struct row_meta_get *row;
	int64_t most = 2;
	when at;

	TRY(sql_meta_get(cx, x->d->db, S("backup_done"), &row));
	str_int(days, &most);
	if (!most)
		line(x, group, DOCTOR_WARN, S("not looked for: backup_days is 0"));
	else if (!row || !backup_note_read(row->value, &at, &records, &where))
		line(x, group, DOCTOR_BAD, S("there is none of this directory: tocsin backup"));
	else
		line(x, group, cx->now - at > most * DAY ? DOCTOR_BAD : DOCTOR_OK, str_fmt(cx, "the last is %s old, with %.*s "
		    "records, in %.*s%s", age(cx, cx->now - at), F(records), F(where),
		    cx->now - at > most * DAY ? ": make another" : ""));
	return OK;
}

/* The end of a long journal: each record hangs from the one before, and its leaf and payload are as stored. */
static enum err
check_last(struct cx *cx, struct desk *d)
{
	struct row_head_get *head;
	struct row_entries_from *rows;
	struct hash before = { { 0 } }, h;
	struct record r;
	int64_t from;
	ptrdiff_t n;

	TRY(sql_head_get(cx, d->db, &head));
	from = head->size > LAST ? head->size - LAST : 0;
	do {
		TRY(sql_entries_from(cx, d->db, head->log, from, JOURNAL_PAGE, &rows, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			if (rows[i].record.n != RECORD_SIZE)
				return fail(cx, ERR_TAMPERED, "entry %lld has %td bytes", (long long)rows[i].seq, rows[i].record.n);
			TRY(record_read(cx, (const uint8_t *)rows[i].record.p, &r));
			h = record_leaf((const uint8_t *)rows[i].record.p);
			if (!str_eq(rows[i].leaf, hash_str(&h)) || (!hash_zero(before) && !hash_eq(before, r.prev)) ||
			    r.seq != (uint64_t)rows[i].seq)
				return fail(cx, ERR_TAMPERED, "entry %lld does not hang from the one before it", (long long)rows[i].seq);
			before = h;
			if (!(r.flags & RECORD_PAYLOAD) || !rows[i].kept)
				continue;
			h = sha256(rows[i].object);
			if (!hash_eq(h, r.payload_hash))
				return fail(cx, ERR_TAMPERED, "the payload of entry %lld is not the one recorded", (long long)rows[i].seq);
		}
		from += n;
	} while (n == JOURNAL_PAGE);
	return OK;
}

static enum err
journal(struct exam *x)
{
	struct str group = S("journal");
	struct upkeep_verified v;
	struct row_head_get *head;
	struct cx *cx = x->cx;
	struct ask_health h;
	char since[WHEN_TEXT];
	enum err e;

	TRY(ask_health(cx, x->d, x->me, &h));
	TRY(sql_head_get(cx, x->d->db, &head));
	if (x->d->halt.is)
		line(x, group, DOCTOR_BAD, str_fmt(cx, "it has lost entries and is read-only since %.*s: %s. Stop the server of this node, "
		    "then: tocsin restore --as-it-stands --data DIR, with --known and the last checkpoint that was published",
		    when_text(x->d->halt.since / SECOND * SECOND, since), since, x->d->halt.why));
	if (head && head->log > 1)
		line(x, group, DOCTOR_OK, str_fmt(cx, "%.*s, opened by a restore, is log %lld: those before it stay as they were",
		    F(head->origin), (long long)head->log));
	e = h.entries <= WHOLE ? upkeep_verify(cx, x->d, &v) : check_last(cx, x->d);
	if (e == ERR_TAMPERED)
		line(x, group, DOCTOR_BAD, str_fmt(cx, "it does not verify: %s", cx->why));
	else if (e != OK)
		return e;
	else if (h.entries <= WHOLE)
		line(x, group, v.keys ? DOCTOR_OK : DOCTOR_WARN, str_fmt(cx, "all %lld records verify%s", (long long)h.entries,
		    v.keys ? "" :
		    ", but no key could be read, so neither contents nor signatures were checked"));
	else
		line(x, group, DOCTOR_OK, str_fmt(cx, "the last %d of %lld records verify; tocsin verify --data checks all", LAST,
		    (long long)h.entries));
	if (h.signed_at == NEVER)
		line(x, group, DOCTOR_BAD, S("no checkpoint has been signed"));
	else if (h.signed_entries < h.entries && cx->now - h.last_at > SIGN_LATEST)
		line(x, group, x->serving ? DOCTOR_BAD : DOCTOR_WARN, str_fmt(cx, "%lld records are not signed for yet",
		    (long long)(h.entries - h.signed_entries)));
	else
		line(x, group, DOCTOR_OK, str_fmt(cx, "signed up to record %lld, %lld minutes ago", (long long)h.signed_entries,
		    (long long)((cx->now - h.signed_at) / MINUTE)));
	return OK;
}

static void
room(struct exam *x)
{
	int64_t free_bytes;

	if (files_room(x->cx, x->d->dir, &free_bytes) != OK)
		line(x, S("disk"), DOCTOR_WARN, str_copy(x->cx, str_of(x->cx->why)));
	else
		line(x, S("disk"), free_bytes < ROOM_NONE ? DOCTOR_BAD : free_bytes < ROOM_LOW ? DOCTOR_WARN : DOCTOR_OK,
		    str_fmt(x->cx, "%lld MiB are free", (long long)(free_bytes >> 20)));
}

/* A duty of a post that nobody holds goes to its deputies; if there is none either, to nobody. */
static bool
somebody_instead(const struct role *role, const struct ask_post *posts, ptrdiff_t n)
{
	for (ptrdiff_t k = 0; k < role->n_deputies; k++)
		for (ptrdiff_t i = 0; i < n; i++)
			if (posts[i].role == role->deputies[k] && posts[i].n)
				return true;
	return false;
}

static bool
has_duties(const struct policy *p, const struct role *role)
{
	for (ptrdiff_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].role == role)
			return true;
	return false;
}

static enum err
posts(struct exam *x)
{
	struct row_role_holders *admins;
	struct ask_post *all;
	ptrdiff_t n, n_admins, vacant = 0;
	struct cx *cx = x->cx;

	if (!x->d->policy) {
		line(x, S("policy"), DOCTOR_BAD, S("none is in force: tocsin policy set"));
		return OK;
	}
	line(x, S("policy"), DOCTOR_OK, str_fmt(cx, "%.*s %.*s is in force", F(x->d->policy->id), F(x->d->policy->version)));
	TRY(sql_role_holders(cx, x->d->db, S("admin"), &admins, &n_admins));
	if (!n_admins)
		line(x, S("people"), DOCTOR_BAD, S("nobody is administrator"));
	TRY(ask_posts(cx, x->d, x->me, &all, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		const struct role *r = all[i].role;
		bool duties = has_duties(x->d->policy, r), deputy = somebody_instead(r, all, n);

		if (all[i].n || r->is == ROLE_REPORTER || r->is == ROLE_MANAGER_OF_REPORTER ||
		    r->is == ROLE_MANAGER_IN_DEPARTMENT ||
		    r->is == ROLE_OWNER_OF_SYSTEMS)
			continue;
		vacant++;
		line(x, S("people"), duties && !deputy ? DOCTOR_BAD : DOCTOR_WARN, str_fmt(cx, "nobody holds “%.*s” (%.*s)%s",
		    F(r->title), F(r->id),
		    !duties ? "" : deputy ? "; a deputy is told instead" : ", and the policy lays duties on it"));
	}
	if (!vacant)
		line(x, S("people"), DOCTOR_OK, S("every post of the policy is held"));
	return OK;
}

static enum err
systems(struct exam *x)
{
	struct row_systems *rows;
	ptrdiff_t n, ownerless = 0;

	TRY(sql_systems(x->cx, x->d->db, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		ownerless += id_zero(rows[i].owner_id);
	if (ownerless)
		line(x, S("people"), DOCTOR_WARN, str_fmt(x->cx, "%td of %td systems have no owner", ownerless, n));
	return OK;
}

static enum err
mail(struct exam *x)
{
	struct str group = S("mail"), server = desk_setting(x->d, S("mail_server"), S("")),
	    from = desk_setting(x->d, S("mail_from"), S(""));
	struct row_delivery_dead *dead;
	struct row_delivery_waits *waits;
	ptrdiff_t n;

	if (str_eq(desk_setting(x->d, S("mail_off"), S("no")), S("yes")))
		line(x, group, DOCTOR_WARN, S("switched off: people see what is new only when they sign in"));
	else if (!server.n)
		line(x, group, DOCTOR_WARN, S("no server is set (mail_server): people see what is new only when they sign in"));
	else if (!from.n)
		line(x, group, DOCTOR_BAD, S("a server is set, but no address that mail comes from (mail_from): nothing can be "
		    "sent"));
	else
		line(x, group, DOCTOR_OK, str_fmt(x->cx, "sent through %.*s", F(server)));
	TRY(sql_delivery_dead(x->cx, x->d->db, 100, &dead, &n));
	TRY(sql_delivery_waits(x->cx, x->d->db, 100, &waits));
	if (n)
		line(x, group, DOCTOR_BAD, str_fmt(x->cx, "%td%s notices could not be delivered, and nobody was told so: see the "
		    "administrator's "
		    "page", n, n == 100 ? "+" : ""));
	if (waits && waits->n)
		line(x, group, DOCTOR_WARN, str_fmt(x->cx, "%lld notices wait to be tried again", (long long)waits->n));
	return OK;
}

static void
set_up(struct exam *x)
{
	static const struct { struct str name, words; } wanted[] = {
		{ { "org_name", 8 }, { "the name of the organisation", 28 } },
		{ { "phone", 5 }, { "the number of the desk", 22 } },
		{ { "public_url", 10 }, { "the address people reach it by", 30 } },
	};
	bool missing = false;

	for (ptrdiff_t i = 0; i < COUNT(wanted); i++)
		if (!desk_setting(x->d, wanted[i].name, S("")).n && (missing = true))
			line(x, S("set-up"), DOCTOR_WARN, str_fmt(x->cx, "%.*s is not set: %.*s", F(wanted[i].name), F(wanted[i].words)));
	if (!str_eq(desk_setting(x->d, S("set_up"), S("no")), S("yes")) && (missing = true))
		line(x, S("set-up"), DOCTOR_WARN, S("the set-up page has not been gone through"));
	if (!missing)
		line(x, S("set-up"), DOCTOR_OK, S("done"));
}

static void
cage(struct exam *x)
{
	struct jail_hold *holds;
	int n;

	jail_holds(x->cx, &holds, &n);
	for (int i = 0; i < n; i++)
		line(x, S("cage"), holds[i].holds ? DOCTOR_OK : str_eq(holds[i].what, S("system calls")) ? DOCTOR_BAD : DOCTOR_WARN,
		    str_fmt(x->cx, "%.*s: %.*s", F(holds[i].what), F(holds[i].words)));
}

enum err
doctor_examine(struct cx *cx, struct desk *d, bool serving, struct doctor_line **out)
{
	static const struct actor me = { .local = true, .admin = true, .all = SEES_IT_ALL };
	struct exam x = { cx, d, out, serving, &me };

	*out = NULL;
	directory(&x);
	keys(&x);
	TRY(backup(&x));
	if (db_check(cx, d->db) != OK)
		line(&x, S("database"), DOCTOR_BAD, str_fmt(cx, "it does not fit this version: %s", cx->why));
	TRY(doctor_database(&x));
	TRY(journal(&x));
	TRY(posts(&x));
	TRY(systems(&x));
	TRY(mail(&x));
	set_up(&x);
	cage(&x);
	room(&x);
	return OK;
}
