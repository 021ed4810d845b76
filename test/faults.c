/* Every flow, with the k-th call failing, for every k: afterwards stands what stood before the command or what stands after it,
 * never anything between; what was answered is there; the same id sent again gets the answer; the journal verifies, and views
 * made again from it are those that stand.
 *
 * FAULTS=all tries every k of every flow; otherwise a report is tried at every k, and of the rest a sample. FAULTS_SEED
 * chooses it, and which error is given where there are several. */
#include "desk/batch.h"
#include "desk/flow.h"
#include "desk/index.h"
#include "store/effect.h"
#include "sys/sys.h"
#include "test/fault.h"
#include "test/plan.h"
#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = PLAN_MOST, ROOM = 256 << 20 };

/* One life of a desk on the copy that is tried. */
struct life {
	struct cx *cx, own;
	struct desk desk;
	struct plan *plan;
	int answered;              /* so many “ok”, in order */
	bool ok[MOST];
	struct hash said[MOST];
	bool open;
	enum err e;
};

static char root[64], fixture[128];
static uint64_t drawn;

/* The same bytes whenever it is begun from the same number. */
static void
drawing(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t z = ++drawn * 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		((unsigned char *)p)[i] = (unsigned char)((z ^ z >> 27) >> 40);
	}
}

static void draw_from(int n) { drawn = (uint64_t)n << 32; }

__attribute__((constructor)) static void begin(void) { fault_begin(); }

static void
copy_file(const char *from, const char *to)
{
	static char room[1 << 16];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	EXPECT(in && out);
	while ((n = fread(room, 1, sizeof room, in)) > 0)
		EXPECT(fwrite(room, 1, n, out) == n);
	fclose(in);
	EXPECT(fclose(out) == 0);
	chmod(to, 0600);
}

static int
take_away(const char *name, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(name);
}

/* A folder and those in it made like another; what is too much is taken away. */
static void
copy_folder(const char *from, const char *to)
{
	char a[384], b[384];
	struct dirent *e;
	struct stat st;
	DIR *d;

	mkdir(to, 0700);
	for (d = opendir(to); d && (e = readdir(d));)
		if (snprintf(b, sizeof b, "%s/%s", to, e->d_name) > 0 && stat(b, &st) == 0 && S_ISREG(st.st_mode))
			unlink(b);
	EXPECT(d != NULL);
	closedir(d);
	d = opendir(from);
	EXPECT(d != NULL);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' && (!e->d_name[1] || e->d_name[1] == '.'))
			continue;
		snprintf(a, sizeof a, "%s/%s", from, e->d_name);
		snprintf(b, sizeof b, "%s/%s", to, e->d_name);
		if (stat(a, &st) == 0 && S_ISDIR(st.st_mode))
			copy_folder(a, b);
		else if (S_ISREG(st.st_mode))
			copy_file(a, b);
	}
	closedir(d);
}

static enum err
open_desk(struct cx *own, void *arg)
{
	struct life *l = arg;

	return desk_open(own, str_of(root), true, &l->desk);
}

static enum err
life_begin(struct life *l)
{
	static void *room;
	enum err e;

	if (!room)
		room = cx_room(ROOM);
	l->own = (struct cx){ .now = l->cx->now, .boot = l->cx->boot, .chance = drawing };
	cx_begin(&l->own, room, ROOM);
	draw_from(100);
	e = cx_run(&l->own, open_desk, l);
	if (e != OK) {
		e = (fail)(l->cx, e, "%s", l->own.why);
		cx_end(&l->own);
		return e;
	}
	l->desk.is_gate = true;
	l->open = true;
	return OK;
}

static void
life_end(struct life *l)
{
	if (l->open)
		cx_end(&l->own);
	l->open = false;
}

static enum err
send(struct cx *cx, struct life *l, int from, int n)
{
	struct batch_one all[MOST], *at[MOST];
	struct batch b = { .desk = &l->desk };

	for (int i = 0; i < n; i++) {
		all[i] = (struct batch_one){ .request = l->plan->requests[from + i],
			.local = str_find(l->plan->requests[from + i], S("\"as\"")) < 0 };
		at[i] = &all[i];
	}
	draw_from(from);
	for (int i = 0, done; i < n; i += done) {
		TRY(batch_do(cx, &b, at + i, n - i, &done));
		for (int j = i; j < i + done; j++) {
			l->ok[from + j] = str_starts(all[j].answer, S("{\"ok\":"));
			l->e = l->ok[from + j] ? OK : ERR_BROKEN;
			l->said[from + j] = sha256(all[j].answer);
			l->answered += l->ok[from + j];
		}
	}
	return OK;
}

/* What the plan does, as far as it goes. */
static enum err
go(struct cx *cx, void *arg)
{
	struct life *l = arg;
	struct plan *p = l->plan;
	struct str note;

	l->own.a.over = cx->a.over;
	l->e = OK;
	for (int i = 0; i < p->n && l->e == OK; i += p->together ? p->n : 1)
		TRY(send(cx, l, i, p->together ? p->n : 1));
	if (l->e != OK || !p->sign)
		return l->e;
	draw_from(50);
	TRY(desk_sign(cx, &l->desk, &note));
	return desk_tidy(cx, &l->desk, FOLD_EMPTY);
}

