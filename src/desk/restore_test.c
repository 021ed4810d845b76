#include "desk/restore.h"

#include "base/code.h"
#include "core/inventory.h"
#include "core/proof.h"
#include "desk/doctor.h"
#include "desk/flow.h"
#include "store/test_db.h"

#define BAG "{\"narrative\":\"A bag with papers is gone.\",\"facts\":{\"forms\":[\"paper\"]," \
	"\"personal_data\":\"yes\"},\"reporter\":{\"mode\":\"anonymous\"}}"

/* A report with an id of its own, so that it may come again. */
static struct js *
report(struct flow *f, const char *id)
{
	struct cx *cx = f->cx;
	struct js *r, *answer;

	EXPECT_OK(js_read(cx, str_fmt(cx, "{\"id\":\"%s\",\"command\":\"report\",\"args\":" BAG "}", id), &r));
	EXPECT_OK(desk_do_now(cx, &f->desk, r, false, &answer));
	return answer;
}

/* Evidence on a case, under a name that tests know. */
static void
attach(struct flow *f, struct str as, struct str ref)
{
	struct id object;

	EXPECT(id_read(S("000102030405060708090a0b0c0d0e0f"), &object));
	flow_attach(f, as, ref, object, S("what the worker encrypted"));
}

/* As the verb does it; `meanwhile` is the id of a report that comes in between, or NULL. */
static enum err
backup_under(struct flow *f, struct str path, const char *meanwhile, struct backup_made *made)
{
	struct cx *cx = f->cx;
	struct folder folder;
	int64_t size = js_int(flow_do(f, S("local"), "export", S(""), "{\"mode\":\"backup\"}"), S("size"), 0);
	enum err e;

	flow_sign(f);
	if (meanwhile)
		report(f, meanwhile);
	EXPECT_OK(folder_begin(cx, path, &folder));
	e = backup_write(cx, &f->desk, size, &folder, (struct watch){ 0 }, made);
	if (e == OK)
		EXPECT_OK(folder_end(cx, &folder, S("SHA256SUMS")));
	else
		folder_undo(cx, &folder);
	return e;
}

/* The views, but for the policy's, which a restore says again. */
static struct str
views(struct flow *f)
{
	struct buf all = buf_new(f->cx);
	struct cx *cx = f->cx;
	ptrdiff_t from, upto;

	flow_index(f);
	EXPECT_OK(db_dump_views(cx, f->desk.db, &all));
	from = str_find(buf_str(&all), S("policy_view|"));
	upto = str_find(buf_str(&all), S("attachment_view|"));
	EXPECT(from >= 0 && upto > from);
	return str_fmt(cx, "%.*s%.*s", F(str_sub(buf_str(&all), 0, from)), F(str_sub(buf_str(&all), upto, all.n)));
}

