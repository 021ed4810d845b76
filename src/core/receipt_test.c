#include "base/test.h"
#include "core/receipt.h"

TEST(receipt_ref_can_be_said_and_typed)
{
	struct str ref = receipt_ref(cx, S("INC"), T0), got;

	EXPECT(ref.n == 14 && str_starts(ref, S("INC-26-")));
	for (ptrdiff_t i = 7; i < ref.n; i++)
		EXPECT(str_index(S("01ILOU"), ref.p[i]) < 0);
	EXPECT(receipt_ref_read(cx, S("INC"), ref, &got));
	EXPECT_STR(got, ref);
	EXPECT(receipt_ref_read(cx, S("INC"), str_lower(cx, ref), &got));
	EXPECT(receipt_ref_read(cx, S("INC"), str_sub(ref, 4, 20), &got));
	EXPECT_STR(got, ref);
	EXPECT(receipt_ref_read(cx, S("INC"), str_fmt(cx, " %.*s – %.*s/%.*s\xc2\xa0%c ", F(str_sub(ref, 0, 3)),
	    F(str_sub(ref, 4, 2)), F(str_sub(ref, 7, 5)), ref.p[13]), &got));
	EXPECT_STR(got, ref);
}

TEST(receipt_ref_notices_every_single_slip)
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct str got;

	for (int round = 0; round < 50; round++) {
		struct str ref = receipt_ref(cx, S("INC"), T0);

		for (ptrdiff_t i = 7; i < ref.n; i++) {
			char *p = (char *)(uintptr_t)str_copy(cx, ref).p;

			if (ref.p[i] == '-')
				continue;
			for (const char *l = letters; *l; l++) {
				p[i] = *l;
				EXPECT(receipt_ref_read(cx, S("INC"), (struct str){ p, ref.n }, &got) == (*l == ref.p[i]));
			}
		}
		for (ptrdiff_t i = 7; i < 11; i++) {
			char *p = (char *)(uintptr_t)str_copy(cx, ref).p, c = p[i];

			p[i] = p[i + 1], p[i + 1] = c;
			EXPECT(receipt_ref_read(cx, S("INC"), (struct str){ p, ref.n }, &got) == (ref.p[i] == ref.p[i + 1]));
		}
	}
	EXPECT(!receipt_ref_read(cx, S("INC"), S(""), &got) && !receipt_ref_read(cx, S("INC"), S("INC-26-"), &got));
	EXPECT(!receipt_ref_read(cx, S("INC"), S("INC-26-7K4MQ-XX"), &got));
}

TEST(receipt_refs_are_not_a_count)
{
	struct str a = receipt_ref(cx, S("INC"), T0), b = receipt_ref(cx, S("INC"), T0 + DAY);

	EXPECT(!str_eq(a, b));
	/* 23:30 UTC on 31 December is the same year in London; in summer it would not be */
	EXPECT(str_starts(receipt_ref(cx, S("E"), T0 - HOUR / 2), S("E-25-")));
}

TEST(receipt_code_and_seal)
{
	static const uint8_t bits[RECEIPT_CODE_BYTES] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1 };
	struct hash leaf = { { 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct str got;

	EXPECT_STR(receipt_code(cx, bits), S("ZZZZ-ZZZZ-0000-0001"));
	EXPECT(receipt_code_read(cx, S("zzzzzzzz oooo oool"), &got));
	EXPECT_STR(got, S("ZZZZ-ZZZZ-0000-0001"));
	EXPECT(!receipt_code_read(cx, S("ZZZZ-ZZZZ-0000-000"), &got));
	EXPECT(!receipt_code_read(cx, S("ZZZZ-ZZZZ-0000-000U"), &got));
	EXPECT_STR(receipt_seal(cx, leaf), S("ZZZZZ-ZZZ00-00000-00000"));
}
