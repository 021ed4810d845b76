#include "sys/password.h"

#include "base/test.h"
#include "sys/token.h"
#include <sodium.h>

static const struct password_cost cheap = { 1, 64 << 10 }, dear = { 2, 64 << 10 };
static const uint8_t key[PASSWORD_KEY] = { 1 }, other_key[PASSWORD_KEY] = { 2 };

static bool
holds(struct cx *cx, const uint8_t *k, struct str blob, struct str password, struct str actor)
{
	struct password_check c;

	EXPECT_OK(password_check(cx, k, blob, password, actor, cheap, &c));
	return c.holds;
}

TEST(password_holds_only_for_its_actor_key_and_words)
{
	struct str blob, again, hurt;

	EXPECT(sodium_init() >= 0);
	EXPECT_OK(password_seal(cx, key, S("correct horse"), S("actor-7"), cheap, &blob));
	EXPECT(holds(cx, key, blob, S("correct horse"), S("actor-7")));
	EXPECT(!holds(cx, key, blob, S("correct horsf"), S("actor-7")));
	EXPECT(!holds(cx, key, blob, S(""), S("actor-7")));
	EXPECT(!holds(cx, key, blob, S("correct horse"), S("actor-8")));
	EXPECT(!holds(cx, other_key, blob, S("correct horse"), S("actor-7")));
	EXPECT(!holds(cx, key, S(""), S(""), S("actor-7")));
	for (ptrdiff_t i = 0; i < blob.n; i++) {
		hurt = str_copy(cx, blob);
		((char *)(uintptr_t)hurt.p)[i] ^= 1;
		EXPECT(!holds(cx, key, hurt, S("correct horse"), S("actor-7")));
	}
	EXPECT_OK(password_seal(cx, key, S("correct horse"), S("actor-7"), cheap, &again));
	EXPECT(!str_eq(blob, again));
}

TEST(password_of_another_cost_holds_and_is_stale)
{
	struct password_check c;
	struct str blob;

	EXPECT_OK(password_seal(cx, key, S("pw"), S("a"), cheap, &blob));
	EXPECT_OK(password_check(cx, key, blob, S("pw"), S("a"), cheap, &c));
	EXPECT(c.holds && !c.stale);
	EXPECT_OK(password_check(cx, key, blob, S("pw"), S("a"), dear, &c));
	EXPECT(c.holds && c.stale);
	EXPECT_OK(password_check(cx, key, blob, S("no"), S("a"), dear, &c));
	EXPECT(!c.holds && !c.stale);
}

TEST(password_has_bounds)
{
	char *p = NEW(cx, char, PASSWORD_MAX + 1);
	struct password_check c;
	struct str blob;

	memset(p, 'x', PASSWORD_MAX + 1);
	EXPECT(password_seal(cx, key, S(""), S("a"), cheap, &blob) == ERR_BAD_INPUT);
	EXPECT(password_seal(cx, key, (struct str){ p, PASSWORD_MAX + 1 }, S("a"), cheap, &blob) == ERR_BAD_INPUT);
	EXPECT_OK(password_seal(cx, key, (struct str){ p, PASSWORD_MAX }, S("a"), cheap, &blob));
	EXPECT(password_check(cx, key, blob, (struct str){ p, PASSWORD_MAX + 1 }, S("a"), cheap, &c) ==
	    ERR_BAD_INPUT);
	EXPECT(!c.holds);
}

TEST(token_is_known_again_by_its_hash_alone)
{
	struct token a = token_make(cx), b = token_make(cx);
	struct hash h;

	EXPECT(a.text.n == TOKEN_TEXT && !str_eq(a.text, b.text));
	EXPECT(token_read(cx, a.text, &h) && hash_eq(h, a.stored) && !hash_eq(h, b.stored));
	EXPECT(!token_read(cx, str_lower(cx, a.text), &h));
	EXPECT(!token_read(cx, str_sub(a.text, 0, TOKEN_TEXT - 1), &h));
	EXPECT(!token_read(cx, S(""), &h));
}
