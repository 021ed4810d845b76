/* The administrator's forms: people, one by one and as a list; every setting; and the pages on which they stand. */
#include "torture.h"

#include "web/url.h"

enum { PERSON, NAME, EMAIL, DEPARTMENT, MANAGER, PHONE, NEW_NAME, NEW_EMAIL, NEW_DEPARTMENT, NEW_PHONE,
	LIST_PERSON, LIST_NAME, LIST_DEPARTMENT, LIST_PHONE, ORG, DESK, DESK_PHONE, HOURS, ON_CALL, CONTACT, URL,
	OLD_PATH, SERVER, FROM, USER, COLOUR, SYSTEM, TITLE, OWNER, HOLDER, ALL };
enum { AT_PERSON, AT_CHANGED, AT_PEOPLE, AT_LIST, AT_LISTED, AT_SETUP, AT_START, AT_SHARE, AT_POSTER, AT_PRIVACY };
enum { MANY = 60 }; /* more than a page of a list */

static void
slots(struct round *r)
{
	round_slot(r, "person", "calm-person");
	round_slot(r, "name", "Calm First Name");
	round_slot(r, "email", "calm.first@example.org")->small = true;
	round_slot(r, "department", "Calm First Department");
	round_slot(r, "manager", "line_manager")->word = true;
	round_slot(r, "phone", "0100 555 0104");
	round_slot(r, "name", "Calm New Name");
	round_slot(r, "email", "calm.new@example.org")->small = true;
	round_slot(r, "department", "Calm New Department");
	round_slot(r, "phone", "0100 555 0105");
	round_slot(r, "person", "calm-listed");
	round_slot(r, "name", "Calm Listed Name");
	round_slot(r, "department", "Calm Listed Department");
	round_slot(r, "phone", "0100 555 0106");
	round_slot(r, "org_name", "Calm Organisation");
	round_slot(r, "desk", "Calm Desk");
	round_slot(r, "phone", "0100 555 0107");
	round_slot(r, "hours", "calm hours");
	round_slot(r, "on_call", "calm night watch");
	round_slot(r, "contact", "calm.contact@example.org");
	round_slot(r, "public_url", "https://calm.example.org");
	round_slot(r, "old_path", "/calm-old-path");
	round_slot(r, "mail_server", "smtp://calm.mail.example.org");
	round_slot(r, "mail_from", "calm.from@example.org");
	round_slot(r, "mail_user", "calm mail account");
	round_slot(r, "colour", "#0b5a55")->word = true;
	round_slot(r, "system", "calm_system");
	round_slot(r, "title", "Calm System");
	round_slot(r, "owner", "rita")->word = true;
	round_slot(r, "holder", "boss")->word = true;
	EXPECT(r->n == ALL);
}

static const char *
person_at(struct round *r, const char *path, const struct slot *s)
{
	return str_z(r->cx, str_fmt(r->cx, "%s%.*s", path, F(url_encode(r->cx, round_kept(r, s)))));
}

/* Each turn adds somebody: whom an earlier turn added with the same id is refused by name, and so said harmlessly,
 * which is taken only once. */
static void
add_person(struct round *r, struct browse *b, ptrdiff_t turn)
{
	r->slot[PERSON].calm = str_fmt(r->cx, "calm-person-%td", turn);
	if (r->calm)
		r->slot[PERSON].said = r->slot[PERSON].calm;
	browse_get(b, "/people/add");
	round_send(r, b, "/people/add", PERSON, NEW_NAME, NULL);
	browse_get(b, person_at(r, "/person?id=", &r->slot[PERSON]));
	round_page(r, b, AT_PERSON);
	round_send(r, b, person_at(r, "/person?id=", &r->slot[PERSON]), NEW_NAME, LIST_PERSON, NULL);
	browse_get(b, person_at(r, "/person?id=", &r->slot[PERSON]));
	round_page(r, b, AT_CHANGED);
	browse_get(b, person_at(r, "/people?q=", &r->slot[NEW_NAME]));
	round_list(r, b, AT_PEOPLE);
	round_says(r, b, "q", round_kept(r, &r->slot[NEW_NAME]));
}

