#include "desk/ask_org.h"

#include "sys/files.h"

enum { CHUNK = 200, SCAN_MOST = 20000 };

static enum err
admin_only(struct cx *cx, const struct actor *a)
{
	return access_may(NEED_ADMIN, a, SEES_NOTHING, false) ? OK : fail(cx, ERR_DENIED, "this needs %.*s",
	    F(access_need_words(NEED_ADMIN)));
}

static enum err
fill_held(struct cx *cx, const struct desk *d, struct ask_member *m)
{
	struct row_roles_of *rows;
	struct str *roles;
	ptrdiff_t n;

	TRY(sql_roles_of(cx, d->db, m->id, &rows, &n));
	roles = NEW(cx, struct str, n);
	for (ptrdiff_t i = 0; i < n; i++)
		roles[i] = rows[i].department.n ? str_fmt(cx, "%.*s@%.*s", F(rows[i].role), F(rows[i].department)) :
		    rows[i].role;
	m->roles = roles;
	m->n_roles = n;
	return OK;
}

static bool
holds_words(struct cx *cx, struct str words, const struct row_people_page *p)
{
	struct str rest = words, word, text;

	if (!words.n)
		return true;
	text = str_lower(cx, str_fmt(cx, "%.*s %.*s %.*s %.*s", F(p->person), F(p->name), F(p->email), F(p->department)));
	while (str_next(&rest, ' ', &word))
		if (word.n && str_find(text, word) < 0)
			return false;
	return true;
}

/* Fill members from rows until there is one too many, which says that there is a next page. */
static enum err
take_from(struct cx *cx, const struct desk *d, struct str words, const struct row_people_page *rows, ptrdiff_t n,
    ptrdiff_t most, struct ask_member *out, ptrdiff_t *have, struct str *next)
{
	for (ptrdiff_t i = 0; i < n && !next->n; i++) {
		const struct row_people_page *r = &rows[i];

		if (!holds_words(cx, words, r))
			continue;
		if (*have == most) {
			*next = out[most - 1].person;
			continue;
		}
		out[*have] = (struct ask_member){ .id = r->actor_id, .person = r->person, .name = r->name, .email = r->email,
			.department = r->department, .manager = r->manager, .active = r->active };
		TRY(fill_held(cx, d, &out[(*have)++]));
	}
	return OK;
}

enum err
ask_members(struct cx *cx, const struct desk *d, const struct actor *a, struct str words, struct str after,
    ptrdiff_t most, struct ask_member **out, ptrdiff_t *n, struct str *next)
{
	struct row_people_page *rows;
	ptrdiff_t m = CHUNK;

	TRY(admin_only(cx, a));
	words = str_lower(cx, str_trim(words));
	*out = NEW(cx, struct ask_member, most);
	*n = 0;
	*next = S("");
	for (ptrdiff_t scanned = 0; m == CHUNK && !next->n && scanned < SCAN_MOST; scanned += m) {
		TRY(sql_people_page(cx, d->db, after, CHUNK, &rows, &m));
		if (m)
			after = rows[m - 1].person;
		TRY(take_from(cx, d, words, rows, m, most, *out, n, next));
	}
	return OK;
}

enum err
ask_member_alone(struct cx *cx, const struct desk *d, const struct actor *a, struct str called, struct ask_member *out)
{
	struct row_person_of_email *by_email;
	struct row_person_of *row;
	ptrdiff_t n;

	TRY(admin_only(cx, a));
	TRY(sql_person_of(cx, d->db, called, &row));
	if (!row && str_index(called, '@') > 0) {
		TRY(sql_person_of_email(cx, d->db, str_lower(cx, called), &by_email, &n));
		if (n == 1 && by_email[0].person.n) {
			called = by_email[0].person;
			TRY(sql_person_of(cx, d->db, called, &row));
		}
	}
	if (!row)
		return fail(cx, ERR_NOT_FOUND, "nobody called “%.*s” is in the directory", F(utf8_cut_whole(called, 200)));
	*out = (struct ask_member){ .id = row->actor_id, .person = called, .name = row->name, .email = row->email,
		.department = row->department, .manager = row->manager, .phone = row->phone, .active = row->active };
	return OK;
}

