#include "sys/sealed.h"

#include "base/test.h"

TEST(what_is_sealed_opens_under_its_key_alone)
{
	uint8_t key[SEALED_KEY] = { 1 }, other[SEALED_KEY] = { 2 };
	struct str s = sealed_make(cx, key, S("not yet sent")), text, changed;
	char *p;

	EXPECT(sealed_open(cx, key, s, &text));
	EXPECT_STR(text, S("not yet sent"));
	EXPECT(!sealed_open(cx, other, s, &text));
	EXPECT(str_find(s, S("not yet")) < 0);
	EXPECT(!str_eq(s, sealed_make(cx, key, S("not yet sent"))));
	for (ptrdiff_t i = 0; i < s.n; i++) {
		changed = str_copy(cx, s);
		p = (char *)(uintptr_t)changed.p;
		p[i] = p[i] == 'A' ? 'B' : 'A';
		EXPECT(!sealed_open(cx, key, changed, &text));
	}
	EXPECT(!sealed_open(cx, key, str_sub(s, 0, 40), &text));
	EXPECT(sealed_open(cx, key, sealed_make(cx, key, S("")), &text) && text.n == 0);
}
