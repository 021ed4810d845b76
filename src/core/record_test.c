#include "base/code.h"
#include "base/test.h"
#include "core/note.h"
#include "core/payload.h"
#include "core/record.h"

#define ORIGIN S("tocsin.example.gov/journal/1")
#define CONTENT S("{\"v\":1,\"kind\":\"report\"," \
	"\"asked\":{\"narrative\":\"A letter went to the wrong house.\"},\"did\":[]}")
#define HEX(h) hex_of(cx, (h).b, sizeof (h).b)

/* The record of the test vectors in the format's description. */
static const char vector[] =
	"54534a31010300100000000000000000bd212675dac464acdf143a0d2ea4e73843434343434343434343434343434343"
	"0000000000000000e4700ec4ed5ed340da2bddcefa487b1dfab2622b71e4880f820f97dd950c5c6a637a3340ad8dfc1f"
	"92a3d70487a5f84affda5715c43785d1852cbc54f04ecbe900065bfeda25e00000000001000102024141414141414141"
	"4141414141414141823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda8124444444444444444"
	"4444444444444444000000000000014029d7ae8dfa6dd75657de73b6c3ecf0f0ee91fa89f9cbd41372e4b29698d44f75"
	"b662bbd79888c2bde71a0151465af59ab9d598aeec90e4e0f2c5c99f4ad7f364";

static struct id
all(char c)
{
	struct id d;

	memset(d.b, c, sizeof d.b);
	return d;
}

static struct str
object(struct cx *cx, struct payload_place *at)
{
	uint8_t key[32], salt[32];

	*at = (struct payload_place){ record_log_id(ORIGIN), all('C'), all('D') };
	memset(key, 'K', 32);
	memset(salt, 'S', 32);
	return payload_seal(cx, CONTENT, at, key, (const uint8_t *)"ABCDEFGHIJKLMNOPQRSTUVWX", salt);
}

static struct record
example(struct cx *cx)
{
	struct payload_place at;
	struct str o = object(cx, &at);
	uint8_t salt[32];

	memset(salt, 'S', 32);
	return (struct record){
		.flags = RECORD_PAYLOAD | RECORD_ERASABLE, .kind = KIND_REPORT, .log_id = at.log_id, .case_id = at.case_id,
		.case_prev = record_first_case_prev(at.log_id, at.case_id), .prev = record_first_prev(ORIGIN),
		.time = 1790000000000000, .term = 1, .node = 1, .auth_method = AUTH_PASSWORD_TOTP, .auth_level = 2,
		.actor_id = all('A'), .policy = sha256(S("policy")), .dek_id = at.dek_id, .payload_len = (uint64_t)o.n,
		.payload_hash = sha256(o), .commit = payload_commit(salt, CONTENT)
	};
}

TEST(record_roots_are_those_of_the_vectors)
{
	struct id log = record_log_id(ORIGIN);

	EXPECT_STR(id_hex(cx, log), S("bd212675dac464acdf143a0d2ea4e738"));
	EXPECT_STR(id_hex(cx, record_system_key(log)), S("cc7ef0e6244c51636fbd43e53fa88651"));
}

TEST(record_is_written_as_in_the_vector_and_read_back)
{
	struct record r = example(cx), back;
	uint8_t b[RECORD_SIZE], again[RECORD_SIZE];

	record_write(&r, b);
	EXPECT_STR(hex_of(cx, b, sizeof b), str_of(vector));
	EXPECT_STR(HEX(record_leaf(b)), S("b1caabc8673c867b7a997974fad7baf93a6f5674035d443502e0145deec648bb"));
	EXPECT_OK(record_read(cx, b, &back));
	record_write(&back, again);
	EXPECT(memcmp(b, again, sizeof b) == 0);
	EXPECT(back.time == 1790000000000000 && back.auth_level == 2 && back.payload_len == 320);
}

/* Each row spoils one byte of a good record. */
TEST(record_that_breaks_a_rule_is_refused)
{
	static const struct { int at; uint8_t v; } spoilt[] = {
		{ 0, 'X' }, { 3, '2' }, { 4, 2 }, { 5, 0x80 }, { 5, 8 }, { 5, 7 }, { 5, 5 }, { 5, 2 }, { 5, 0 },
		{ 134, 9 }, { 135, 4 }, { 207, 0x41 }, { 206, 0 }, { 200, 0x80 }, { 7, 0x50 }, { 7, 0x08 },
	};
	struct record r = example(cx), back;

	for (ptrdiff_t i = 0; i < COUNT(spoilt); i++) {
		uint8_t b[RECORD_SIZE];

		record_write(&r, b);
		b[spoilt[i].at] = spoilt[i].v;
		EXPECT(record_read(cx, b, &back) == ERR_TAMPERED);
	}
}

