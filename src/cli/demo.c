#include "cli/demo.h"

#include "cli/import.h"
#include "desk/upkeep.h"
#include "sys/sys.h"

#define T(s) { s, sizeof s - 1 }
#define FIRST(s) T(s),
static const struct str first[] = {
#include "cli/demo.def"
};
#undef FIRST
#define SURNAME(s) T(s),
static const struct str surname[] = {
#include "cli/demo.def"
};
#undef SURNAME
#define DEPARTMENT(s) T(s),
static const struct str departments[] = {
#include "cli/demo.def"
};
#undef DEPARTMENT
#define SYSTEM(id, title) { T(id), T(title) },
static const struct { struct str id, title; } systems[] = {
#include "cli/demo.def"
};
#undef SYSTEM
#define WORD(table, s) { T(#table), T(s) },
static const struct { struct str table, word; } words[] = {
#include "cli/demo.def"
};
#undef WORD
#define SCENE(category, weight, words, facts) { T(category), weight, T(words), T(facts) },
static const struct { struct str category; int weight; struct str words, facts; } scenes[] = {
#include "cli/demo.def"
};
#undef SCENE

enum { PEOPLE = 40, BATCH = 32, ROUNDS = 12 };

/* The k-th person: no two alike, for 24 and 17 have no common factor. */
static struct str
person_name(struct cx *cx, ptrdiff_t k)
{
	return str_fmt(cx, "%.*s %.*s", F(first[k % COUNT(first)]), F(surname[k % COUNT(surname)]));
}

static struct str
person_id(struct cx *cx, ptrdiff_t k)
{
	return str_lower(cx, str_fmt(cx, "%.*s.%.*s", F(first[k % COUNT(first)]), F(surname[k % COUNT(surname)])));
}

/* The first of each department, person k = department k, is its manager. */
static struct js *
person_js(struct cx *cx, ptrdiff_t k)
{
	struct js *p = js_object(cx), *roles = js_array(cx);
	ptrdiff_t department = k % COUNT(departments);

	js_set_str(cx, p, S("person"), person_id(cx, k));
	js_set_str(cx, p, S("name"), person_name(cx, k));
	js_set_str(cx, p, S("email"), str_fmt(cx, "%.*s@exampleshire.example", F(person_id(cx, k))));
	js_set_str(cx, p, S("department"), departments[department]);
	js_set_str(cx, p, S("phone"), str_fmt(cx, "01632 960%03d", (int)(100 + k)));
	js_set_str(cx, p, S("manager"), person_id(cx, k < COUNT(departments) ? (k + 1) % COUNT(departments) : department));
	js_set(cx, p, S("roles"), roles);
	return p;
}

static void
give(struct cx *cx, struct js *const *people, ptrdiff_t k, struct str role)
{
	js_add_str(cx, (struct js *)(uintptr_t)js_get(people[k], S("roles")), role);
}

/* Every role of the policy is held: posts by one person each, mailboxes by two, teams in every department. */
static void
give_roles(struct cx *cx, const struct policy *policy, struct js *const *people)
{
	ptrdiff_t next = COUNT(departments);

	for (ptrdiff_t i = 0; i < policy->n_roles; i++) {
		const struct role *r = &policy->roles[i];
		ptrdiff_t one = next % PEOPLE, two = (next + 1) % PEOPLE;

		switch (r->is) {
		case ROLE_MAILBOX:
			give(cx, people, two, r->id);
			next++;
			/* fall through */
		case ROLE_POST:
			give(cx, people, one, r->id);
			next++;
			break;
		case ROLE_TEAM_OF_DEPARTMENT:
			for (ptrdiff_t d = 0; d < COUNT(departments); d++)
				give(cx, people, d, r->id);
			break;
		case ROLE_OWNER_OF_SYSTEMS:
			for (ptrdiff_t s = 0; s < COUNT(systems); s++)
				give(cx, people, PEOPLE - 1 - s, r->id);
			break;
		case ROLE_MANAGER_OF_REPORTER: case ROLE_MANAGER_IN_DEPARTMENT: case ROLE_REPORTER:
			break; /* follow from who is whose manager, and from who reports */
		}
		if (next % PEOPLE < COUNT(departments))
			next += COUNT(departments);
	}
}

