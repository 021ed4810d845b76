-- Questions: what desk asks of views. Pages by key, never by OFFSET.

-- policy_hash_in_force() one (hash bytes)
SELECT hash FROM policy_view WHERE body = $1 ORDER BY seq DESC LIMIT 1;
-- policy_in_force() one (hash bytes, pack text, version text, yaml text)
SELECT hash, pack, version, yaml FROM policy_view WHERE body = $1 ORDER BY seq DESC LIMIT 1;
-- settings() many (name text, value text)
SELECT name, value FROM setting_view WHERE body = $1 ORDER BY name;
-- case_id_of_ref(ref text) one (case_id id)
SELECT case_id FROM case_view WHERE body = $1 AND ref = $2;
-- case_get(case_id id) one (case_id id, ref text, kind text, state text, category text, title text, narrative text, answers text, facts text, level text, department text, channel text, entry_point text, reporter_id id, reporter text, reported_at time, received_at time, closed_at time, owner_id id, soonest int, historical bool, entries int, updated_at time, said bytes)
SELECT case_id, ref, kind, state, category, title, narrative, answers, facts, level, department, channel, entry_point, reporter_id,
	reporter, reported_at, received_at, closed_at, owner_id, soonest, historical, entries, updated_at, said
	FROM case_view WHERE body = $1 AND case_id = $2;
-- Many cases at once, for every list: `ids` holds their keys one behind the other, and nth says whose each row is. A way to the database
-- and back for each of them would be most of what a page costs. sees: the most that one of the tokens, a list in JSON, gives; whichever
-- gives less than `least` is left out before anything of it is read.
-- case_lines(ids bytes, tokens text, least int) many (nth int, sees int, case_id id, ref text, state text, category text, title text, facts text, level text, department text, reported_at time, received_at time, owner_id id, soonest int, owner text, owner_person text, owner_email text, owner_department text)
WITH RECURSIVE few(at) AS (SELECT 1 UNION ALL SELECT at + 16 FROM few WHERE at + 16 < length($2)),
 few_seen(at, sees) AS MATERIALIZED (SELECT at, CASE WHEN $3 = '[]' THEN 0 ELSE coalesce((SELECT max(s.level) FROM sight_view AS s
	WHERE s.body = $1 AND s.case_id = substr($2, at, 16) AND s.token IN (SELECT value FROM json_each($3))), 0) END FROM few)
SELECT CAST(few_seen.at / 16 AS bigint), few_seen.sees, c.case_id, c.ref, c.state, c.category, c.title, c.facts, c.level, c.department, c.reported_at,
	c.received_at, c.owner_id, c.soonest, coalesce(p.name, ''), coalesce(p.person, ''), coalesce(p.email, ''), coalesce(p.department, '')
	FROM few_seen CROSS JOIN case_view AS c LEFT JOIN person_view AS p ON p.body = $1 AND p.actor_id = c.owner_id
	WHERE c.body = $1 AND c.case_id = substr($2, few_seen.at, 16) AND few_seen.sees >= $4;
-- pg
WITH RECURSIVE few(at) AS (SELECT 1 UNION ALL SELECT at + 16 FROM few WHERE at + 16 < length($2)),
 few_seen(at, sees) AS MATERIALIZED (SELECT at, CASE WHEN $3 = '[]' THEN 0 ELSE coalesce((SELECT max(s.level) FROM sight_view AS s
	WHERE s.body = $1 AND s.case_id = substr($2, at, 16) AND s.token = ANY (ARRAY(SELECT json_array_elements_text($3::json)))), 0) END FROM few)
SELECT CAST(few_seen.at / 16 AS bigint), few_seen.sees, c.case_id, c.ref, c.state, c.category, c.title, c.facts, c.level, c.department, c.reported_at,
	c.received_at, c.owner_id, c.soonest, coalesce(p.name, ''), coalesce(p.person, ''), coalesce(p.email, ''), coalesce(p.department, '')
	FROM few_seen CROSS JOIN case_view AS c LEFT JOIN person_view AS p ON p.body = $1 AND p.actor_id = c.owner_id
	WHERE c.body = $1 AND c.case_id = substr($2, few_seen.at, 16) AND few_seen.sees >= $4;
