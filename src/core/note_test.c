#include "base/code.h"
#include "base/js.h"
#include "base/test.h"
#include "core/proof.h"

#define FOO S("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
#define FOO_NOTE "This is an example message.\n\n" \
	"— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

static struct skey
key(const char *name, enum note_type type, char seed)
{
	uint8_t s[32];

	memset(s, seed, sizeof s);
	return note_key(str_of(name), type, s);
}

TEST(note_of_the_specification_opens)
{
	struct vkey v;
	struct note n;

	EXPECT_OK(note_vkey_read(cx, FOO, &v));
	EXPECT_STR(note_vkey_text(cx, &v), FOO);
	EXPECT_OK(note_open(cx, S(FOO_NOTE), &v, 1, &n));
	EXPECT_STR(n.text, S("This is an example message.\n"));
	EXPECT(n.signed_by == 1);
}

TEST(note_key_of_a_seed_is_that_of_the_vector)
{
	struct skey k = key("tocsin.example.gov/journal/1", NOTE_ED25519, 'L');

	EXPECT_STR(note_vkey_text(cx, &k.v),
	    S("tocsin.example.gov/journal/1+4c8cd6aa+AZJzCPU9Z2VQPStkwQOrWqRyBqs5UCz+j5hEL9tUMQC3"));
}

TEST(note_vectors_from_the_go_implementation)
{
	struct js *all;
	int tried = 0;

	EXPECT_OK(js_read(cx, test_shared(cx, "data/integrity/signed-note-vectors.json"), &all));
	for (const struct js *j = js_get(all, S("bad_vkeys"))->first; j; j = j->next) {
		struct vkey v;

		EXPECT(note_vkey_read(cx, j->str, &v) == ERR_BAD_INPUT);
	}
	for (const struct js *j = js_get(all, S("notes"))->first; j; j = j->next, tried++) {
		struct vkey v[4];
		struct note n;
		int count = 0;

		for (const struct js *k = js_get(j, S("keys"))->first; k; k = k->next)
			EXPECT_OK(note_vkey_read(cx, k->str, &v[count++]));
		EXPECT((note_open(cx, js_str(j, S("msg")), v, count, &n) == OK) == js_true(j, S("ok")));
		if (js_true(j, S("ok")))
			EXPECT(n.signed_by == ((uint64_t)1 << count) - 1);
	}
	EXPECT(tried == 9);
}