enum err
ask_member(struct cx *cx, const struct desk *d, const struct actor *a, struct str called, struct ask_member *out)
{
	TRY(ask_member_alone(cx, d, a, called, out));
	return fill_held(cx, d, out);
}

enum err
ask_posts(struct cx *cx, const struct desk *d, const struct actor *a, struct ask_post **out, ptrdiff_t *n)
{
	const struct policy *p = d->policy;

	TRY(admin_only(cx, a));
	*n = 0;
	*out = NEW(cx, struct ask_post, p ? p->n_roles : 0);
	for (ptrdiff_t i = 0; p && i < p->n_roles; i++) {
		struct ask_post *post = &(*out)[*n];

		if (p->roles[i].is != ROLE_POST && p->roles[i].is != ROLE_MAILBOX &&
		    p->roles[i].is != ROLE_TEAM_OF_DEPARTMENT)
			continue;
		post->role = &p->roles[i];
		TRY(sql_role_holders(cx, d->db, post->role->id, &post->holders, &post->n));
		++*n;
	}
	return OK;
}

enum err
ask_systems(struct cx *cx, const struct desk *d, const struct actor *a, struct ask_system **out, ptrdiff_t *n)
{
	struct row_systems *rows;

	TRY(admin_only(cx, a));
	TRY(sql_systems(cx, d->db, &rows, n));
	*out = NEW(cx, struct ask_system, *n);
	for (ptrdiff_t i = 0; i < *n; i++) {
		(*out)[i] = (struct ask_system){ .system = rows[i].system, .title = rows[i].title };
		TRY(ask_person(cx, d, rows[i].owner_id, &(*out)[i].owner));
	}
	return OK;
}

enum err
ask_undelivered(struct cx *cx, const struct desk *d, const struct actor *a, ptrdiff_t most,
    struct ask_undelivered **out, ptrdiff_t *n)
{
	struct row_delivery_dead *rows;

	TRY(admin_only(cx, a));
	TRY(sql_delivery_dead(cx, d->db, most, &rows, n));
	*out = NEW(cx, struct ask_undelivered, *n);
	for (ptrdiff_t i = 0; i < *n; i++) {
		struct ask_undelivered *u = &(*out)[i];
		struct row_notice_get *notice;
		struct row_case_get *k = NULL;

		*u = (struct ask_undelivered){ .notice = rows[i].notice_id, .address = rows[i].address,
		    .tries = rows[i].tries,
			.why = rows[i].last, .at = NEVER };
		TRY(sql_notice_get(cx, d->db, rows[i].seq, u->notice, &notice));
		if (!notice)
			continue;
		u->about = notice->about;
		u->at = notice->at;
		TRY(sql_case_get(cx, d->db, notice->case_id, &k));
		u->ref = k ? k->ref : S("");
	}
	return OK;
}

enum err
ask_health(struct cx *cx, const struct desk *d, const struct actor *a, struct ask_health *out)
{
	struct row_checkpoint_last *last;
	struct row_delivery_dead *dead;
	struct row_head_get *head;

	TRY(admin_only(cx, a));
	*out = (struct ask_health){ .last_at = NEVER, .signed_at = NEVER };
	TRY(sql_head_get(cx, d->db, &head));
	TRY(sql_checkpoint_last(cx, d->db, head ? head->log : 1, &last));
	TRY(sql_delivery_dead(cx, d->db, ASK_COUNT, &dead, &out->undelivered));
	if (head) {
		out->entries = head->first + head->size;
		out->last_at = head->at;
	}
	if (head && last) {
		out->signed_entries = head->first + last->size;
		out->signed_at = last->at;
	}
	out->log = db_log_size(d->db);
	if (files_room(cx, d->dir, &out->room) != OK)
		out->room = -1;
	return OK;
}