-- BETWEEN, because SQLite folds = and <> into a constant and then cannot use the partial index.
-- case_of_import(import_id text) many (case_id id, ref text, import_hash bytes)
SELECT case_id, ref, import_hash FROM case_view WHERE body = $1 AND import_id BETWEEN $2 AND $2 AND import_id <> '';
-- sights_of_case(case_id id) many (token text, level int)
SELECT token, level FROM sight_view WHERE body = $1 AND case_id = $2 ORDER BY token;
-- queue_page(token text, open bool, soonest int, case_id id, most int) many (case_id id, level int, soonest int)
SELECT case_id, level, soonest FROM sight_view WHERE body = $1 AND token = $2 AND open = $3 AND (soonest, case_id) > ($4, $5)
	ORDER BY soonest, case_id LIMIT $6;
-- The same with what lists are narrowed by.
-- queue_narrow(token text, open bool, soonest int, case_id id, most int) many (case_id id, sees int, soonest int, state text, category text, department text, level text, owner_id id)
SELECT few.case_id, few.level, few.soonest, c.state, c.category, c.department, c.level, c.owner_id FROM (SELECT case_id, level, soonest
	FROM sight_view WHERE body = $1 AND token = $2 AND open = $3 AND (soonest, case_id) > ($4, $5) ORDER BY soonest, case_id LIMIT $6) AS few
	JOIN case_view AS c ON c.body = $1 AND c.case_id = few.case_id ORDER BY few.soonest, few.case_id;
-- Cases of one value in the order of queues, by an index each that holds all that is read here: a second filter may pass over thousands.
-- cases_of_category(is text, closed bool, soonest int, case_id id, most int) many (case_id id, soonest int, state text, category text, department text, level text, owner_id id)
SELECT case_id, soonest, state, category, department, level, owner_id FROM case_view WHERE body = $1 AND category = $2 AND (state = 'closed') = $3 AND (soonest, case_id) > ($4, $5)
	ORDER BY soonest, case_id LIMIT $6;
-- cases_of_department(is text, closed bool, soonest int, case_id id, most int) many (case_id id, soonest int, state text, category text, department text, level text, owner_id id)
SELECT case_id, soonest, state, category, department, level, owner_id FROM case_view WHERE body = $1 AND department = $2 AND (state = 'closed') = $3 AND (soonest, case_id) > ($4, $5)
	ORDER BY soonest, case_id LIMIT $6;
-- cases_of_level(is text, closed bool, soonest int, case_id id, most int) many (case_id id, soonest int, state text, category text, department text, level text, owner_id id)
SELECT case_id, soonest, state, category, department, level, owner_id FROM case_view WHERE body = $1 AND level = $2 AND (state = 'closed') = $3 AND (soonest, case_id) > ($4, $5)
	ORDER BY soonest, case_id LIMIT $6;
-- cases_of_owner(is id, closed bool, soonest int, case_id id, most int) many (case_id id, soonest int, state text, category text, department text, level text, owner_id id)
SELECT case_id, soonest, state, category, department, level, owner_id FROM case_view WHERE body = $1 AND owner_id = $2 AND owner_id <> x'00000000000000000000000000000000'
	AND (state = 'closed') = $3 AND (soonest, case_id) > ($4, $5) ORDER BY soonest, case_id LIMIT $6;
-- pg
SELECT case_id, soonest, state, category, department, level, owner_id FROM case_view WHERE body = $1 AND owner_id = $2 AND owner_id <> '\x00000000000000000000000000000000'
	AND (state = 'closed') = $3 AND (soonest, case_id) > ($4, $5) ORDER BY soonest, case_id LIMIT $6;
-- queue_count(token text, open bool, most int) one (n int)
SELECT count(*) FROM (SELECT 1 FROM sight_view WHERE body = $1 AND token = $2 AND open = $3 LIMIT $4) AS few;
-- duties_of_case(case_id id) many (duty_id id, rule text, clause text, act text, role text, token text, state text, words text, because text, within text, anchor text, arises time, due time, warns text, next_warn time, level int, agree text, agreed_by id, agreed_at time, told_at time, told_by id, closed_at time, closed_by id, how text, seq int)
SELECT duty_id, rule, clause, act, role, token, state, words, because, within, anchor, arises, due, warns, next_warn, level, agree,
	agreed_by, agreed_at, told_at, told_by, closed_at, closed_by, how, seq
	FROM duty_view WHERE body = $1 AND case_id = $2 ORDER BY soonest, rule, duty_id;
