-- State: what is neither truth nor view. Each table's retention stands beside its statements.

-- Sessions: until they end; swept by ticks; not backed up.
-- session_add(token bytes, actor_id id, case_id id, method int, level int, csrf text, made time, ends time)
INSERT INTO session (body, token, actor_id, case_id, method, level, csrf, made, seen, ends)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9);
-- session_get(token bytes) one (actor_id id, case_id id, method int, level int, csrf text, seen time, ends time)
SELECT actor_id, case_id, method, level, csrf, seen, ends FROM session WHERE body = $1 AND token = $2;
-- session_touch(token bytes, seen time, ends time)
UPDATE session SET seen = $3, ends = $4 WHERE body = $1 AND token = $2;
-- session_end(token bytes)
DELETE FROM session WHERE body = $1 AND token = $2;
-- session_end_others(actor_id id, token bytes)
DELETE FROM session WHERE body = $1 AND actor_id = $2 AND token <> $3;
-- session_sweep(now time)
DELETE FROM session WHERE body = $1 AND ends < $2;

-- One-time links: until used or ended; not backed up.
-- link_add(token bytes, actor_id id, purpose text, ends time)
INSERT INTO link (body, token, actor_id, purpose, ends) VALUES ($1, $2, $3, $4, $5);
-- link_get(token bytes) one (actor_id id, purpose text, ends time)
SELECT actor_id, purpose, ends FROM link WHERE body = $1 AND token = $2;
-- link_end(token bytes)
DELETE FROM link WHERE body = $1 AND token = $2;
-- link_sweep(now time)
DELETE FROM link WHERE body = $1 AND ends < $2;

-- API tokens: until taken back; backed up.
-- api_token_add(token bytes, actor_id id, made time)
INSERT INTO api_token (body, token, actor_id, made) VALUES ($1, $2, $3, $4);
-- api_tokens_from(token bytes, most int) many (token bytes, actor_id id, made time)
SELECT token, actor_id, made FROM api_token WHERE body = $1 AND token > $2 ORDER BY token LIMIT $3;
-- api_token_get(token bytes) one (actor_id id)
SELECT actor_id FROM api_token WHERE body = $1 AND token = $2;

-- Passwords: sealed by the gate; backed up.
-- password_get(actor_id id) one (sealed bytes, failed int, locked time)
SELECT sealed, failed, locked FROM password WHERE body = $1 AND actor_id = $2;
-- passwords_from(actor_id id, most int) many (actor_id id, sealed bytes)
SELECT actor_id, sealed FROM password WHERE body = $1 AND actor_id > $2 ORDER BY actor_id LIMIT $3;
-- password_set(actor_id id, sealed bytes)
INSERT INTO password (body, actor_id, sealed, failed, locked) VALUES ($1, $2, $3, 0, NULL)
	ON CONFLICT (body, actor_id) DO UPDATE SET sealed = $3, failed = 0, locked = NULL;
-- password_tried(actor_id id, failed int, locked time)
UPDATE password SET failed = $3, locked = $4 WHERE body = $1 AND actor_id = $2;

-- Receipt codes, as keyed hashes: as long as the case; backed up.
-- receipt_add(code bytes, case_id id)
INSERT INTO receipt (body, code, case_id) VALUES ($1, $2, $3);
-- receipts_from(code bytes, most int, log int, size int) many (code bytes, case_id id)
SELECT code, case_id FROM receipt AS r WHERE body = $1 AND code > $2 AND EXISTS (SELECT 1 FROM entry AS e
	WHERE e.body = $1 AND e.case_id = r.case_id AND (e.log < $4 OR e.log = $4 AND e.seq < $5)) ORDER BY code LIMIT $3;
-- receipt_get(code bytes) one (case_id id)
SELECT case_id FROM receipt WHERE body = $1 AND code = $2;

-- Drafts of reports, by the hash of the token in the browser: a week; not backed up.
-- draft_set(token bytes, words text, ends time)
INSERT INTO draft (body, token, words, ends) VALUES ($1, $2, $3, $4) ON CONFLICT (body, token) DO UPDATE SET words = $3, ends = $4;
-- draft_get(token bytes) one (words text, ends time)
SELECT words, ends FROM draft WHERE body = $1 AND token = $2;
-- draft_end(token bytes)
DELETE FROM draft WHERE body = $1 AND token = $2;
-- draft_sweep(now time)
DELETE FROM draft WHERE body = $1 AND ends < $2;