TEST(record_of_an_unknown_kind_is_still_a_record)
{
	struct record r = example(cx), back;
	uint8_t b[RECORD_SIZE];

	r.kind = 0x7777;
	record_write(&r, b);
	EXPECT_OK(record_read(cx, b, &back));
	EXPECT(back.kind == 0x7777 && record_kind_words(back.kind).n == 0);
	EXPECT_STR(record_kind_words(KIND_ERASURE_DECIDED), S("erasure decided"));
}

TEST(record_without_payload_must_be_empty_there)
{
	struct record r = example(cx), back;
	uint8_t b[RECORD_SIZE], spoilt[RECORD_SIZE];

	r.flags = 0;
	r.dek_id = (struct id){ { 0 } };
	r.payload_len = 0;
	r.payload_hash = r.commit = (struct hash){ { 0 } };
	record_write(&r, b);
	EXPECT_OK(record_read(cx, b, &back));
	for (int at = 184; at < RECORD_SIZE; at++) {
		memcpy(spoilt, b, sizeof b);
		spoilt[at] = 1;
		EXPECT(record_read(cx, spoilt, &back) == ERR_TAMPERED);
	}
	r.kind = KIND_ERASED;
	r.dek_id = all('D');
	record_write(&r, b);
	EXPECT_OK(record_read(cx, b, &back));
	memset(b + 184, 0, 16);
	EXPECT(record_read(cx, b, &back) == ERR_TAMPERED);
}

TEST(payload_is_sealed_as_in_the_vector_and_opens)
{
	struct payload_place at;
	struct str o = object(cx, &at);
	struct payload p;
	uint8_t key[32], salt[32];

	memset(key, 'K', 32);
	memset(salt, 'S', 32);
	EXPECT(o.n == 320 && payload_size(CONTENT.n) == 320);
	EXPECT_STR(HEX(sha256(o)), S("29d7ae8dfa6dd75657de73b6c3ecf0f0ee91fa89f9cbd41372e4b29698d44f75"));
	EXPECT_STR(HEX(payload_commit(salt, CONTENT)),
	    S("b662bbd79888c2bde71a0151465af59ab9d598aeec90e4e0f2c5c99f4ad7f364"));
	EXPECT_STR(HEX(payload_said(salt, S("{\"narrative\":\"A letter went to the wrong house.\"}"))),
	    S("bb6af50df5264c2d5e5e19c61809d0b754c28f130ffb23983f20fbcbf2ad695a"));
	EXPECT_OK(payload_open(cx, o, &at, key, &p));
	EXPECT_STR(p.content, CONTENT);
	EXPECT(memcmp(p.salt, salt, 32) == 0);
}

TEST(payload_opens_at_its_own_place_only_and_whole)
{
	struct payload_place at, other;
	struct str o = object(cx, &at);
	struct payload p;
	uint8_t key[32];

	memset(key, 'K', 32);
	other = at, other.case_id = all('X');
	EXPECT(payload_open(cx, o, &other, key, &p) == ERR_TAMPERED);
	other = at, other.log_id = all('X');
	EXPECT(payload_open(cx, o, &other, key, &p) == ERR_TAMPERED);
	other = at, other.dek_id = all('X');
	EXPECT(payload_open(cx, o, &other, key, &p) == ERR_TAMPERED);
	for (ptrdiff_t i = 0; i < o.n; i++) {
		struct str bad = str_copy(cx, o);

		((char *)(uintptr_t)bad.p)[i] ^= 4;
		EXPECT(payload_open(cx, bad, &at, key, &p) == ERR_TAMPERED);
		EXPECT(payload_open(cx, str_sub(o, 0, i), &at, key, &p) == ERR_TAMPERED);
	}
}

TEST(payload_sizes_hide_the_content)
{
	struct payload_place at = { record_log_id(ORIGIN), all('C'), all('D') };
	uint8_t key[32] = { 1 }, nonce[24] = { 2 }, salt[32] = { 3 };
	struct payload p;

	for (ptrdiff_t n = 0; n < 700; n++) {
		struct str text = { NEW(cx, char, n), n }, o = payload_seal(cx, text, &at, key, nonce, salt);

		EXPECT(o.n == payload_size(n) && payload_size_ok((uint64_t)o.n) && o.n % 256 == 64);
		EXPECT_OK(payload_open(cx, o, &at, key, &p));
		EXPECT_STR(p.content, text);
	}
	EXPECT(payload_size(216) == 320 && payload_size(217) == 576);
	EXPECT(!payload_size_ok(64) && !payload_size_ok(0));
	EXPECT(!payload_size_ok(319) && !payload_size_ok(UINT64_MAX - 191));
}