-- duty_get(duty_id id) one (case_id id, rule text, act text, role text, token text, state text, due time, agree text, agreed_at time, told_at time)
SELECT case_id, rule, act, role, token, state, due, agree, agreed_at, told_at FROM duty_view WHERE body = $1 AND duty_id = $2;
-- duties_due(now time, most int) many (duty_id id, case_id id, rule text, role text, token text, act text, due time, warns text, next_warn time)
SELECT duty_id, case_id, rule, role, token, act, due, warns, next_warn FROM duty_view
	WHERE body = $1 AND next_warn IS NOT NULL AND next_warn <= $2 ORDER BY next_warn LIMIT $3;
-- duties_ahead(at time, most int) many (duty_id id, case_id id, rule text, warns text)
SELECT duty_id, case_id, rule, warns FROM duty_view
	WHERE body = $1 AND warned_at > $2 AND state = 'open' ORDER BY warned_at LIMIT $3;
-- work_page(token text, soonest int, duty_id id, most int) many (duty_id id, case_id id, rule text, clause text, act text, role text, words text, because text, due time, soonest int, told_at time)
SELECT duty_id, case_id, rule, clause, act, role, words, because, due, soonest, told_at FROM duty_view
	WHERE body = $1 AND token = $2 AND state = 'open' AND (soonest, duty_id) > ($3, $4) ORDER BY soonest, duty_id LIMIT $5;
-- timeline(case_id id, before int, most int) many (seq int, at time, kind text, actor_id id, what text, words text, audience text, seal text, whom id)
SELECT seq, at, kind, actor_id, what, words, audience, seal, whom FROM timeline_view
	WHERE body = $1 AND case_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4;
-- report_entry(case_id id) one (seq int, seal text)
SELECT seq, seal FROM timeline_view WHERE body = $1 AND case_id = $2 ORDER BY seq LIMIT 1;
-- messages(case_id id, before int, most int) many (seq int, message_id id, at time, kind text, from_reporter bool, actor_id id, words text, read_at time, reply text)
SELECT seq, message_id, at, kind, from_reporter, actor_id, words, read_at, reply FROM message_view
	WHERE body = $1 AND case_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4;
-- message_get(message_id id) one (case_id id, kind text, from_reporter bool, read_at time)
SELECT case_id, kind, from_reporter, read_at FROM message_view WHERE body = $1 AND message_id = $2;
-- notices_of(token text, before int, most int) many (seq int, notice_id id, case_id id, about text, at time, seen_at time)
SELECT seq, notice_id, case_id, about, at, seen_at FROM notice_view
	WHERE body = $1 AND token = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4;
-- notices_to_mail(seq int, most int) many (token text, seq int, notice_id id, case_id id, about text, at time)
SELECT token, seq, notice_id, case_id, about, at FROM notice_view WHERE body = $1 AND mail AND seq > $2 ORDER BY seq LIMIT $3;
-- notice_get(seq int, notice_id id) one (token text, case_id id, about text, at time)
SELECT token, case_id, about, at FROM notice_view WHERE body = $1 AND mail AND seq = $2 AND notice_id = $3;
-- person_get(actor_id id) one (person text, name text, email text, department text, manager text, phone text, active bool)
SELECT person, name, email, department, manager, phone, active FROM person_view WHERE body = $1 AND actor_id = $2;
-- person_of(person text) one (actor_id id, name text, email text, department text, manager text, phone text, active bool)
SELECT actor_id, name, email, department, manager, phone, active FROM person_view WHERE body = $1 AND person = $2 AND person <> '' LIMIT 1;
-- person_of_email(email text) many (actor_id id, person text, name text, active bool)
SELECT actor_id, person, name, active FROM person_view
	WHERE body = $1 AND email = $2 AND email <> '' AND person <> '' ORDER BY actor_id LIMIT 2;