TEST(note_with_a_witness_says_when)
{
	struct skey log = key("log.example/1", NOTE_ED25519, 'L'), w = key("witness.example/w1", NOTE_COSIGNATURE, 'W');
	struct vkey keys[] = { log.v, w.v };
	struct str text = S("log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	struct str s = note_sign(cx, &log, text);
	struct checkpoint c;
	struct note n;
	uint64_t by;

	EXPECT_OK(note_open(cx, s, keys, 2, &n));
	EXPECT(n.signed_by == 1);
	s = str_fmt(cx, "%.*s%.*s", F(s), F(note_line(cx, &w, text, 1790000000)));
	EXPECT_OK(note_open(cx, s, keys, 2, &n));
	EXPECT(n.signed_by == 3 && n.time[1] == 1790000000);
	EXPECT_OK(checkpoint_open(cx, s, keys, 2, &c, &by));
	EXPECT(by == 3 && c.size == 0);
	/* the same key under the other type is another key, and a witness alone does not speak for the log */
	EXPECT(note_open(cx, note_sign(cx, &log, text), &w.v, 1, &n) == ERR_TAMPERED);
	s = str_fmt(cx, "%.*s\n%.*s", F(text), F(note_line(cx, &w, text, 1)));
	EXPECT(checkpoint_open(cx, s, keys, 2, &c, &by) == ERR_TAMPERED);
}

TEST(note_takes_many_signatures_but_not_any_number)
{
	struct skey k = key("a.example", NOTE_ED25519, 'a');
	struct str s = note_sign(cx, &k, S("x\n"));
	struct note n;

	for (int i = 1; i <= NOTE_SIGNATURES; i++) {
		EXPECT_OK(note_open(cx, s, &k.v, 1, &n));
		s = str_fmt(cx, "%.*s— b.example AAAAAAAA\n", F(s));
	}
	EXPECT(note_open(cx, s, &k.v, 1, &n) == ERR_BAD_INPUT);
}

TEST(note_is_split_at_its_last_empty_line)
{
	struct skey k = key("a.example", NOTE_ED25519, 'a');
	struct str text = S("one\n\n— a.example AAAAAAAA\n\ntwo\n");
	struct note n;

	EXPECT_OK(note_open(cx, note_sign(cx, &k, text), &k.v, 1, &n));
	EXPECT_STR(n.text, text);
}

TEST(note_of_any_other_form_is_refused)
{
	static const struct str bad[] = {
		{ "", 0 }, { "\n", 1 }, { "\n\n", 2 }, { "x\n\n", 3 }, { "x\n\n\n", 4 }, { "x\n\n— a.example\n", 17 },
		{ "x\n\n- a.example AAAAAAAA\n", 24 }, { "x\n\n— a.example AAAA\n", 22 }, { "x\n\n— a.example AAAAAAAA", 25 },
		{ "x\t\n\n— a.example AAAAAAAA\n", 27 }, { "\xff\n\n— a.example AAAAAAAA\n", 26 },
		{ "x\n\n— a.example AAAAAAAB=\n", 27 }
	};
	struct skey k = key("a.example", NOTE_ED25519, 'a');
	struct note n;

	for (ptrdiff_t i = 0; i < COUNT(bad); i++)
		EXPECT(note_open(cx, bad[i], &k.v, 1, &n) == ERR_BAD_INPUT);
	EXPECT(!note_name_ok(S("")) && !note_name_ok(S("a b")) && !note_name_ok(S("a+b")));
	EXPECT(!note_name_ok(S("a\xc2\xa0" "b")) && !note_name_ok(S("a\xe2\x80\x83")) && !note_name_ok(S("a\n")));
	EXPECT(note_name_ok(S("Schlüssel.example/1")));
}

TEST(note_changed_anywhere_is_refused)
{
	struct str s = S(FOO_NOTE);
	struct vkey v;
	struct note n;

	EXPECT_OK(note_vkey_read(cx, FOO, &v));
	for (ptrdiff_t i = 0; i < s.n * 8; i++) {
		struct str bad = str_copy(cx, s);

		((char *)(uintptr_t)bad.p)[i / 8] ^= (char)(1 << i % 8);
		EXPECT(note_open(cx, bad, &v, 1, &n) != OK);
	}
}

TEST(checkpoint_text_has_exactly_one_form)
{
	struct checkpoint c = { S("log.example/1"), 7, sha256(S("")) }, back;
	struct str text = checkpoint_text(cx, &c);

	EXPECT_STR(text, S("log.example/1\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"));
	EXPECT_OK(checkpoint_read(cx, text, &back));
	EXPECT(back.size == 7 && hash_eq(back.root, c.root));
	EXPECT(checkpoint_read(cx, S("a\n07\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &back) == ERR_BAD_INPUT);
	EXPECT(checkpoint_read(cx, S("a\n-7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &back) == ERR_BAD_INPUT);
	EXPECT(checkpoint_read(cx, S("a\0b\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
	    &back) == ERR_BAD_INPUT);
	EXPECT(checkpoint_read(cx, S("\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &back) == ERR_BAD_INPUT);
	EXPECT(checkpoint_read(cx, S("a\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS\n"), &back) == ERR_BAD_INPUT);
	EXPECT(checkpoint_read(cx, S("a\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), &back) == ERR_BAD_INPUT);
	EXPECT(checkpoint_read(cx, S("a\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n"),
	    &back) == ERR_BAD_INPUT);
}

TEST(proof_goes_there_and_back_and_convinces)
{
	struct skey log = key("log.example/1", NOTE_ED25519, 'L');
	struct tree t = { 0 };
	struct hash leaf[5];
	struct tree_leaves all = { leaf, 5 };
	struct proof p = { .index = 3 }, back;
	struct checkpoint c = { log.v.name, 5, { { 0 } } }, got;
	struct str text;

	for (int i = 0; i < 5; i++)
		tree_append(&t, leaf[i] = tree_leaf(str_fmt(cx, "%d", i)));
	c.root = tree_root(&t);
	EXPECT_OK(tree_inclusion(cx, tree_source_leaves(&all), 3, 5, &p.path));
	p.checkpoint = note_sign(cx, &log, checkpoint_text(cx, &c));
	text = proof_write(cx, &p);
	EXPECT_OK(proof_read(cx, text, &back));
	EXPECT_OK(proof_check(cx, &back, leaf[3], &log.v, 1, &got));
	EXPECT(got.size == 5 && back.index == 3);
	EXPECT(proof_check(cx, &back, leaf[2], &log.v, 1, NULL) == ERR_TAMPERED);
	for (ptrdiff_t i = 0; i < text.n; i++) {
		struct str bad = str_copy(cx, text);

		((char *)(uintptr_t)bad.p)[i] ^= 1;
		EXPECT(proof_read(cx, bad, &back) || proof_check(cx, &back, leaf[3], &log.v, 1, NULL));
		EXPECT(proof_read(cx, str_sub(text, 0, i), &back) || proof_check(cx, &back, leaf[3], &log.v, 1, NULL));
	}
	text = str_fmt(cx, "c2sp.org/tlog-proof@v1\nextra eHg=\n%.*s", F(str_sub(text, 23, text.n)));
	EXPECT_OK(proof_read(cx, text, &back));
	EXPECT_OK(proof_check(cx, &back, leaf[3], &log.v, 1, NULL));
}