static enum err
say(struct send *s, const char *command, struct str what, struct js *value)
{
	struct js *args = js_object(s->cx), *answer;

	js_set(s->cx, args, what, value);
	return send_one(s, send_request(s->cx, command, S(""), args), &answer);
}

static enum err
set(struct send *s, struct str name, struct str value)
{
	struct js *all = js_object(s->cx);

	js_set_str(s->cx, all, name, value);
	return say(s, "settings", S("set"), all);
}

enum err
demo_organisation(struct send *s)
{
	struct js *people[PEOPLE], *list = js_array(s->cx), *owned = js_array(s->cx);
	struct cx *cx = s->cx;

	for (ptrdiff_t k = 0; k < PEOPLE; k++)
		people[k] = person_js(cx, k);
	give_roles(cx, s->desk->policy, people);
	for (ptrdiff_t k = 0; k < PEOPLE; k++)
		js_add(cx, list, people[k]);
	TRY(say(s, "people", S("people"), list));
	for (ptrdiff_t i = 0; i < COUNT(systems); i++) {
		struct js *one = js_add(cx, owned, js_object(cx));

		js_set_str(cx, one, S("system"), systems[i].id);
		js_set_str(cx, one, S("title"), systems[i].title);
		js_set_str(cx, one, S("owner"), person_id(cx, PEOPLE - 1 - i));
	}
	TRY(say(s, "systems", S("systems"), owned));
	TRY(set(s, S("org_name"), S("Exampleshire Council")));
	TRY(set(s, S("mail_off"), S("yes")));
	TRY(set(s, S("keys_saved"), S("never: this is a demonstration")));
	TRY(set(s, S("backup_days"), S("0")));
	return set(s, S("set_up"), S("yes"));
}

/* Numbers that look like chance and are the same each time. */
static uint32_t
pick(uint32_t i, uint32_t what)
{
	uint32_t x = i * 2654435761u + what * 40503u;

	x ^= x >> 15;
	x *= 2246822519u;
	return x ^ x >> 13;
}

static struct str
word(struct str table, uint32_t chance)
{
	uint32_t n = 0;

	for (ptrdiff_t i = 0; i < COUNT(words); i++)
		n += str_eq(words[i].table, table);
	chance %= n;
	for (ptrdiff_t i = 0; i < COUNT(words); i++)
		if (str_eq(words[i].table, table) && chance-- == 0)
			return words[i].word;
	return S("");
}

/* The words of a scene with its gaps filled. */
static struct str
tell(struct cx *cx, struct str scene, uint32_t i)
{
	struct buf b = buf_new(cx);
	struct str head, rest, name;
	uint32_t gap = 0;

	while (str_cut(scene, '{', &head, &rest)) {
		buf_put(&b, head);
		str_cut(rest, '}', &name, &scene);
		buf_put(&b, word(name, pick(i, 10 + gap++)));
	}
	buf_put(&b, scene);
	return buf_str(&b);
}

static ptrdiff_t
scene_for(const struct policy *policy, uint32_t i)
{
	uint32_t all = 0, at;

	for (ptrdiff_t k = 0; k < COUNT(scenes); k++)
		all += policy_category(policy, scenes[k].category) ? (uint32_t)scenes[k].weight : 0;
	at = pick(i, 1) % all;
	for (ptrdiff_t k = 0; k < COUNT(scenes); k++) {
		uint32_t weight = policy_category(policy, scenes[k].category) ? (uint32_t)scenes[k].weight : 0;

		if (at < weight)
			return k;
		at -= weight;
	}
	return 0;
}

/* The i-th report of n: the first lies five weeks back, the last an hour. */
static when
age_of(uint32_t i, uint32_t n)
{
	return HOUR + (when)(n - 1 - i) * (35 * DAY / n);
}

