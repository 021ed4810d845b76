#include "desk/ask.h"
#include "desk/bundle_out.h"
#include "desk/flow.h"
#include "sys/test_dir.h"

#define CALL "{\"narrative\":\"A letter went to the wrong house.\",\"facts\":{\"category\":\"wrong_recipient\"," \
	"\"forms\":[\"paper\"],\"personal_data\":\"yes\"},\"line_manager\":\"line_manager\"," \
	"\"reporter\":{\"mode\":\"named\",\"name\":\"Joan Farrier\",\"email\":\"joan@example.net\"}}"

/* A case on which everything was done that has to do with people; its reference. */
static struct str
busy_case(struct flow *f)
{
	struct str audit = flow_sign_in(f, "internal_audit");
	struct str ref = js_str(flow_do(f, S(""), "report", S(""), CALL), S("ref"));
	struct row_duties_of_case *duties;
	struct cx *cx = f->cx;
	ptrdiff_t n;

	flow_do(f, audit, "triage", ref, "{\"assessed\":\"incident\",\"reasons\":\"Opened.\",\"next\":\"Fetch it.\"}");
	flow_do(f, audit, "assign", ref, "{\"person\":\"rita\"}");
	flow_do(f, audit, "message", ref, "{\"words\":\"Thank you.\"}");
	EXPECT_OK(sql_duties_of_case(cx, f->desk.db, flow_case(f, ref), &duties, &n));
	for (ptrdiff_t i = 0; i < n; i++)
		if (str_eq(duties[i].role, S("internal_audit")) && str_eq(duties[i].state, S("open")))
			flow_do(f, audit, "hand_over", ref, str_fmt(cx,
			    "{\"duty\":\"%.*s\",\"to\":\"rita\",\"why\":\"on leave\"}", F(id_hex(cx, duties[i].duty_id))).p);
	return ref;
}

TEST(names_of_people_stand_in_identities_alone)
{
	static const struct str names[] = {
		{ "Joan", 4 }, { "joan", 4 }, { "rita", 4 }, { "Rita Porter", 11 }, { "A internal_audit", 16 },
		{ "A line_manager", 14 }, { "example.org", 11 }
	};
	struct flow *f = flow_start(cx, S("st-helens"));
	struct row_entries_from *rows;
	struct payload content;
	ptrdiff_t n, identities = 0;
	bool there;

	busy_case(f);
	flow_do(f, S("local"), "systems", S(""), "{\"systems\":[{\"system\":\"rent\",\"title\":\"Rent\",\"owner\":\"rita\"}]}");
	EXPECT_OK(sql_entries_from(cx, f->desk.db, 1, 0, 10000, &rows, &n));
	for (ptrdiff_t i = 0; i < n; i++) {
		struct record r;

		EXPECT_OK(record_read(cx, (const uint8_t *)rows[i].record.p, &r));
		EXPECT_OK(journal_content(cx, f->desk.db, &f->desk.keys, 1, &r, &content, &there));
		identities += r.kind == KIND_IDENTITY;
		for (ptrdiff_t j = 0; r.kind != KIND_IDENTITY && there && j < COUNT(names); j++)
			if (str_find(content.content, names[j]) >= 0)
				fail_msg("“%.*s” in %.*s", F(names[j]), F(content.content));
	}
	EXPECT(identities > 5);
	flow_end(f);
}

TEST(who_was_given_a_case_is_named_where_it_is_read)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = busy_case(f);
	struct actor local;
	struct ask_case c;
	int named = 0;

	EXPECT_OK(access_who(cx, f->desk.db, f->desk.policy, &(struct credential){ .local = true }, &local));
	EXPECT_OK(ask_case(cx, &f->desk, &local, ref, INT64_MAX, &c));
	for (ptrdiff_t i = 0; i < c.n_timeline; i++)
		named += str_ends(c.timeline[i].what, S(" to Rita Porter"));
	EXPECT(named >= 2);
	flow_end(f);
}

TEST(an_export_of_a_case_stands_in_the_case_and_ends_its_log)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = busy_case(f), audit = flow_sign_in(f, "internal_audit");
	struct row_entry_get *last;
	struct record r;
	struct js *ok;

	flow_refused(f, audit, "export", ref, "{\"mode\":\"case\"}", ERR_NOT_FOUND);
	flow_refused(f, audit, "export", S(""), "{\"mode\":\"full\"}", ERR_DENIED);
	ok = flow_do(f, S("local"), "export", ref, "{\"mode\":\"case\"}");
	EXPECT(f->desk.sign_now && js_int(ok, S("size"), 0) == (int64_t)f->desk.journal.tree.size);
	EXPECT_OK(sql_entry_get(cx, f->desk.db, 1, js_int(ok, S("size"), 0) - 1, &last));
	EXPECT_OK(record_read(cx, (const uint8_t *)last->record.p, &r));
	EXPECT(r.kind == KIND_EXPORT && r.flags == RECORD_PAYLOAD && id_eq(r.case_id, flow_case(f, ref)));
	flow_end(f);
}

/* More records than one stored node of the tree stands for: proofs go by nodes then. */
TEST(a_case_of_a_long_log_is_written_out_with_its_proofs)
{
	struct flow *f = flow_start(cx, S("st-helens"));
	struct str ref = busy_case(f), note;
	struct bundle_out told;
	struct hash root;
	struct js *ok;
	int dir;

	for (int i = 0; i < 600; i++) {
		struct mark m = cx_mark(cx);

		flow_do(f, S("local"), "settings", S(""), str_fmt(cx, "{\"set\":{\"phone\":\"0%d\"}}", i).p);
		cx_back(cx, m);
	}
	ok = flow_do(f, S("local"), "export", ref, "{\"mode\":\"case\"}");
	EXPECT_OK(desk_sign(cx, &f->desk, &note));
	EXPECT_OK(bundle_out_place(cx, str_fmt(cx, "%s/case", test_dir_path()), &dir));
	EXPECT_OK(bundle_out_case(cx, &f->desk, (uint64_t)js_int(ok, S("size"), 0), dir, &told));
	EXPECT(told.records > 5 && told.opened == told.payloads && told.opened >= told.records - 1);
	EXPECT_OK(journal_root_at(cx, f->desk.db, 1, f->desk.journal.tree.size, &root));
	EXPECT(hash_eq(root, tree_root(&f->desk.journal.tree)));
	flow_end(f);
}