-- person_named(said text, most int) many (person text, name text, department text)
SELECT person, name, department FROM person_view
	WHERE body = $1 AND (lower(name) = $2 OR email = $2) AND $2 <> '' AND person <> '' AND active ORDER BY name, person LIMIT $3;
-- people_page(person text, most int) many (actor_id id, person text, name text, email text, department text, manager text, active bool)
SELECT actor_id, person, name, email, department, manager, active FROM person_view
	WHERE body = $1 AND person > $2 ORDER BY person LIMIT $3;
-- departments() many (department text)
SELECT DISTINCT department FROM person_view WHERE body = $1 AND department <> '' AND person <> '' ORDER BY department;
-- roles_of(actor_id id) many (role text, department text)
SELECT role, department FROM role_view WHERE body = $1 AND actor_id = $2 ORDER BY role, department;
-- role_holders(role text) many (actor_id id, department text, name text, email text, person text)
SELECT r.actor_id, r.department, p.name, p.email, p.person FROM role_view AS r JOIN person_view AS p ON p.body = r.body AND p.actor_id = r.actor_id
	WHERE r.body = $1 AND r.role = $2 AND p.active ORDER BY p.name, r.actor_id;
-- roles_held() many (role text, department text)
SELECT DISTINCT r.role, r.department FROM role_view AS r JOIN person_view AS p ON p.body = r.body AND p.actor_id = r.actor_id
	WHERE r.body = $1 AND p.active;
-- systems() many (system text, title text, owner_id id)
SELECT system, title, owner_id FROM system_view WHERE body = $1 ORDER BY title;
-- system_get(system text) one (title text, owner_id id)
SELECT title, owner_id FROM system_view WHERE body = $1 AND system = $2;
-- attachments_from(case_id id, object_key id, most int, place int) many (case_id id, object_key id, dek_id id, stored_size int, stored bytes)
SELECT case_id, object_key, dek_id, stored_size, stored FROM attachment_view
	WHERE body = $1 AND (case_id, object_key) > ($2, $3) AND seq < $5 ORDER BY case_id, object_key LIMIT $4;
-- attachments(case_id id) many (object_key id, dek_id id, name text, type text, size int, stored_size int, plain bytes, stored bytes, at time, actor_id id, seq int)
SELECT object_key, dek_id, name, type, size, stored_size, plain, stored, at, actor_id, seq FROM attachment_view
	WHERE body = $1 AND case_id = $2 ORDER BY seq, object_key;
-- attachment_get(case_id id, object_key id) one (dek_id id, name text, size int, stored_size int, plain bytes, stored bytes)
SELECT dek_id, name, size, stored_size, plain, stored FROM attachment_view WHERE body = $1 AND case_id = $2 AND object_key = $3;
-- cases_of_reporter(reporter_id id, before time, most int) many (case_id id, ref text, title text, state text, received_at time)
SELECT case_id, ref, title, state, received_at FROM case_view WHERE body = $1 AND reporter_id = $2 AND received_at < $3
	ORDER BY received_at DESC LIMIT $4;
-- cases_open(case_id id, most int) many (case_id id, ref text)
SELECT case_id, ref FROM case_view WHERE body = $1 AND case_id > $2 AND state <> 'closed' AND NOT historical
	ORDER BY case_id LIMIT $3;

-- What stands behind the database, for doctor.
-- server_about() one (version text, now time, cipher text, address text, standbys text)
SELECT sqlite_version(), CAST((julianday('now') - 2440587.5) * 86400000000 AS bigint), '', '', '' WHERE $1 >= 0;
-- pg
SELECT current_setting('server_version'), CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint),
	coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), ''), coalesce(host(inet_server_addr()), ''),
	current_setting('synchronous_standby_names') WHERE $1 >= 0;
-- server_standbys() many (name text, state text, sync text)
SELECT '', '', '' WHERE $1 < 0;
-- pg
SELECT application_name, coalesce(state, ''), coalesce(sync_state, '') FROM pg_stat_replication WHERE $1 >= 0
	ORDER BY application_name;