TEST(a_restored_journal_goes_on_in_the_next_log)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str early = flow_sign(f), whole, late, it = flow_sign_in(f, "internal_audit"), b = flow_beside(f, "backup");
	struct js *a = report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), *lost, *again, *follow;
	struct restore_ask ask = { .from = b, .keys = f->path, .data = flow_beside(f, "new") };
	struct str ref = js_str(a, S("ref")), session, known[2], text;
	struct restore_done done;
	struct backup_made made;
	struct checkpoint c;
	struct proof proof;
	struct skey key;

	attach(f, it, ref);
	flow_backup(f, b, &made);
	whole = views(f);
	lost = report(f, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
	late = flow_sign(f);
	key = f->desk.keys.sign;
	text = note_vkey_text(cx, &key.v);
	known[0] = early;
	known[1] = late;
	ask.known = known;
	ask.n_known = 2;
	ask.vkey = text;
	EXPECT_OK(restore_run(cx, &ask, &done));
	EXPECT_OK(checkpoint_open(cx, late, &key.v, 1, &c, NULL));
	EXPECT(done.known && done.files == 1 && done.records == made.records && done.lost == (int64_t)c.size - made.records);
	EXPECT(done.lost > 0);
	EXPECT_STR(done.over, S("test.example/log"));
	EXPECT_STR(done.origin, S("test.example/log/2"));
	flow_move(f, ask.data);
	EXPECT_STR(f->desk.journal.origin, S("test.example/log/2"));
	EXPECT(f->desk.journal.log == 2 && f->desk.journal.first == made.records);
	/* what was there is there, to the row; whoever reported follows it; whoever handles it goes on */
	EXPECT_STR(views(f), whole);
	follow = flow_do(f, S(""), "follow", S(""), str_fmt(cx, "{\"ref\":\"%.*s\",\"code\":\"%.*s\"}", F(ref), F(js_str(a, S("code")))).p);
	flow_refused(f, it, "note", ref, "{\"words\":\"x\"}", ERR_WHO); /* sessions are over */
	session = flow_sign_in(f, "internal_audit");
	flow_do(f, session, "note", ref, "{\"words\":\"Found in the new log.\"}");
	/* a command that came before the backup's end is not done twice; one that was lost is done as a new one */
	EXPECT_STR(js_str(report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), S("ref")), ref);
	again = report(f, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
	EXPECT(!str_eq(js_str(again, S("ref")), js_str(lost, S("ref"))));
	EXPECT_STR(js_str(again, S("code")), js_str(lost, S("code")));
	EXPECT(js_int(again, S("entry"), 0) > made.records);
	/* the receipt is proved by the log that it stands in */
	EXPECT_OK(proof_read(cx, js_str(flow_do(f, js_str(follow, S("session")), "receipt", S(""), "{}"), S("proof")), &proof));
	key = keys_sign(&f->desk.keys, S("test.example/log"));
	EXPECT_OK(checkpoint_open(cx, proof.checkpoint, &key.v, 1, &c, NULL));
	EXPECT(c.size == (uint64_t)made.records);
	flow_end(f);
}

TEST(what_comes_in_while_a_backup_is_written_is_in_no_part_of_it)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "new") };
	struct restore_done done;
	struct backup_made made;
	struct js *again, *first;

	EXPECT_OK(backup_under(f, ask.from, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", &made));
	first = report(f, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
	EXPECT_OK(restore_run(cx, &ask, &done));
	EXPECT(done.records == made.records);
	flow_move(f, ask.data);
	/* it was answered once, but it is lost: its answer must not be given again, it must be done again */
	again = report(f, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
	EXPECT(!str_eq(js_str(again, S("ref")), js_str(first, S("ref"))));
	flow_case(f, js_str(again, S("ref")));
	flow_end(f);
}

TEST(a_journal_is_restored_again_and_again)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = js_str(report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), S("ref"));
	struct restore_done done;
	struct backup_made made;

	for (int i = 0; i < 3; i++) {
		struct restore_ask ask = { .from = flow_beside(f, str_fmt(cx, "backup%d", i).p), .keys = f->path,
			.data = flow_beside(f, str_fmt(cx, "n%d/data", i).p) };

		report(f, str_fmt(cx, "%032d", i + 1).p);
		flow_backup(f, ask.from, &made);
		EXPECT_OK(files_make_dir(cx, FILES_HERE, str_sub(ask.data, 0, ask.data.n - 5)));
		EXPECT_OK(restore_run(cx, &ask, &done));
		EXPECT(done.lost == 0 && done.known && done.records == made.records);
		flow_move(f, ask.data);
		flow_do(f, flow_sign_in(f, "internal_audit"), "note", ref, "{\"words\":\"Once more.\"}");
	}
	EXPECT_STR(f->desk.journal.origin, S("test.example/log/4"));
	flow_end(f);
}

TEST(a_log_that_ran_on_elsewhere_keeps_its_number)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "one/data") };
	struct restore_done done;
	struct backup_made made;
	struct str first = f->path, known;

	flow_backup(f, ask.from, &made);
	EXPECT_OK(files_make_dir(cx, FILES_HERE, str_sub(ask.data, 0, ask.data.n - 5)));
	EXPECT_OK(restore_run(cx, &ask, &done));
	flow_move(f, ask.data);
	report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	known = flow_sign(f);
	/* the same backup once more, by somebody who knows what the first restore has published */
	ask.data = str_fmt(cx, "%.*s-two", F(first));
	ask.keys = first;
	ask.known = &known;
	ask.n_known = 1;
	EXPECT_OK(restore_run(cx, &ask, &done));
	EXPECT_STR(done.origin, S("test.example/log/3"));
	EXPECT(done.lost == (int64_t)f->desk.journal.tree.size);
	flow_move(f, ask.data);
	flow_end(f);
}

