#include "fuzz/house.h"

#include "base/buf.h"
#include "desk/index.h"
#include "fuzz/fuzz.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROOM (512 << 20)

static char place[4096];
static struct house all;
static struct cx life;
static uint64_t counter;

/* Other each time, and the same in each run. */
static void
counting(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		counter = counter * 6364136223846793005U + 1442695040888963407U;
		((unsigned char *)p)[i] = (unsigned char)(counter >> 33);
	}
}

void
house_dice(struct cx *cx)
{
	counter = 20261125;
	cx->chance = counting;
}

static int
away(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st, (void)what, (void)at;
	return remove(path);
}

static void
go(void)
{
	cx_end(&life);
	nftw(place, away, 16, FTW_DEPTH | FTW_PHYS);
}

static struct str
file(struct cx *cx, const char *path)
{
	struct buf b = buf_new(cx);
	int fd = open(path, O_RDONLY);
	char room[4096];
	ssize_t n;

	HOLD(fd >= 0);
	while ((n = read(fd, room, sizeof room)) > 0)
		buf_put(&b, (struct str){ room, n });
	close(fd);
	return buf_str(&b);
}

static struct js *
run(struct cx *cx, const char *command, struct str args)
{
	struct js *r = js_object(cx), *a, *answer;

	HOLD(js_read(cx, args, &a) == OK);
	js_set_str(cx, r, S("command"), str_of(command));
	js_set(cx, r, S("as"), js_object(cx));
	js_set(cx, r, S("args"), a);
	HOLD(desk_do_now(cx, &all.desk, r, true, &answer) == OK);
	return answer;
}

static void
settle(struct cx *cx)
{
	struct buf b = buf_new(cx);

	buf_put(&b, S("{\"people\":[{\"person\":\"rita\",\"name\":\"Rita Porter\",\"department\":\"Housing\",\"roles\":[]},"
	    "{\"person\":\"boss\",\"name\":\"Bo Smith\",\"department\":\"Planning\",\"roles\":[\"admin\"]}"));
	for (ptrdiff_t i = 0; i < all.desk.policy->n_roles; i++) {
		const struct role *r = &all.desk.policy->roles[i];
		bool is_manager = r->is == ROLE_MANAGER_OF_REPORTER || r->is == ROLE_REPORTER;

		buf_fmt(&b, ",{\"person\":\"%.*s\",\"name\":\"A %.*s\",\"department\":\"Housing\",\"roles\":[\"%.*s\"]}", F(r->id),
		    F(r->id), F(is_manager ? S("manager") : r->id));
	}
	buf_put(&b, S("]}"));
	run(cx, "people", buf_str(&b));
}

static void
sign_in(struct cx *cx, enum house_who who, const char *person)
{
	struct js *link = run(cx, "make_link", str_fmt(cx, "{\"person\":\"%s\"}", person));
	struct js *in = run(cx, "use_link", str_fmt(cx, "{\"link\":\"%.*s\"}", F(js_str(link, S("link")))));
	struct credential c = { .session = js_str(in, S("session")) };

	all.session[who] = c.session;
	HOLD(access_who(cx, all.desk.db, all.desk.policy, &c, &all.actor[who]) == OK && !id_zero(all.actor[who].id));
}

static void
report(struct cx *cx)
{
	struct js *ok = run(cx, "report", S("{\"narrative\":\"A letter about a child went to the wrong house.\",\"facts\":"
	    "{\"category\":\"wrong_recipient\",\"forms\":[\"paper\"],\"personal_data\":\"yes\"},\"line_manager\":"
	    "\"line_manager\",\"reporter\":{\"mode\":\"named\",\"name\":\"Rita Porter\",\"department\":\"Housing\"}}"));
	struct row_case_id_of_ref *row;
	struct row_duties_of_case *duties;
	ptrdiff_t n;

	all.ref = js_str(ok, S("ref"));
	all.code = js_str(ok, S("code"));
	HOLD(sql_case_id_of_ref(cx, all.desk.db, all.ref, &row) == OK && row);
	HOLD(sql_duties_of_case(cx, all.desk.db, row->case_id, &duties, &n) == OK && n > 0);
	all.duty = id_hex(cx, duties[0].duty_id);
	all.person = id_hex(cx, all.actor[HOUSE_HANDLER].id);
}

const struct house *
house(void)
{
	const char *room = getenv("TMPDIR");
	struct cx *cx = &life;
	struct str path;

	if (all.ref.n)
		return &all;
	cx_begin(cx, cx_room(ROOM), ROOM);
	cx->chance = counting;
	cx->now = (when)1795428000 * SECOND;
	snprintf(place, sizeof place, "%s/tocsin-fuzz-XXXXXX", room ? room : "/tmp");
	HOLD(mkdtemp(place));
	atexit(go);
	path = str_fmt(cx, "%s/data", place);
	HOLD(desk_create(cx, path, S(""), S("fuzz.example/log"), file(cx, "policy/st-helens/pack.yaml")) == OK);
	HOLD(desk_open(cx, path, true, &all.desk) == OK);
	settle(cx);
	sign_in(cx, HOUSE_HANDLER, "internal_audit");
	sign_in(cx, HOUSE_ADMIN, "boss");
	sign_in(cx, HOUSE_REPORTER, "rita");
	all.token = js_str(run(cx, "add_token", S("{\"person\":\"internal_audit\"}")), S("token"));
	HOLD(all.token.n);
	report(cx);
	HOLD(index_fill(cx, &all.desk) == OK);
	return &all;
}

struct str
house_filled(struct cx *cx, struct str in)
{
	const struct { struct str name, value; } known[] = { { S("@ref@"), all.ref }, { S("@code@"), all.code },
		{ S("@duty@"), all.duty }, { S("@person@"), all.person } };
	struct buf b = buf_new(cx);

	for (ptrdiff_t i = 0; i < in.n; i++) {
		ptrdiff_t k = COUNT(known);

		while (in.p[i] == '@' && k-- > 0)
			if (str_starts(str_sub(in, i, in.n), known[k].name))
				break;
		if (in.p[i] == '@' && k >= 0) {
			buf_put(&b, known[k].value);
			i += known[k].name.n - 1;
		} else {
			buf_char(&b, in.p[i]);
		}
	}
	return buf_str(&b);
}
