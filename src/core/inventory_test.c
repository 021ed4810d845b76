#include "core/inventory.h"

#include "base/code.h"
#include "base/test.h"

static struct inventory
sample(struct cx *cx)
{
	struct inventory v = { .made = T0 / SECOND * SECOND, .n_logs = 2, .n_files = 3 };

	v.logs = NEW(cx, struct inventory_log, 2);
	v.logs[0] = (struct inventory_log){ S("tocsin.example.gov/journal/1"), 0, 7 };
	v.logs[1] = (struct inventory_log){ S("tocsin.example.gov/journal/2"), 7, 5 };
	v.files = NEW(cx, struct inventory_file, 3);
	v.files[0] = (struct inventory_file){ S("log-001/records"), { { 1 } } };
	v.files[1] = (struct inventory_file){ S("state"), { { 2 } } };
	v.files[2] = (struct inventory_file){ S("vault/00112233445566778899aabbccddeeff"), { { 3 } } };
	return v;
}

static bool
is_read(struct cx *cx, const struct inventory *v)
{
	struct inventory back;
	struct hash seal;
	struct str text;

	return inventory_read(cx, inventory_file(cx, inventory_text(cx, v), (struct hash){ { 9 } }), &back, &text, &seal) == OK;
}

TEST(a_list_of_files_reads_back_as_it_was_written)
{
	struct inventory v = sample(cx), back;
	struct str text = inventory_text(cx, &v), read;
	struct hash seal;

	EXPECT_OK(inventory_read(cx, inventory_file(cx, text, (struct hash){ { 9 } }), &back, &read, &seal));
	EXPECT_STR(read, text);
	EXPECT(seal.b[0] == 9 && back.made == v.made && back.n_logs == 2 && back.n_files == 3);
	EXPECT_STR(back.logs[1].origin, v.logs[1].origin);
	EXPECT(back.logs[1].first == 7 && back.logs[1].size == 5 && back.files[2].hash.b[0] == 3);
	EXPECT_STR(back.files[0].name, S("log-001/records"));
}

TEST(a_list_with_any_byte_changed_or_missing_is_refused)
{
	struct inventory v = sample(cx), back;
	struct str file = inventory_file(cx, inventory_text(cx, &v), (struct hash){ { 9 } }), text;
	struct hash seal;
	char *p = (char *)str_z(cx, file);

	for (ptrdiff_t i = 0; i < file.n; i++) {
		struct mark m = cx_mark(cx);

		EXPECT(inventory_read(cx, str_sub(file, 0, i), &back, &text, &seal) == ERR_TAMPERED);
		p[i] = (char)(p[i] ^ 1);
		/* a seal of other digits is still a seal, and its holder says so */
		EXPECT((inventory_read(cx, (struct str){ p, file.n }, &back, &text, &seal) == ERR_TAMPERED) ==
		    (i < file.n - 65 || i == file.n - 1 || !strchr("0123456789abcdef", p[i])));
		p[i] = (char)(p[i] ^ 1);
		cx_back(cx, m);
	}
}

TEST(names_in_a_list_of_files_lead_nowhere)
{
	static const struct str bad[] = { { "../state", 8 }, { "/state", 6 }, { "a/b/c", 5 }, { "a//b", 4 }, { "vault/", 6 },
		{ "State", 5 }, { "a b", 3 }, { ".", 1 }, { "keys/root.key", 13 }, { "log-001/records", 15 } };
	struct inventory v = sample(cx);

	EXPECT(is_read(cx, &v));
	for (ptrdiff_t i = 0; i < COUNT(bad); i++) {
		v = sample(cx);
		v.files[1].name = bad[i];
		EXPECT(!is_read(cx, &v));
	}
}

TEST(logs_of_a_backup_follow_one_another)
{
	struct inventory v = sample(cx);

	v.logs[1].first = 6;
	EXPECT(!is_read(cx, &v));
	v = sample(cx);
	v.logs[1].size = 0;
	EXPECT(!is_read(cx, &v));
	v.n_logs = 0;
	EXPECT(!is_read(cx, &v));
}