/* One file damaged in one way, refused, and put right. */
static void
refuse_damaged(struct flow *f, const struct restore_ask *ask, struct str name, int how)
{
	struct cx *cx = f->cx;
	struct str whole, broken, path = str_fmt(cx, "%.*s/%.*s", F(ask->from), F(name));
	struct restore_done done;
	char *p;

	EXPECT_OK(files_read(cx, FILES_HERE, path, 1 << 24, &whole));
	EXPECT_OK(files_remove(cx, FILES_HERE, path));
	broken = str_copy(cx, str_sub(whole, 0, how == 1 ? whole.n - 1 : whole.n));
	p = (char *)(uintptr_t)broken.p;
	if (how == 0 && whole.n)
		p[whole.n / 2] = (char)(p[whole.n / 2] ^ 4);
	if (how == 0 && !whole.n)
		broken = S("x");
	if (how != 2)
		EXPECT_OK(files_create(cx, FILES_HERE, path, 0600, broken));
	EXPECT(restore_run(cx, ask, &done) == (how == 2 && str_eq(name, S("SHA256SUMS")) ? ERR_NOT_FOUND : ERR_TAMPERED));
	if (str_find(str_of(cx->why), name) < 0)
		fail_msg("%.*s was damaged, and what was said is: %s", F(name), cx->why);
	EXPECT(flow_nothing_at(f, ask->data));
	EXPECT_OK(files_write(cx, FILES_HERE, path, 0600, whole));
}

TEST(a_damaged_backup_is_refused_by_name_and_leaves_nothing)
{
	static const struct str files[] = { { "SHA256SUMS", 10 }, { "log-001/checkpoint", 18 }, { "log-001/payloads", 16 },
		{ "log-001/records", 15 }, { "state", 5 }, { "vault/000102030405060708090a0b0c0d0e0f", 38 } };
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "new") };
	struct restore_done done;
	struct backup_made made;

	attach(f, flow_sign_in(f, "internal_audit"), js_str(report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), S("ref")));
	flow_backup(f, ask.from, &made);
	for (ptrdiff_t i = 0; i < COUNT(files); i++)
		for (int how = 0; how < 3; how++)
			refuse_damaged(f, &ask, files[i], how);
	EXPECT_OK(restore_run(cx, &ask, &done));
	EXPECT(restore_run(cx, &ask, &done) == ERR_CONFLICT); /* it is no longer empty */
	flow_end(f);
}

/* Another state in the backup, and its list made again: sealed by whoever holds the keys, or under the seal that was there. */
static void
change_state(struct flow *f, struct str backup, struct str state, bool keys)
{
	struct str file, text, list = str_fmt(f->cx, "%.*s/SHA256SUMS", F(backup));
	struct cx *cx = f->cx;
	struct inventory v;
	struct hash seal;

	EXPECT_OK(files_read(cx, FILES_HERE, list, 1 << 20, &file));
	EXPECT_OK(inventory_read(cx, file, &v, &text, &seal));
	EXPECT_OK(files_write(cx, FILES_HERE, str_fmt(cx, "%.*s/state", F(backup)), 0600, state));
	for (ptrdiff_t i = 0; i < v.n_files; i++)
		if (str_eq(v.files[i].name, S("state")))
			v.files[i].hash = sha256(state);
	text = inventory_text(cx, &v);
	EXPECT_OK(files_write(cx, FILES_HERE, list, 0600, inventory_file(cx, text, keys ? keys_seal(&f->desk.keys, text) : seal)));
}

