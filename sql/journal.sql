-- The journal: only ever added to. It is one log after another (each restore opens the next); `log` counts them from 1, and
-- what is written goes into the last. `first` is how many records stand in the logs before: first + seq is a record's place
-- in the whole journal, and what views are ordered by.

-- head_get() one (log int, origin text, first int, size int, frontier bytes, last_leaf bytes, at time, policy bytes)
SELECT log, origin, first, size, frontier, last_leaf, at, policy FROM head WHERE body = $1 ORDER BY log DESC LIMIT 1;
-- heads() many (log int, origin text, first int, size int, last_leaf bytes, at time)
SELECT log, origin, first, size, last_leaf, at FROM head WHERE body = $1 ORDER BY log;
-- head_lock() one (size int)
SELECT size FROM head WHERE body = $1 ORDER BY log DESC LIMIT 1;
-- pg
SELECT size FROM head WHERE body = $1 ORDER BY log DESC LIMIT 1 FOR UPDATE;
-- head_set(log int, origin text, first int, size int, frontier bytes, last_leaf bytes, at time, policy bytes)
INSERT INTO head (body, log, origin, first, size, frontier, last_leaf, at, policy) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (body, log) DO UPDATE SET size = $5, frontier = $6, last_leaf = $7, at = $8, policy = $9;
-- entry_add(log int, seq int, case_id id, case_seq int, kind int, at time, record bytes, leaf bytes)
INSERT INTO entry (body, log, seq, case_id, case_seq, kind, at, record, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
-- entry_last_of_case(log int, case_id id) one (case_seq int, leaf bytes)
SELECT case_seq, leaf FROM entry WHERE body = $1 AND log = $2 AND case_id = $3 ORDER BY case_seq DESC LIMIT 1;
-- entry_first_of_case(case_id id) one (log int, seq int, record bytes)
SELECT log, seq, record FROM entry WHERE body = $1 AND case_id = $2 ORDER BY log, case_seq LIMIT 1;
-- Records with all that is needed to read them: whether the payload is kept, and its key, whose id stands in the record (JOURNAL.md).
-- A page of unknown length PostgreSQL takes for a tenth of the table, and would read all payloads and keys for each: it goes by key.
-- entries_from(log int, seq int, most int) many (seq int, record bytes, leaf bytes, kept bool, object bytes, keyed bool, key_case id, month text, wrapped bytes)
SELECT few.seq, few.record, few.leaf, p.seq IS NOT NULL, p.object, k.dek_id IS NOT NULL, k.case_id, k.month, k.wrapped
	FROM (SELECT seq, record, leaf FROM entry WHERE body = $1 AND log = $2 AND seq >= $3 ORDER BY seq LIMIT $4) AS few
	LEFT JOIN payload AS p ON p.body = $1 AND p.log = $2 AND p.seq = few.seq
	LEFT JOIN data_key AS k ON k.body = $1 AND k.dek_id = substr(few.record, 185, 16) ORDER BY few.seq;
-- pg
SELECT few.seq, few.record, few.leaf, p.seq IS NOT NULL, p.object, k.dek_id IS NOT NULL, k.case_id, k.month, k.wrapped
	FROM (SELECT seq, record, leaf FROM entry WHERE body = $1 AND log = $2 AND seq >= $3 ORDER BY seq LIMIT $4) AS few
	LEFT JOIN LATERAL (SELECT * FROM payload WHERE body = $1 AND log = $2 AND seq = few.seq OFFSET 0) AS p ON TRUE
	LEFT JOIN LATERAL (SELECT * FROM data_key WHERE body = $1 AND dek_id = substr(few.record, 185, 16) OFFSET 0) AS k ON TRUE ORDER BY few.seq;
-- entries_of_case(log int, case_id id, case_seq int, most int) many (seq int, record bytes, kept bool, object bytes)
SELECT few.seq, few.record, p.seq IS NOT NULL, p.object FROM (SELECT seq, case_seq, record FROM entry WHERE body = $1 AND log = $2 AND case_id = $3
	AND case_seq >= $4 ORDER BY case_seq LIMIT $5) AS few LEFT JOIN payload AS p ON p.body = $1 AND p.log = $2 AND p.seq = few.seq
	ORDER BY few.case_seq;
-- entry_get(log int, seq int) one (record bytes, leaf bytes)
SELECT record, leaf FROM entry WHERE body = $1 AND log = $2 AND seq = $3;
-- leaves_get(log int, seq int, upto int) many (leaf bytes)
SELECT leaf FROM entry WHERE body = $1 AND log = $2 AND seq >= $3 AND seq < $4 ORDER BY seq;
-- payload_add(log int, seq int, object bytes)
INSERT INTO payload (body, log, seq, object) VALUES ($1, $2, $3, $4);
-- payload_get(log int, seq int) one (object bytes)
SELECT object FROM payload WHERE body = $1 AND log = $2 AND seq = $3;
-- node_add(log int, level int, at int, hash bytes)
INSERT INTO node (body, log, level, at, hash) VALUES ($1, $2, $3, $4, $5);
-- nodes_get(log int, level int, at int, upto int) many (hash bytes)
SELECT hash FROM node WHERE body = $1 AND log = $2 AND level = $3 AND at >= $4 AND at < $5 ORDER BY at;
-- checkpoint_add(log int, size int, note text, at time)
INSERT INTO checkpoint (body, log, size, note, at) VALUES ($1, $2, $3, $4, $5);
-- checkpoint_last(log int) one (size int, note text, at time)
SELECT size, note, at FROM checkpoint WHERE body = $1 AND log = $2 ORDER BY size DESC LIMIT 1;
-- checkpoint_of(log int, size int) one (note text)
SELECT note FROM checkpoint WHERE body = $1 AND log = $2 AND size = $3;
-- data_key_add(dek_id id, case_id id, purpose int, month text, wrapped bytes)
INSERT INTO data_key (body, dek_id, case_id, purpose, month, wrapped) VALUES ($1, $2, $3, $4, $5, $6);
-- data_key_get(dek_id id) one (case_id id, month text, wrapped bytes)
SELECT case_id, month, wrapped FROM data_key WHERE body = $1 AND dek_id = $2;
-- data_keys_from(dek_id id, most int) many (dek_id id, case_id id, purpose int, month text, wrapped bytes)
SELECT dek_id, case_id, purpose, month, wrapped FROM data_key WHERE body = $1 AND dek_id > $2 ORDER BY dek_id LIMIT $3;
-- data_key_of_case(case_id id, purpose int) one (dek_id id, month text, wrapped bytes)
SELECT dek_id, month, wrapped FROM data_key WHERE body = $1 AND case_id = $2 AND purpose = $3 ORDER BY dek_id LIMIT 1;
-- term_get(node int) one (term int)
SELECT term FROM term WHERE body = $1 AND node = $2;
-- term_last() one (node int)
SELECT node FROM term WHERE body = $1 ORDER BY node DESC LIMIT 1;
-- term_set(node int, term int)
INSERT INTO term (body, node, term) VALUES ($1, $2, $3) ON CONFLICT (body, node) DO UPDATE SET term = $3;
-- meta_get(name text) one (value text)
SELECT value FROM meta WHERE body = $1 AND name = $2;
-- meta_set(name text, value text)
INSERT INTO meta (body, name, value) VALUES ($1, $2, $3) ON CONFLICT (body, name) DO UPDATE SET value = $3;
-- meta_drop(name text)
DELETE FROM meta WHERE body = $1 AND name = $2;
