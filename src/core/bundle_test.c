#include "base/test.h"
#include "core/bundle_doctored.h"
#include "core/idmap.h"
#include "core/record_run.h"

TEST(bundles_that_are_honest_verify)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct bundle_sample_files f;
	struct verdict v;

	t.quorum = 1;
	bundle_sample_make(s, true, (struct id){ { 0 } }, &f);
	EXPECT_OK(bundle_verify(cx, &f.b, &t, &v));
	EXPECT(v.full && v.records == (uint64_t)s->n && v.size == v.records && v.erased == 2 && v.opened == 2);
	EXPECT(v.payloads == 12 && v.proofs == 0 && v.witnesses == 1);
	EXPECT_STR(v.origin, S("tocsin.example.gov/journal/1"));
	bundle_sample_make(s, false, bundle_sample_case('A'), &f);
	EXPECT_OK(bundle_verify(cx, &f.b, &t, &v));
	EXPECT(!v.full && v.records == 5);
	EXPECT(v.size == (uint64_t)s->n && v.proofs == 5 && v.payloads == 4 && v.opened == 1);
}

TEST(bundles_reproduce_known_checkpoints)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct str known[] = {
		bundle_sample_checkpoint(s, 9, false), bundle_sample_checkpoint(s, 0, false),
		bundle_sample_checkpoint(s, s->n, false), bundle_sample_checkpoint(s, 9, true),
		bundle_sample_checkpoint(s, 1, false)
	};
	struct bundle_sample_files f;
	struct verdict v;

	t.known = known, t.n_known = (int)COUNT(known);
	bundle_sample_make(s, true, (struct id){ { 0 } }, &f);
	EXPECT_OK(bundle_verify(cx, &f.b, &t, &v));
	EXPECT(v.known == COUNT(known) && v.known_beyond == 0);
	/* a case says nothing about other sizes, and does not pretend to */
	bundle_sample_make(s, false, bundle_sample_case('A'), &f);
	EXPECT_OK(bundle_verify(cx, &f.b, &t, &v));
	EXPECT(v.known == 1 && v.known_beyond == COUNT(known) - 1);
}

TEST(bundles_that_are_doctored_are_refused)
{
	int refused = 0;

	for (int i = 0; i < bundle_doctored_count; i++) {
		struct mark m = cx_mark(cx);
		struct bundle_sample_files f;
		struct bundle_trust t;
		struct verdict v;
		const char *name = bundle_doctored_make(cx, i, &f, &t);

		if (bundle_verify(cx, &f.b, &t, &v) != ERR_TAMPERED)
			fail_msg("%s: accepted", name);
		refused++;
		cx_back(cx, m);
	}
	EXPECT(refused == bundle_doctored_count && refused >= 50);
}

TEST(bundles_rewritten_by_the_holder_of_the_key_are_told_only_by_what_is_known_elsewhere)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct str known = bundle_sample_checkpoint(s, 8, false), early = bundle_sample_checkpoint(s, 3, false);
	struct bundle_sample_files f;
	struct verdict v;

	s->entry[4].record.time += HOUR;
	bundle_sample_make(s, true, (struct id){ { 0 } }, &f);
	f.b.checkpoint = bundle_sample_checkpoint(s, s->n, false);
	EXPECT_OK(bundle_verify(cx, &f.b, &t, &v));
	t.known = &early, t.n_known = 1;
	EXPECT_OK(bundle_verify(cx, &f.b, &t, &v)); /* known before what was rewritten */
	t.known = &known;
	EXPECT(bundle_verify(cx, &f.b, &t, &v) == ERR_TAMPERED);
	t.n_known = 0, t.quorum = 1;
	EXPECT(bundle_verify(cx, &f.b, &t, &v) == ERR_TAMPERED);
}

TEST(bundle_with_one_bit_changed_anywhere_in_a_record_is_refused)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct bundle_sample_files f;
	struct verdict v;

	bundle_sample_make(s, true, (struct id){ { 0 } }, &f);
	for (ptrdiff_t bit = 0; bit < f.b.records.n * 8; bit += 7) {
		struct mark m = cx_mark(cx);
		struct bundle bad = f.b;

		bad.records = str_copy(cx, bad.records);
		((char *)(uintptr_t)bad.records.p)[bit / 8] ^= (char)(1 << bit % 8);
		EXPECT(bundle_verify(cx, &bad, &t, &v) == ERR_TAMPERED);
		cx_back(cx, m);
	}
}

TEST(bundle_passes_on_what_reading_says)
{
	struct bundle_sample *s = bundle_sample_story(cx);
	struct bundle_trust t = bundle_sample_trust(s);
	struct bundle_sample_files f;
	struct verdict v;

	bundle_sample_make(s, true, (struct id){ { 0 } }, &f);
	f.b.read = bundle_doctored_unreadable;
	EXPECT(bundle_verify(cx, &f.b, &t, &v) == ERR_NO_ROOM);
}

TEST(idmap_finds_all_it_was_given)
{
	struct entry { struct id id; uint32_t v; } *e;
	struct idmap m = idmap_new(cx, sizeof(struct entry));
	enum { N = 10000 };

	for (uint32_t i = 0; i < N; i++) {
		struct id d = id_of(sha256((struct str){ (char *)&i, sizeof i }).b);

		EXPECT(!idmap_find(&m, d));
		e = idmap_have(&m, d);
		EXPECT(e->v == 0 && id_eq(e->id, d));
		e->v = i + 1;
	}
	EXPECT(m.n == N);
	for (uint32_t i = 0; i < N; i++) {
		e = idmap_find(&m, id_of(sha256((struct str){ (char *)&i, sizeof i }).b));
		EXPECT(e && e->v == i + 1 && e == idmap_nth(&m, i) && e == idmap_have(&m, e->id));
	}
}