TEST(a_backup_that_was_changed_without_the_keys_is_refused)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "new") };
	struct restore_done done;
	struct backup_made made;

	report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	flow_backup(f, ask.from, &made);
	change_state(f, ask.from, S("{\"is\":\"api_token\",\"token\":\"00\",\"actor\":\"01010101010101010101010101010101\",\"made\":1}\n"),
	    false);
	EXPECT(restore_run(cx, &ask, &done) == ERR_DENIED);
	EXPECT(flow_nothing_at(f, ask.data));
	flow_end(f);
}

TEST(other_keys_and_other_checkpoints_are_refused)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "new") };
	struct str other = flow_beside(f, "other"), month = str_fmt(cx, "%.*s/keys/month-2026-01.key", F(f->path)), key, known;
	struct checkpoint c = { S("test.example/log"), 3, { { 7 } } }, strange = { S("elsewhere.example/log/9"), 3, { { 7 } } };
	struct restore_done done;
	struct backup_made made;

	flow_backup(f, ask.from, &made);
	/* signed by this journal's key, but of a history that this is not */
	known = note_sign(cx, &f->desk.keys.sign, checkpoint_text(cx, &c));
	ask.known = &known;
	ask.n_known = 1;
	EXPECT(restore_run(cx, &ask, &done) == ERR_TAMPERED);
	struct skey stranger = keys_sign(&f->desk.keys, strange.origin);
	known = note_sign(cx, &stranger, checkpoint_text(cx, &strange));
	EXPECT(restore_run(cx, &ask, &done) == ERR_TAMPERED);
	known = S("not a checkpoint\n");
	EXPECT(restore_run(cx, &ask, &done) == ERR_TAMPERED);
	ask.n_known = 0;
	ask.vkey = S("tocsin.example.gov/journal/1+4c8cd6aa+AZJzCPU9Z2VQPStkwQOrWqRyBqs5UCz+j5hEL9tUMQC3");
	EXPECT(restore_run(cx, &ask, &done) == ERR_DENIED);
	ask.vkey = S("");
	EXPECT_OK(desk_create(cx, other, S(""), S("test.example/log"), test_file(cx, "policy/st-helens/pack.yaml")));
	ask.keys = other;
	EXPECT(restore_run(cx, &ask, &done) == ERR_DENIED);
	/* the right folder, but with a key of the month that is another's */
	ask.keys = f->path;
	EXPECT_OK(files_read(cx, FILES_HERE, str_fmt(cx, "%.*s/keys/month-2026-01.key", F(other)), 64, &key));
	EXPECT_OK(files_write(cx, FILES_HERE, month, 0600, key));
	EXPECT(restore_run(cx, &ask, &done) == ERR_TAMPERED);
	EXPECT_OK(files_remove(cx, FILES_HERE, month));
	EXPECT(restore_run(cx, &ask, &done) == ERR_NOT_FOUND);
	EXPECT(flow_nothing_at(f, ask.data));
	cx_end(&f->life);
}