static void
put_csv(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (ptrdiff_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

/* As a list: what is wrong is said by column; then that field is harmless. Somebody who is there already would keep
 * what the list does not say. */
static void
import_person(struct round *r, struct browse *b, ptrdiff_t turn)
{
	r->slot[LIST_PERSON].calm = str_fmt(r->cx, "calm-listed-%td", turn);
	if (r->calm)
		r->slot[LIST_PERSON].said = r->slot[LIST_PERSON].calm;
	browse_get(b, person_at(r, "/person?id=", &r->slot[LIST_PERSON]));
	r->slot[LIST_PERSON].refused = b->status == 200;
	torture_tried += LIST_PHONE + 1 - LIST_PERSON;
	for (int tries = 0; tries < 5; tries++) {
		struct buf csv = buf_new(r->cx);
		bool any = false;

		buf_put(&csv, S("person,name,department,phone\n"));
		for (int i = LIST_PERSON; i <= LIST_PHONE; i++) {
			put_csv(&csv, round_kept(r, &r->slot[i]));
			buf_char(&csv, i == LIST_PHONE ? '\n' : ',');
		}
		browse_get(b, "/people/import");
		browse_fill(b, "text", str_z(r->cx, buf_str(&csv)));
		browse_send(b, "/people/import");
		if (b->status == 200)
			break;
		for (int i = LIST_PERSON; i <= LIST_PHONE; i++)
			if (!r->slot[i].refused && browse_has(b, str_z(r->cx, str_fmt(r->cx, "data-label=\"Column\">%.*s<",
			    F(r->slot[i].name)))))
				r->slot[i].refused = any = true;
		if (b->status != 422 || !any)
			fail_msg("a list is refused with %d and no column: %.*s", b->status, F(b->page));
	}
	round_list(r, b, AT_LIST);
	if (!browse_has(b, "name=\"apply\""))
		return; /* just as it was */
	browse_send(b, "/people/import");
	browse_get(b, person_at(r, "/person?id=", &r->slot[LIST_PERSON]));
	round_page(r, b, AT_LISTED);
}

static void
settings(struct round *r, struct browse *b)
{
	static const char *const post[] = { "role", "hr", NULL };

	browse_get(b, "/setup");
	round_send(r, b, "/setup/desk", ORG, URL, NULL);
	round_send(r, b, "/setup/address", URL, SERVER, NULL);
	round_send(r, b, "/setup/mail", SERVER, COLOUR, NULL);
	round_send(r, b, "/setup/look", COLOUR, SYSTEM, NULL);
	round_send(r, b, "/setup/systems", SYSTEM, HOLDER, NULL);
	round_send(r, b, "/setup/posts", HOLDER, ALL, post);
	browse_get(b, "/setup");
	round_list(r, b, AT_SETUP);
	r->slot[URL].alt = round_kept(r, &r->slot[URL]); /* pages leave its last slash out */
	if (str_ends(r->slot[URL].alt, S("/")))
		r->slot[URL].alt.n--;
}

/* Pages that carry the settings, and the files that do: of those each line counts. */
static void
look_around(struct round *r, struct browse *b)
{
	static const struct { const char *at; int page; } pages[] = {
		{ "/share", AT_SHARE }, { "/poster", AT_POSTER }, { "/privacy", AT_PRIVACY } };
	static const struct { const char *at; int lines; } files[] = {
		{ "/share/tocsin.url", 2 }, { "/.well-known/security.txt", 4 }, { "/brand.css", 99 } };

	for (ptrdiff_t i = 0; i < COUNT(pages); i++) {
		browse_get(b, pages[i].at);
		round_page(r, b, pages[i].page);
	}
	for (ptrdiff_t i = 0; i < COUNT(files); i++) {
		int lines = 0;

		torture_tried++;
		browse_get(b, files[i].at);
		for (ptrdiff_t k = 0; k < b->page.n; k++)
			lines += b->page.p[k] == '\n';
		if (b->status != 200 || lines > files[i].lines)
			torture_wrong("%s: %d, %d lines: %.*s", files[i].at, b->status, lines, F(torture_words(r->cx, b->page)));
	}
}

static void
some_turns(struct cx *cx, const struct str *strings, ptrdiff_t n, ptrdiff_t from, ptrdiff_t to)
{
	struct browse *b = walk_begin(cx, "st-helens"), *stranger = walk_other(b), mine;
	struct round r = { .cx = cx };
	struct buf many = buf_new(cx);

	slots(&r);
	buf_put(&many, S("{\"people\":["));
	for (int i = 0; i < MANY; i++)
		buf_fmt(&many, "%s{\"person\":\"many-%d\",\"name\":\"Calm New Name\"}", i ? "," : "", i);
	buf_put(&many, S("]}"));
	flow_do(b->flow, S("local"), "people", S(""), str_z(cx, buf_str(&many)));
	browse_as(b, flow_sign_in(b->flow, "boss"));
	mine = *b;
	for (ptrdiff_t turn = from - 1; turn < to; turn++) {
		struct mark m = cx_mark(cx);

		round_begin(&r, strings, n, turn < from ? -1 : turn);
		settings(&r, b);
		add_person(&r, b, turn);
		import_person(&r, b, turn);
		look_around(&r, b);
		browse_get(stranger, "/");
		round_page(&r, stranger, AT_START);
		if (r.calm)
			continue;
		*b = mine;
		cx_back(cx, m);
	}
	flow_end(b->flow);
}

TEST(what_an_administrator_says_is_kept_and_shown_byte_for_byte_or_refused_by_name)
{
	torture_turns(cx, some_turns);
}
