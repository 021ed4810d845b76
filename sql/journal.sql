-- The journal: only ever added to.

-- head_get() one (size int, frontier bytes, last_leaf bytes, at time, policy bytes)
SELECT size, frontier, last_leaf, at, policy FROM head WHERE body = $1;
-- head_lock() one (size int)
SELECT size FROM head WHERE body = $1;
-- pg
SELECT size FROM head WHERE body = $1 FOR UPDATE;
-- head_set(size int, frontier bytes, last_leaf bytes, at time, policy bytes)
INSERT INTO head (body, size, frontier, last_leaf, at, policy) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (body) DO UPDATE SET size = $2, frontier = $3, last_leaf = $4, at = $5, policy = $6;
-- entry_add(seq int, case_id id, case_seq int, kind int, at time, record bytes, leaf bytes)
INSERT INTO entry (body, seq, case_id, case_seq, kind, at, record, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
-- entry_last_of_case(case_id id) one (case_seq int, leaf bytes)
SELECT case_seq, leaf FROM entry WHERE body = $1 AND case_id = $2 ORDER BY case_seq DESC LIMIT 1;
-- entries_from(seq int, most int) many (seq int, record bytes, leaf bytes)
SELECT seq, record, leaf FROM entry WHERE body = $1 AND seq >= $2 ORDER BY seq LIMIT $3;
-- entries_of_case(case_id id, case_seq int, most int) many (seq int, case_seq int, record bytes, leaf bytes)
SELECT seq, case_seq, record, leaf FROM entry WHERE body = $1 AND case_id = $2 AND case_seq >= $3 ORDER BY case_seq LIMIT $4;
-- entry_get(seq int) one (record bytes, leaf bytes)
SELECT record, leaf FROM entry WHERE body = $1 AND seq = $2;
-- leaves_get(seq int, upto int) many (leaf bytes)
SELECT leaf FROM entry WHERE body = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;
-- payload_add(seq int, object bytes)
INSERT INTO payload (body, seq, object) VALUES ($1, $2, $3);
-- payload_get(seq int) one (object bytes)
SELECT object FROM payload WHERE body = $1 AND seq = $2;
-- node_add(level int, at int, hash bytes)
INSERT INTO node (body, level, at, hash) VALUES ($1, $2, $3, $4);
-- nodes_get(level int, at int, upto int) many (hash bytes)
SELECT hash FROM node WHERE body = $1 AND level = $2 AND at >= $3 AND at < $4 ORDER BY at;
-- checkpoint_add(size int, note text, at time)
INSERT INTO checkpoint (body, size, note, at) VALUES ($1, $2, $3, $4) ON CONFLICT (body, size) DO UPDATE SET note = $3, at = $4;
-- checkpoint_last() one (size int, note text, at time)
SELECT size, note, at FROM checkpoint WHERE body = $1 ORDER BY size DESC LIMIT 1;
-- checkpoint_of(size int) one (note text)
SELECT note FROM checkpoint WHERE body = $1 AND size = $2;
-- data_key_add(dek_id id, case_id id, purpose int, month text, wrapped bytes)
INSERT INTO data_key (body, dek_id, case_id, purpose, month, wrapped) VALUES ($1, $2, $3, $4, $5, $6);
-- data_key_get(dek_id id) one (case_id id, month text, wrapped bytes)
SELECT case_id, month, wrapped FROM data_key WHERE body = $1 AND dek_id = $2;
-- data_key_of_case(case_id id, purpose int) one (dek_id id, month text, wrapped bytes)
SELECT dek_id, month, wrapped FROM data_key WHERE body = $1 AND case_id = $2 AND purpose = $3 ORDER BY dek_id LIMIT 1;
-- term_get(node int) one (term int)
SELECT term FROM term WHERE body = $1 AND node = $2;
-- term_set(node int, term int)
INSERT INTO term (body, node, term) VALUES ($1, $2, $3) ON CONFLICT (body, node) DO UPDATE SET term = $3;
-- meta_get(name text) one (value text)
SELECT value FROM meta WHERE body = $1 AND name = $2;
-- meta_set(name text, value text)
INSERT INTO meta (body, name, value) VALUES ($1, $2, $3) ON CONFLICT (body, name) DO UPDATE SET value = $3;