TEST(no_word_and_no_key_is_in_a_backup)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str path = flow_beside(f, "backup"), bytes, needles[8];
	static const char *const names[] = { "log-001/records", "log-001/payloads", "log-001/checkpoint", "state", "SHA256SUMS" };
	struct backup_made made;
	struct js *ok = report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	int n = 0;

	/* an answer that repeats what was said, which is kept for a week in case it is asked for again */
	struct js *r, *answer, *follow = flow_do(f, S(""), "follow", S(""), str_fmt(cx, "{\"ref\":\"%.*s\",\"code\":\"%.*s\"}",
	    F(js_str(ok, S("ref"))), F(js_str(ok, S("code")))).p);
	EXPECT_OK(js_read(cx, str_fmt(cx, "{\"id\":\"cccccccccccccccccccccccccccccccc\",\"command\":\"receipt\",\"as\":{\"session\":"
	    "\"%.*s\"},\"args\":{}}", F(js_str(follow, S("session")))), &r));
	EXPECT_OK(desk_do_now(cx, &f->desk, r, false, &answer));
	flow_backup(f, path, &made);
	needles[n++] = S("bag with papers");
	needles[n++] = S("Rita");
	needles[n++] = js_str(ok, S("ref"));
	needles[n++] = js_str(follow, S("session"));
	EXPECT_OK(files_read(cx, f->desk.dir, S("keys/root.key"), 64, &needles[n++]));
	EXPECT_OK(files_read(cx, f->desk.dir, S("keys/sign.key"), 64, &needles[n++]));
	EXPECT_OK(files_read(cx, f->desk.dir, S("keys/month-2026-01.key"), 64, &needles[n++]));
	EXPECT_OK(files_read(cx, f->desk.dir, S("gate/gate.key"), 64, &needles[n++]));
	for (ptrdiff_t i = 0; i < COUNT(names); i++) {
		EXPECT_OK(files_read(cx, FILES_HERE, str_fmt(cx, "%.*s/%s", F(path), names[i]), 1 << 24, &bytes));
		for (int k = 0; k < n; k++)
			if (str_find(bytes, needles[k]) >= 0 || str_find(bytes, hex_of(cx, needles[k].p, needles[k].n)) >= 0)
				fail_msg("%s holds what no backup may (%d)", names[i], k);
	}
	flow_end(f);
}

TEST(a_file_that_is_not_as_recorded_stops_a_backup)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str path = flow_beside(f, "backup");
	struct vault vault = desk_vault(&f->desk);
	struct backup_made made;
	struct vault_put *put;
	struct id object;

	attach(f, flow_sign_in(f, "internal_audit"), js_str(report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), S("ref")));
	EXPECT(id_read(S("000102030405060708090a0b0c0d0e0f"), &object));
	EXPECT_OK(vault_begin(cx, &vault, object, &put));
	EXPECT_OK(vault_more(cx, put, S("what the worker encrypteD")));
	EXPECT_OK(vault_end(cx, put));
	EXPECT(backup_under(f, path, NULL, &made) == ERR_TAMPERED);
	EXPECT(str_find(str_of(cx->why), S("vault/000102030405060708090a0b0c0d0e0f")) >= 0);
	EXPECT(flow_nothing_at(f, path));
	flow_end(f);
}

/* From the database that the tests have into a file, and from the file into another such database. */
TEST(a_backup_of_one_database_is_restored_into_another)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "new") };
	struct restore_ask back = { .from = flow_beside(f, "backup-2"), .keys = ask.data, .data = flow_beside(f, "newer"), .database = test_db(cx) };
	struct restore_done done;
	struct backup_made made;
	struct str whole;

	attach(f, flow_sign_in(f, "internal_audit"), js_str(report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), S("ref")));
	flow_backup(f, ask.from, &made);
	whole = views(f);
	EXPECT_OK(restore_run(cx, &ask, &done));
	flow_move(f, ask.data);
	EXPECT(!db_shared(f->desk.db) && done.files == 1);
	EXPECT_STR(views(f), whole);
	flow_backup(f, back.from, &made);
	EXPECT_OK(restore_run(cx, &back, &done));
	flow_move(f, back.data);
	EXPECT(db_shared(f->desk.db) == (back.database.n > 0) && done.files == 1);
	EXPECT_STR(f->desk.journal.origin, S("test.example/log/3"));
	EXPECT_STR(views(f), whole);
	flow_backup(f, flow_beside(f, "backup-3"), &made);
	flow_end(f);
}