/* The invented people report, by their ids where the directory has them. */
static struct js *
reporter_of(struct cx *cx, uint32_t i, bool known)
{
	ptrdiff_t person = pick(i, 2) % PEOPLE;
	struct js *r = js_object(cx);

	if (pick(i, 6) % 12 == 0) {
		js_set_str(cx, r, S("mode"), S("anonymous"));
		return r;
	}
	js_set_str(cx, r, S("mode"), S("named"));
	if (known) {
		js_set_str(cx, r, S("person"), person_id(cx, person));
		return r;
	}
	js_set_str(cx, r, S("name"), person_name(cx, person));
	js_set_str(cx, r, S("department"), departments[person % COUNT(departments)]);
	return r;
}

static enum err
report_args(struct cx *cx, const struct policy *policy, uint32_t i, uint32_t n, bool known, struct js **out)
{
	static const int64_t affected[] = { 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 8, 1, 1, 2, 35, 120 };
	struct js *args = *out = js_object(cx), *facts;
	ptrdiff_t k = scene_for(policy, i);
	when at = cx->now - age_of(i, n);

	TRY(js_read(cx, scenes[k].facts, &facts));
	js_set_str(cx, facts, S("category"), scenes[k].category);
	if (str_starts(js_str(facts, S("personal_data")), S("yes")))
		js_set_int(cx, facts, S("people_affected"), affected[pick(i, 3) % COUNT(affected)]);
	js_set_when(cx, facts, S("occurred_at"), (at - HOUR * (pick(i, 4) % 30)) / MINUTE * MINUTE);
	js_set_str(cx, args, S("narrative"), tell(cx, scenes[k].words, i));
	js_set(cx, args, S("facts"), facts);
	js_set_when(cx, args, S("reported_at"), at / SECOND * SECOND);
	js_set_str(cx, args, S("channel"), pick(i, 5) % 5 ? S("portal") : S("phone"));
	js_set(cx, args, S("reporter"), reporter_of(cx, i, known));
	return OK;
}

/* Whoever handles cases in the demonstration; their sessions, so that the record names them. */
struct hands { struct str session[4]; int n; };

static enum err
sign_in(struct send *s, struct str person, struct str *session)
{
	struct js *args = js_object(s->cx), *answer, *request;

	js_set_str(s->cx, args, S("person"), person);
	TRY(send_one(s, send_request(s->cx, "make_link", S(""), args), &answer));
	args = js_object(s->cx);
	js_set_str(s->cx, args, S("link"), js_str(answer, S("link")));
	request = send_request(s->cx, "use_link", S(""), args);
	TRY(send_one(s, request, &answer));
	*session = str_copy(s->cx, js_str(answer, S("session")));
	return OK;
}

/* People who see every case by their role. */
static enum err
find_hands(struct send *s, struct desk *d, struct hands *h)
{
	struct upkeep_person *p;
	ptrdiff_t n;

	h->n = 0;
	TRY(upkeep_people(s->cx, d, S(""), 200, &p, &n));
	for (ptrdiff_t i = 0; i < n && h->n < COUNT(h->session); i++)
		for (ptrdiff_t k = 0; p[i].active && k < p[i].n_roles; k++) {
			const struct role *r = policy_role(d->policy, p[i].roles[k]);

			if (r && r->sees == SEES_ALL) {
				TRY(sign_in(s, p[i].person, &h->session[h->n++]));
				break;
			}
		}
	return OK;
}

static enum err
act(struct send *s, struct str session, const char *command, struct str ref, struct js *args)
{
	struct js *request = send_request(s->cx, command, ref, args), *as, *answer;

	if (session.n) {
		as = js_object(s->cx);
		js_set_str(s->cx, as, S("session"), session);
		js_set(s->cx, request, S("as"), as);
	}
	return send_one(s, request, &answer);
}

static struct js *
with(struct cx *cx, struct js *args, struct str name, struct str value)
{
	js_set_str(cx, args, name, value);
	return args;
}