/* What stands, in short. The statements by which it was read are given back: a handle with one left would not close. */
static struct hash
dump(struct cx *cx, struct life *l)
{
	struct mark m = cx_mark(cx);
	struct buf out = buf_new(cx);
	struct hash h;

	EXPECT_OK(db_dump_views(cx, l->desk.db, &out));
	h = sha256(buf_str(&out));
	cx_back(cx, m);
	return h;
}

/* All of it again, in the weather that is. */
static const char *
finish(struct life *l)
{
	l->answered = 0;
	if (cx_run(l->cx, go, l) != OK || l->answered != l->plan->n)
		return "it could not be done afterwards";
	return NULL;
}

/* Signed, verified, and made again from the journal. */
static const char *
holds(struct life *l)
{
	struct cx *cx = l->cx;
	struct hash before, again;
	struct str note;
	uint64_t n;

	if (index_fill(cx, &l->desk) != OK)
		return "its words cannot be indexed";
	before = dump(cx, l);
	if (desk_sign(cx, &l->desk, &note) != OK)
		return "it cannot be signed";
	if (journal_verify(cx, l->desk.db, &l->desk.keys, &n) != OK)
		return "the journal does not verify";
	EXPECT_OK(db_begin(cx, l->desk.db));
	if (effect_rebuild(cx, l->desk.db, &l->desk.keys, &n) != OK)
		return "it cannot be rebuilt";
	again = dump(cx, l);
	db_rollback(l->desk.db);
	return hash_eq(again, before) ? NULL : "rebuilt is not what stood";
}

/* Some number of commands, at least `least`, after which this is what stands; -1: none. */
static int
state_of(const struct plan *p, struct hash now, int least)
{
	for (int i = least; i <= p->n; i++)
		if (hash_eq(p->dumps[i], now))
			return i;
	return -1;
}

/* The process lives on. What was refused has not happened, and can be done now. */
static const char *
lives_on(struct life *l, enum err e)
{
	struct plan *p = l->plan;
	struct hash now = dump(l->cx, l);
	const char *why;

	if (!p->together && state_of(p, now, 0) < 0)
		return "it stands between before and after";
	if (!p->together && !hash_eq(now, p->dumps[l->answered]))
		return "what was answered is not what stands";
	if (e == OK && !p->together && !p->opening && l->answered < p->n)
		return "a command has got no answer";
	if ((why = finish(l)))
		return why;
	return p->together || hash_eq(dump(l->cx, l), p->dumps[p->n]) ? NULL : "done afterwards it is not the same";
}

/* All of it asked again is answered as before. */
static const char *
answers_again(struct life *l, const bool *was_ok, const struct hash *said)
{
	const char *why = finish(l);

	for (int i = 0; i < l->plan->n && !why; i++)
		if (was_ok[i] && !hash_eq(said[i], l->said[i]))
			why = "the same id got another answer";
	return why;
}

/* The lights go out, and on again. */
static const char *
goes_dark(struct life *l)
{
	bool was_ok[MOST];
	struct hash said[MOST], before = dump(l->cx, l);

	memcpy(was_ok, l->ok, sizeof was_ok);
	memcpy(said, l->said, sizeof said);
	life_end(l);
	fault_lose();
	fault_disarm();
	if (life_begin(l) != OK)
		return "it cannot be opened after the lights went out";
	if (!hash_eq(dump(l->cx, l), before))
		return "what was answered was not on the disk";
	return answers_again(l, was_ok, said);
}

/* A new process. */
static const char *
starts_anew(struct life *l, int answered)
{
	struct plan *p = l->plan;
	bool was_ok[MOST];
	struct hash said[MOST];
	const char *why;
	int state;

	memcpy(was_ok, l->ok, sizeof was_ok);
	memcpy(said, l->said, sizeof said);
	if (life_begin(l) != OK)
		return "it cannot be opened";
	state = state_of(p, dump(l->cx, l), answered);
	if (!p->together && !p->opening && state < 0)
		return "a new start finds what was answered lost, or something between before and after";
	if ((why = answers_again(l, was_ok, said)))
		return why;
	if (!p->together && !p->opening && !hash_eq(dump(l->cx, l), p->again[state]))
		return "done after a new start it is not the same";
	return NULL;
}

