/* A report on its way: kept while it is written, sent once, with its files, by our own pages alone. */
#include "sys/files.h"
#include "sys/stream.h"
#include "sys/token.h"
#include "web/report_walk.h"

TEST(a_form_sent_twice_is_one_report)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct str ref, code, page;
	int64_t size;

	walk_tell(b, "scam_message", "Somebody wants my password.");
	page = b->page;
	ref = walk_send(b, &code);
	size = (int64_t)b->flow->desk.journal.tree.size;
	browse_again(b);
	browse_expect(b, 200, "/report/done", "Thank you");
	EXPECT_STR(browse_class(b, "app-ref"), ref);
	EXPECT_STR(browse_class(b, "app-code"), code);
	/* back, and send once more */
	b->page = page;
	browse_send(b, "/report/check");
	EXPECT_STR(browse_class(b, "app-ref"), ref);
	/* the page survives being loaded again, and its address says nothing */
	browse_get(b, "/report/done");
	EXPECT_STR(browse_class(b, "app-code"), code);
	EXPECT((int64_t)b->flow->desk.journal.tree.size == size);
	/* the next report is another one */
	walk_tell(b, "scam_message", "And again.");
	EXPECT(!str_eq(walk_send(b, NULL), ref));
	flow_end(b->flow);
}

/* Nobody reads in the database what was not sent. */
TEST(a_draft_survives_and_is_sealed)
{
	struct browse *b = walk_begin(cx, "st-helens"), *other;
	struct row_draft_get *row;
	struct hash stored;
	struct str session;

	walk_choose(b, "building");
	browse_fill(b, "narrative", "The back door stood open.");
	browse_send(b, NULL);
	EXPECT(token_read(cx, browse_cookie(b, S("tocsin_browser")), &stored));
	EXPECT_OK(sql_draft_get(cx, b->flow->desk.db, hash_str(&stored), &row));
	EXPECT(row->words.n > 100 && str_find(row->words, S("back door")) < 0 &&
	    str_find(row->words, S("narrative")) < 0);
	/* back */
	browse_get(b, "/report/narrative");
	EXPECT_STR(browse_value(b, "narrative"), S("The back door stood open."));
	browse_get(b, "/report/category");
	EXPECT_STR(browse_value(b, "category"), S("building"));
	/* later, on the first page */
	flow_wait(b->flow, 3 * DAY);
	browse_get(b, "/report");
	browse_expect(b, 200, "/report", "You have not finished a report");
	browse_follow(b, "Carry on");
	browse_expect(b, 200, "/report/check", "The back door stood open.");
	/* nobody else's browser has it */
	other = walk_other(b);
	browse_get(other, "/report/check");
	browse_expect(other, 200, "/report/category", NULL);
	/* a session that ends in between takes nothing along */
	session = flow_sign_in(b->flow, "rita");
	browse_as(b, session);
	browse_get(b, "/report/narrative");
	flow_wait(b->flow, DAY);
	browse_fill(b, "narrative", "The back door stood open all night.");
	browse_send(b, "/report/narrative");
	browse_expect(b, 200, "/report/details", NULL);
	walk_to(b, "/report/check");
	EXPECT(browse_sees(b, "all night"));
	/* and it ends after a week, or when somebody starts afresh */
	browse_get(b, "/report");
	browse_send(b, "/report/afresh");
	browse_expect(b, 200, "/report/category", NULL);
	browse_get(b, "/report/check");
	browse_expect(b, 200, "/report/category", NULL);
	flow_end(b->flow);
}

TEST(only_our_own_pages_can_send)
{
	struct browse *b = walk_begin(cx, "st-helens");

	browse_raw(b, "POST", "/report/category", "application/x-www-form-urlencoded", S("category=building"));
	browse_expect(b, 409, NULL, "open the page again");
	browse_get(b, "/report/category");
	browse_raw(b, "POST", "/report/category", "application/x-www-form-urlencoded", S("category=building&csrf=00"));
	browse_expect(b, 409, NULL, NULL);
	browse_raw(b, "POST", "/ask", "application/x-www-form-urlencoded", S("question=x"));
	browse_expect(b, 409, NULL, NULL);
	flow_end(b->flow);
}