static enum err
triage(struct send *s, struct str session, struct str ref, uint32_t i)
{
	static const char *const is[] = { "incident", "incident", "incident", "near_miss", "incident", "not_security" };
	struct js *args = js_object(s->cx);

	with(s->cx, args, S("assessed"), str_of(is[pick(i, 7) % COUNT(is)]));
	with(s->cx, args, S("reasons"), S("What was said on the telephone agrees with the report."));
	return act(s, session, "triage", ref, with(s->cx, args, S("next"), S("Get it back, tell whom it concerns, and write "
	    "down how it came about.")));
}

/* Everything that is owed is done, and what follows from that too; then the case closes. */
static enum err
finish(struct send *s, struct desk *d, struct str session, struct str ref)
{
	struct id *duties;
	ptrdiff_t n = 1;

	for (int round = 0; round < ROUNDS && n; round++) {
		TRY(upkeep_open_duties(s->cx, d, ref, &duties, &n));
		for (ptrdiff_t i = 0; i < n; i++) {
			struct js *args = with(s->cx, js_object(s->cx), S("duty"), id_hex(s->cx, duties[i]));

			with(s->cx, args, S("without_agreement"), S("This is a demonstration."));
			TRY(act(s, session, "duty_done", ref, with(s->cx, args, S("how"), S("Done and noted."))));
		}
	}
	return act(s, session, "close", ref, with(s->cx, js_object(s->cx), S("reason"), S("Everything that follows from it "
	    "is done.")));
}

/* What is older than the regulator's clock is over but for one in fourteen, which somebody forgot; of the rest four
 * in ten are new. So the queue looks as it does where people keep up, with a few clocks that ran out. */
static enum err
handle(struct send *s, struct desk *d, const struct hands *h, struct str ref, uint32_t i, uint32_t n)
{
	struct str session = h->n ? h->session[pick(i, 9) % (uint32_t)h->n] : S("");
	bool old = age_of(i, n) > 40 * HOUR;
	uint32_t luck = pick(i, 8);

	if (old ? luck % 28 == 0 : luck % 10 < 4)
		return OK;
	TRY(triage(s, session, ref, i));
	return old && luck % 14 ? finish(s, d, session, ref) : OK;
}

static enum err
invent(struct send *s, struct desk *d, uint32_t n)
{
	struct cx *cx = s->cx;
	struct hands hands;
	bool known;

	TRY(upkeep_has_person(cx, d, person_id(cx, 0), &known));
	TRY(find_hands(s, d, &hands));
	for (uint32_t i = 0; i < n; i++) {
		struct mark m = cx_mark(cx);
		struct js *args, *answer;
		struct str ref;

		sys_turn(cx);
		TRY(report_args(cx, d->policy, i, n, known, &args));
		TRY(send_one(s, send_request(cx, "report", S(""), args), &answer));
		ref = js_str(answer, S("ref"));
		TRY(handle(s, d, &hands, ref, i, n));
		cx_back(cx, m);
	}
	return OK;
}

enum err
demo_verb(struct cx *cx, const struct cli *cli)
{
	struct str data = cli_option(cli, S("data"), S("")), veris = cli_option(cli, S("veris"), S(""));
	struct import_sum sum;
	struct mark m = cx_mark(cx);
	struct send s;
	struct desk *d;
	int64_t count;

	if (!str_int(cli_option(cli, S("count"), S("250")), &count) || count < 1 || count > 100000)
		return fail(cx, ERR_USAGE, "--count wants a number from 1 to 100000");
	TRY(send_open(cx, data, &s));
	TRY(set(&s, S("mail_off"), S("yes")));
	if (!veris.n) {
		TRY(cli_desk(cx, data, &d));
		TRY(invent(&s, d, (uint32_t)count));
		TRY(send_close(&s));
		return cli_print(cx, str_fmt(cx, "%lld invented cases are there. Mail is switched off.\n", (long long)count));
	}
	TRY(send_close(&s));
	cx_back(cx, m); /* the directory's lock is given back: the import takes it */
	TRY(import_veris(cx, data, veris, true, (long)count, &sum));
	return cli_print(cx, str_fmt(cx, "%ld cases are there as if they had just been reported, %ld were refused. Mail is "
	    "switched off.\n",
	    sum.taken, sum.refused));
}