/* One trial. *struck: the k-th call came. */
static const char *
try_one(struct cx *cx, struct plan *p, enum fault_how how, long k, uint64_t seed, bool *struck)
{
	struct life *l = NEW(cx, struct life, 1);
	bool cut = how >= FAULT_CUT && how <= FAULT_SOME, new_start;
	const char *why;
	enum err e = OK;

	*l = (struct life){ .cx = cx, .plan = p };
	copy_folder(fixture, root);
	if (!p->opening)
		EXPECT_OK(life_begin(l));
	fault_arm(root, how, k, seed);
	if (p->opening)
		e = life_begin(l);
	else
		e = cx_run(cx, go, l);
	*struck = fault_struck();
	if (how == FAULT_GATE)
		fault_calm();
	if (fault_unsynced() && e != ERR_SYNC && !cut) {
		fault_disarm();
		return "a sync failed, and that was not said";
	}
	new_start = cut || e == ERR_SYNC || !l->open;
	if (!new_start) {
		if (how != FAULT_GATE)
			fault_disarm();
		if ((why = lives_on(l, e)))
			return why;
	}
	life_end(l);
	if (how != FAULT_GATE) {
		fault_lose();
		fault_disarm();
	}
	why = starts_anew(l, new_start ? l->answered : p->n);
	if (!why && how == FAULT_GATE)
		why = goes_dark(l);
	fault_disarm();
	if (!why)
		why = holds(l);
	life_end(l);
	return why;
}

/* What stands after each number of commands, when the weather is fine. */
static void
expect(struct cx *cx, struct plan *p)
{
	struct life *l = NEW(cx, struct life, 1);
	int n = p->n;

	for (int i = 0; i <= n; i++) {
		*l = (struct life){ .cx = cx, .plan = p };
		copy_folder(fixture, root);
		EXPECT_OK(life_begin(l));
		p->n = i;
		EXPECT_OK(go(cx, l));
		p->dumps[i] = dump(cx, l);
		EXPECT(l->answered == i);
		life_end(l);
		p->n = n;
		EXPECT_OK(life_begin(l));
		EXPECT_OK(go(cx, l));
		p->again[i] = dump(cx, l);
		life_end(l);
	}
}

struct tally { long tried, failed; };

static void
try_all(struct cx *cx, struct plan *p, enum fault_how how, long stride, uint64_t seed, struct tally *t)
{
	uint64_t step = seed * 7919 + (uint64_t)how;
	bool struck = true;

	for (long k = 1 + (stride > 1 ? (long)(step % (uint64_t)stride) : 0); struck;) {
		struct mark m = cx_mark(cx);
		const char *why = try_one(cx, p, how, k, seed + (uint64_t)k, &struck);

		if (struck)
			t->tried++;
		if (why) {
			t->failed++;
			printf("%s, %s, %ld: %s (%s)\n", p->name, fault_names[how], k, why, cx->why);
		}
		cx->faults = NULL;
		cx->n_faults = 0;
		cx_back(cx, m);
		step = step * 6364136223846793005u + 1442695040888963407u;
		k += stride > 1 ? 1 + (long)((step >> 33) % (uint64_t)(2 * stride - 1)) : 1;
	}
}

/* How many k a sample leaves out, on average. Counts differ: of calls there are dozens, of takings thousands. */
static long
stride_of(const struct plan *p, enum fault_how how, bool all)
{
	bool slow = str_starts(str_of(p->name), S("sign in by password"));
	long few = how == FAULT_ARENA ? 1500 : how == FAULT_MEMORY ? 150 : how == FAULT_GATE ? 2 : 15;

	if (all)
		return slow && how >= FAULT_MEMORY ? 20 : 1;
	return p->each && (how < FAULT_CUT || how == FAULT_LOST) ? 1 :
	    (p->each || p->sign) && how < FAULT_GATE ? 4 : slow ? 4 * few : few;
}

TEST(with_the_kth_call_failing_all_stands_as_before_or_as_after)
{
	const char *folder, *which = getenv("FAULTS"), *number = getenv("FAULTS_SEED"), *only = getenv("FAULTS_FLOW");
	bool all = which && !strcmp(which, "all");
	long seed = number ? atol(number) : 1;
	when began = sys_boot();
	struct tally t = { 0, 0 };
	struct plan list[PLANS];
	struct flow *f;
	int n;

	cx->chance = drawing;
	f = flow_start(cx, S("st-helens"));
	n = plan_all(cx, f, list);
	EXPECT_OK(desk_tidy(cx, &f->desk, FOLD_EMPTY));
	cx_end(&f->life);
	snprintf(fixture, sizeof fixture, "%.*s", F(f->path));
	snprintf(root, sizeof root, "%s/tocsin-faults-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	EXPECT(mkdtemp(root) != NULL);
	folder = str_z(cx, str_of(root));
	snprintf(root, sizeof root, "%s/data", folder);
	for (int i = 0; i < n; i++) {
		struct tally before = t;

		if (only && strcmp(only, list[i].name) != 0)
			continue;
		expect(cx, &list[i]);
		printf("%s:", list[i].name);
		for (enum fault_how how = FAULT_ONCE; how < FAULTS; how++) {
			long was = t.tried;

			try_all(cx, &list[i], how, stride_of(&list[i], how, all), (uint64_t)seed, &t);
			printf(" %s %ld", fault_names[how], t.tried - was);
		}
		printf("; %ld failed\n", t.failed - before.failed);
	}
	nftw(folder, take_away, 16, FTW_DEPTH | FTW_PHYS);
	test_figure("faults", t.tried, t.failed, sys_boot() - began, seed);
	EXPECT(t.tried > 0 && t.failed == 0);
}
