/* What was handed out, and what has been forgotten, stands nowhere in the files of the database. */
#include "desk/flow.h"
#include "sys/files.h"
#include "sys/token.h"
#include <stdlib.h>

enum { MOST = 64 << 20 };

/* A flow whose database is a file. What is not is asked for before anything is made: who skips takes nothing away. */
static struct flow *
start(struct cx *cx)
{
	if (getenv("TOCSIN_PG")) {
		printf("SKIP: the pages of a PostgreSQL server are its own\n");
		skip();
	}
	return flow_start(cx, S("st-helens"));
}

/* The database once its log is folded back into it, and what is left of the log. */
static struct str
files_of(struct flow *f)
{
	struct str all[2];
	struct cx *cx = f->cx;

	EXPECT_OK(desk_tidy(cx, &f->desk, FOLD_EMPTY));
	EXPECT_OK(files_read(cx, FILES_HERE, str_fmt(cx, "%.*s/db/tocsin.db", F(f->path)), MOST, &all[0]));
	EXPECT_OK(files_read(cx, FILES_HERE, str_fmt(cx, "%.*s/db/tocsin.db-wal", F(f->path)), MOST, &all[1]));
	return str_join(cx, all, 2, S("\n"));
}

static bool
stands(struct flow *f, struct str what)
{
	struct mark m = cx_mark(f->cx);
	bool there = str_find(files_of(f), what) >= 0;

	assert(what.n >= 16);
	cx_back(f->cx, m);
	return there;
}

static struct str
one(struct flow *f, struct str as, const char *command, const char *args, const char *what)
{
	return js_str(flow_do(f, as, command, S(""), args), str_of(what));
}

/* The bytes by which a token is known. */
static struct str
known_by(struct cx *cx, struct str token)
{
	struct hash *h = NEW(cx, struct hash, 1);

	EXPECT(token_read(cx, token, h));
	return hash_str(h);
}

TEST(what_is_handed_out_stands_nowhere_in_the_database)
{
	struct flow *f = start(cx);
	const char *password = "{\"password\":\"three random words\"}";
	struct str link = one(f, S("local"), "make_link", "{\"person\":\"rita\"}", "link");
	struct str session = one(f, S(""), "use_link", str_fmt(cx, "{\"link\":\"%.*s\"}", F(link)).p, "session");
	struct str token = one(f, S("local"), "add_token", "{\"person\":\"rita\"}", "token");
	struct str code = one(f, S(""), "report", "{\"narrative\":\"A letter went to the wrong house.\"}", "code");
	struct hash guess = HASH(S("set_password\n\n"), session, S("\n"), str_of(password));

	flow_do(f, session, "set_password", S(""), password);
	EXPECT(stands(f, S("A letter went to the wrong house."))); /* it is looked for in the right place */
	EXPECT(!stands(f, link));
	EXPECT(!stands(f, session));
	EXPECT(!stands(f, token));
	EXPECT(!stands(f, code));
	EXPECT(!stands(f, S("three random words")));
	EXPECT(!stands(f, hash_str(&guess))); /* nor can a password be guessed at by what is kept of its request */
	flow_end(f);
}

TEST(what_is_swept_away_leaves_no_trace)
{
	struct flow *f = start(cx);
	struct str browser = token_make(cx).text, sealed = S("these words are sealed already"), answer;
	struct str link = one(f, S("local"), "make_link", "{\"person\":\"boss\"}", "link");
	struct str session = flow_sign_in(f, "rita");
	struct str traces[] = { known_by(cx, link), known_by(cx, session), known_by(cx, browser), sealed };

	flow_do(f, S(""), "draft", S(""),
	    str_fmt(cx, "{\"draft\":\"%.*s\",\"words\":\"%.*s\"}", F(browser), F(sealed)).p);
	for (ptrdiff_t i = 0; i < COUNT(traces); i++)
		EXPECT(stands(f, traces[i]));
	flow_wait(f, 8 * DAY);
	EXPECT_OK(desk_begin(cx, &f->desk));
	EXPECT_OK(desk_do(cx, &f->desk, S("{\"command\":\"sweep\"}"), false, true, &answer));
	EXPECT_OK(desk_end(cx, &f->desk));
	EXPECT_STR(answer, S("{\"ok\":{}}"));
	for (ptrdiff_t i = 0; i < COUNT(traces); i++)
		EXPECT(!stands(f, traces[i]));
	flow_end(f);
}