static struct str
random_bytes(struct cx *cx, ptrdiff_t n)
{
	char *p = NEW(cx, char, n);

	cx->chance(p, (size_t)n);
	return (struct str){ p, n };
}

static enum err
collect(struct cx *cx, void *with, struct str bytes)
{
	(void)cx;
	buf_put(with, bytes);
	return OK;
}

TEST(files_go_into_the_vault_encrypted_and_come_out_the_same)
{
	struct browse *b = walk_begin(cx, "st-helens");
	struct desk *d = &b->flow->desk;
	struct vault vault = desk_vault(d);
	struct str small = S("MZ harmless"), large = random_bytes(cx, 300000), stored, ref;
	struct row_attachments *rows;
	struct buf out = buf_new(cx);
	struct stream *stream;
	struct stream_sum sum;
	struct data_key key;
	struct hash h;
	ptrdiff_t n;

	walk_choose(b, "malware");
	browse_fill(b, "narrative", "It wants money.");
	browse_send(b, NULL);
	walk_to(b, "/report/files");
	browse_send(b, "/report/files");
	browse_expect(b, 422, "/report/files", "Choose a file first");
	browse_attach(b, "file", "../../etc/passwd", small);
	browse_attach(b, "file", "screen.png", large);
	browse_send(b, "/report/files");
	browse_expect(b, 200, "/report/files", "292 KB");
	browse_attach(b, "file", "mistake.png", S("not this one"));
	browse_send(b, "/report/files");
	browse_expect(b, 200, "/report/files", "mistake.png");
	/* the last form that removes something is the one of the last file */
	b->page = str_sub(b->page, str_find(b->page, S("mistake.png")), b->page.n);
	browse_send(b, "/report/files/remove");
	EXPECT(!browse_sees(b, "mistake.png"));
	walk_to(b, "/report/check");
	EXPECT(browse_sees(b, "screen.png (292 KB)"));
	ref = walk_send(b, NULL);
	EXPECT_OK(sql_attachments(cx, d->db, flow_case(b->flow, ref), &rows, &n));
	EXPECT(n == 2);
	for (ptrdiff_t i = 0; i < n; i++) {
		bool big = str_eq(rows[i].name, S("screen.png"));
		struct str plain = big ? large : small;

		EXPECT(big || str_eq(rows[i].name, S("../../etc/passwd")));
		out = buf_new(cx);
		buf_room(&out, 1 << 20); /* what grows while the vault is read is given back */
		out.n = 0;
		EXPECT_OK(vault_read(cx, &vault, rows[i].object_key, (struct stream_sink){ collect, &out }));
		stored = buf_str(&out);
		EXPECT(rows[i].size == plain.n && rows[i].stored_size == stored.n &&
		    (uint64_t)stored.n == stream_stored_size((uint64_t)plain.n));
		h = sha256(plain);
		EXPECT_STR(rows[i].plain, hash_str(&h));
		h = sha256(stored);
		EXPECT_STR(rows[i].stored, hash_str(&h));
		EXPECT(str_find(stored, str_sub(plain, 0, 11)) < 0);
		EXPECT_OK(keys_get(cx, d->db, &d->keys, rows[i].dek_id, &key));
		out = buf_new(cx);
		EXPECT_OK(stream_open(cx, key.key, rows[i].dek_id.b, (struct stream_sink){ collect, &out }, &stream));
		EXPECT_OK(stream_feed(cx, stream, stored));
		EXPECT_OK(stream_end(cx, stream, &sum));
		EXPECT_STR(buf_str(&out), plain);
	}
	flow_end(b->flow);
}
