-- Views: what effects write. Only store/effect*.c calls these.

-- case_now(case_id id) one (facts text, kind text, category text, title text, state text, level text, closed_at time, owner_id id)
SELECT facts, kind, category, title, state, level, closed_at, owner_id FROM case_view WHERE body = $1 AND case_id = $2;
-- case_add(case_id id, ref text, kind text, category text, title text, state text, facts text, level text, closed_at time, owner_id id, narrative text, answers text, department text, channel text, entry_point text, reporter_id id, reporter text, reported_at time, at time, historical bool, soonest int, said bytes, import_id text, import_hash bytes)
INSERT INTO case_view (body, case_id, ref, kind, category, title, state, facts, level, closed_at, owner_id, narrative, answers,
	department, channel, entry_point, reporter_id, reporter, reported_at, received_at, updated_at, historical, soonest, said,
	import_id, import_hash, entries)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20, $21, $22, $23, $24, $25, 1);
-- case_put(case_id id, facts text, kind text, category text, title text, state text, level text, closed_at time, owner_id id, at time, soonest int)
UPDATE case_view SET facts = $3, kind = $4, category = $5, title = $6, state = $7, level = $8, closed_at = $9, owner_id = $10,
	updated_at = $11, soonest = $12, entries = entries + 1 WHERE body = $1 AND case_id = $2;
-- case_soonest(case_id id) one (soonest int)
SELECT coalesce(min(soonest), 9223372036854775807) FROM duty_view WHERE body = $1 AND case_id = $2 AND state = 'open';
-- sight_add(token text, case_id id, level int, open bool, soonest int)
INSERT INTO sight_view (body, token, case_id, level, open, soonest) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (body, case_id, token) DO UPDATE SET level = $4 WHERE sight_view.level < $4;
-- sight_touched(case_id id, open bool, soonest int)
UPDATE sight_view SET open = $3, soonest = $4 WHERE body = $1 AND case_id = $2 AND (open <> $3 OR soonest <> $4);
-- duty_add(duty_id id, case_id id, rule text, clause text, act text, role text, token text, words text, because text, within text, anchor text, arises time, due time, soonest int, warns text, next_warn time, level int, agree text, state text, closed_at time, how text, seq int)
INSERT INTO duty_view (body, duty_id, case_id, rule, clause, act, role, token, state, words, because, within, anchor, arises, due,
	soonest, warns, next_warn, level, agree, agreed_by, agreed_at, told_at, told_by, closed_at, closed_by, how, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $20, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
	x'00000000000000000000000000000000', NULL, NULL, x'00000000000000000000000000000000', $21,
	x'00000000000000000000000000000000', $22, $23);
-- pg
INSERT INTO duty_view (body, duty_id, case_id, rule, clause, act, role, token, state, words, because, within, anchor, arises, due,
	soonest, warns, next_warn, level, agree, agreed_by, agreed_at, told_at, told_by, closed_at, closed_by, how, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $20, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
	'\x00000000000000000000000000000000', NULL, NULL, '\x00000000000000000000000000000000', $21,
	'\x00000000000000000000000000000000', $22, $23);
-- duty_moved(duty_id id, due time, soonest int, warns text, next_warn time, because text, anchor text)
UPDATE duty_view SET due = $3, soonest = $4, warns = $5, next_warn = $6, because = $7, anchor = $8 WHERE body = $1 AND duty_id = $2;
-- duty_closed(duty_id id, state text, at time, by id, how text)
UPDATE duty_view SET state = $3, closed_at = $4, closed_by = $5, how = $6, next_warn = NULL WHERE body = $1 AND duty_id = $2;
-- duty_handed(duty_id id, token text)
UPDATE duty_view SET token = $3, told_at = NULL WHERE body = $1 AND duty_id = $2;
-- duty_told(duty_id id, at time, by id)
UPDATE duty_view SET told_at = $3, told_by = $4 WHERE body = $1 AND duty_id = $2;
-- duty_agreed(duty_id id, at time, by id)
UPDATE duty_view SET agreed_at = $3, agreed_by = $4 WHERE body = $1 AND duty_id = $2;
-- duty_warned(duty_id id, next_warn time, at time)
UPDATE duty_view SET next_warn = $3, warned_at = $4 WHERE body = $1 AND duty_id = $2;
-- timeline_add(case_id id, seq int, at time, kind text, actor_id id, what text, words text, audience text, seal text, whom id)
INSERT INTO timeline_view (body, case_id, seq, at, kind, actor_id, what, words, audience, seal, whom)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);
-- message_add(case_id id, seq int, message_id id, at time, kind text, from_reporter bool, actor_id id, words text)
INSERT INTO message_view (body, case_id, seq, message_id, at, kind, from_reporter, actor_id, words, read_at, reply)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, '');
-- message_read(message_id id, at time, reply text)
UPDATE message_view SET read_at = $3, reply = $4 WHERE body = $1 AND message_id = $2;
-- notice_add(token text, seq int, notice_id id, case_id id, about text, at time, mail bool)
INSERT INTO notice_view (body, token, seq, notice_id, case_id, about, at, seen_at, mail) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8);
-- notice_seen(token text, upto int, at time)
UPDATE notice_view SET seen_at = $4 WHERE body = $1 AND token = $2 AND seq <= $3 AND seen_at IS NULL;
-- person_set(actor_id id, person text, name text, email text, department text, manager text, phone text, active bool)
INSERT INTO person_view (body, actor_id, person, name, email, department, manager, phone, active)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (body, actor_id) DO UPDATE SET person = $3, name = $4, email = $5,
	department = $6, manager = $7, phone = $8, active = $9;
-- role_give(role text, actor_id id, department text)
INSERT INTO role_view (body, role, actor_id, department) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;
-- role_take(role text, actor_id id, department text)
DELETE FROM role_view WHERE body = $1 AND role = $2 AND actor_id = $3 AND department = $4;
-- system_set(system text, title text, owner_id id)
INSERT INTO system_view (body, system, title, owner_id) VALUES ($1, $2, $3, $4)
	ON CONFLICT (body, system) DO UPDATE SET title = $3, owner_id = $4;
-- setting_set(name text, value text)
INSERT INTO setting_view (body, name, value) VALUES ($1, $2, $3) ON CONFLICT (body, name) DO UPDATE SET value = $3;
-- policy_add(hash bytes, pack text, version text, yaml text, seq int)
INSERT INTO policy_view (body, hash, pack, version, yaml, seq) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (body, hash) DO UPDATE SET seq = $6;
-- attachment_add(case_id id, object_key id, dek_id id, name text, type text, size int, stored_size int, plain bytes, stored bytes, at time, actor_id id, seq int)
INSERT INTO attachment_view (body, case_id, object_key, dek_id, name, type, size, stored_size, plain, stored, at, actor_id, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