-- Answers by command id: a week; backed up, so that a retry after a restore is still one command:
-- `place` is how long the journal was when it was given, for what came after a backup's end must not be answered from it; 0
-- where there is no entry: that may be done again, and its answer may hold words that no backup should.
-- answer_get(command_id id) one (request bytes, answer text)
SELECT request, answer FROM answer WHERE body = $1 AND command_id = $2;
-- answer_add(command_id id, request bytes, answer text, at time, place int)
INSERT INTO answer (body, command_id, request, answer, at, place) VALUES ($1, $2, $3, $4, $5, $6);
-- answers_from(command_id id, most int, place int) many (command_id id, request bytes, answer text, at time, place int)
SELECT command_id, request, answer, at, place FROM answer
	WHERE body = $1 AND command_id > $2 AND place > 0 AND place <= $4 ORDER BY command_id LIMIT $3;
-- answer_sweep(before time)
DELETE FROM answer WHERE body = $1 AND at < $2;

-- Delivery attempts of notices by mail: kept while the notice is; not backed up.
-- delivery_set(notice_id id, address text, seq int, tries int, next time, state text, last text)
INSERT INTO delivery (body, notice_id, address, seq, tries, next, state, last) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	ON CONFLICT (body, notice_id, address) DO UPDATE SET tries = $5, next = $6, state = $7, last = $8;
-- delivery_get(notice_id id, address text) one (tries int, next time, state text, last text)
SELECT tries, next, state, last FROM delivery WHERE body = $1 AND notice_id = $2 AND address = $3;
-- delivery_due(now time, most int) many (notice_id id, address text, seq int, tries int)
SELECT notice_id, address, seq, tries FROM delivery WHERE body = $1 AND next <= $2 ORDER BY next LIMIT $3;
-- delivery_dead(most int) many (notice_id id, address text, seq int, tries int, last text)
SELECT notice_id, address, seq, tries, last FROM delivery WHERE body = $1 AND state = 'dead' ORDER BY notice_id LIMIT $2;
-- delivery_waits(most int) one (n int)
SELECT count(*) FROM (SELECT 1 FROM delivery WHERE body = $1 AND next >= 0 LIMIT $2) AS few;

-- Stored files where nodes share the database: as long as an entry names them; a backup has them as files.
-- object_add(object_key id, at int, chunk bytes)
INSERT INTO object (body, object_key, at, chunk) VALUES ($1, $2, $3, $4);
-- object_last(object_key id) one (at int, size int)
SELECT at, CAST(length(chunk) AS bigint) FROM object WHERE body = $1 AND object_key = $2 ORDER BY at DESC LIMIT 1;
-- object_chunk(object_key id, at int) one (chunk bytes)
SELECT chunk FROM object WHERE body = $1 AND object_key = $2 AND at = $3;
-- objects_from(object_key id, most int) many (object_key id)
SELECT object_key FROM object WHERE body = $1 AND object_key > $2 AND at = 0 ORDER BY object_key LIMIT $3;
-- object_remove(object_key id)
DELETE FROM object WHERE body = $1 AND object_key = $2;

-- Files that were taken over and that no entry names yet: a month, then the file goes too; not backed up.
-- upload_add(object_key id, at time)
INSERT INTO upload (body, object_key, at) VALUES ($1, $2, $3) ON CONFLICT (body, object_key) DO NOTHING;
-- upload_done(object_key id)
DELETE FROM upload WHERE body = $1 AND object_key = $2;
-- uploads_old(before time, most int) many (object_key id)
SELECT object_key FROM upload WHERE body = $1 AND at < $2 ORDER BY at, object_key LIMIT $3;

-- Leases: which of the nodes on one database signs, and which is the clerk (src/desk/lease.h): until they end, by the database's
-- own clock, so that those of the nodes need not agree; not backed up.
-- lease_get(name text) one (node int, left int)
SELECT node, until - unixepoch() * 1000000 FROM lease WHERE body = $1 AND name = $2;
-- pg
SELECT node, until - (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM lease WHERE body = $1 AND name = $2;
-- lease_take(name text, node int, length int)
INSERT INTO lease (body, name, node, until) VALUES ($1, $2, $3, unixepoch() * 1000000 + $4)
	ON CONFLICT (body, name) DO UPDATE SET node = excluded.node, until = excluded.until
	WHERE lease.node = excluded.node OR lease.until <= unixepoch() * 1000000;
-- pg
INSERT INTO lease (body, name, node, until) VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $4)
	ON CONFLICT (body, name) DO UPDATE SET node = excluded.node, until = excluded.until
	WHERE lease.node = excluded.node OR lease.until <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
-- lease_end(name text)
UPDATE lease SET until = 0 WHERE body = $1 AND name = $2;
-- lease_leave(node int)
UPDATE lease SET until = 0 WHERE body = $1 AND node = $2;