/* Sealed as it should be, so that only the end finds out. */
TEST(a_restore_that_fails_leaves_nothing_and_the_next_one_works)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct restore_ask ask = { .from = flow_beside(f, "backup"), .keys = f->path, .data = flow_beside(f, "new"), .database = test_db(cx) };
	struct restore_done done;
	struct backup_made made;
	struct str right;

	report(f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	flow_backup(f, ask.from, &made);
	EXPECT_OK(files_read(cx, FILES_HERE, str_fmt(cx, "%.*s/state", F(ask.from)), 1 << 24, &right));
	change_state(f, ask.from, S("{\"is\":\"nothing that there is\"}\n"), true);
	EXPECT(restore_run(cx, &ask, &done) != OK);
	EXPECT(flow_nothing_at(f, ask.data));
	change_state(f, ask.from, right, true);
	EXPECT_OK(restore_run(cx, &ask, &done));
	flow_move(f, ask.data);
	EXPECT(db_body(f->desk.db) == 1);
	flow_end(f);
}

/* What doctor says of a group, worst first. */
static enum doctor_state
says(struct flow *f, struct str group)
{
	enum doctor_state worst = DOCTOR_OK;
	struct cx *cx = f->cx;
	struct doctor_line *l;

	EXPECT_OK(doctor_examine(cx, &f->desk, true, &l));
	for (; l; l = l->next)
		if (str_eq(l->group, group) && l->state > worst)
			worst = l->state;
	return worst;
}

static void
set(struct flow *f, struct str name, struct str value)
{
	flow_do(f, S("local"), "settings", S(""), str_fmt(f->cx, "{\"set\":{\"%.*s\":\"%.*s\"}}", F(name), F(value)).p);
}

TEST(doctor_calls_for_backups_until_they_are_made)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str mark, keys = flow_beside(f, "keys"), key;

	EXPECT(says(f, S("keys")) == DOCTOR_BAD && says(f, S("backup")) == DOCTOR_BAD);
	/* the server of the tests has no standby */
	EXPECT(says(f, S("database")) == (db_shared(f->desk.db) ? DOCTOR_WARN : DOCTOR_OK));
	EXPECT_OK(backup_keys(cx, &f->desk, keys));
	EXPECT(backup_keys(cx, &f->desk, keys) == ERR_CONFLICT);
	EXPECT(backup_keys(cx, &f->desk, str_fmt(cx, "%.*s/spool/keys", F(f->path))) == ERR_CONFLICT);
	EXPECT_OK(files_read_secret(cx, FILES_HERE, str_fmt(cx, "%.*s/gate/gate.key", F(keys)), 64, &key));
	set(f, S("keys_saved"), S("last week, in the safe"));
	EXPECT(says(f, S("keys")) == DOCTOR_WARN);
	EXPECT_OK(backup_keys_mark(cx, &f->desk, &mark));
	set(f, S("keys_saved"), backup_note(cx, mark, S("a safe")));
	flow_do(f, S("local"), "backed_up", S(""), str_fmt(cx, "{\"note\":\"%.*s\"}", F(backup_note(cx, S("12"), S("/b")))).p);
	EXPECT(says(f, S("keys")) == DOCTOR_OK && says(f, S("backup")) == DOCTOR_OK);
	flow_wait(f, 3 * DAY);
	EXPECT(says(f, S("backup")) == DOCTOR_BAD);
	set(f, S("backup_days"), S("7"));
	EXPECT(says(f, S("backup")) == DOCTOR_OK);
	flow_wait(f, 62 * DAY);
	EXPECT(says(f, S("keys")) == DOCTOR_WARN);
	EXPECT_OK(files_create(cx, f->desk.dir, S("keys/month-2026-03.key"), 0600, key));
	EXPECT(says(f, S("keys")) == DOCTOR_BAD);
	cx_end(&f->life);
}
