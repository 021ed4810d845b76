-- The schema, in six type words that the generator spells for each database. What each table is stands in docs/MAP.md:
-- the journal (truth), state (neither truth nor view), views (made from entries alone; `rebuild` remakes them).
-- Whatever is changed here is a step of sql/migrate.sql too, for databases that are there already.
-- A time that is not known is NULL; every other column has a value. `soonest` is a time that sorts last when there is none.

-- journal: one log after another, for a restored one is never continued; only the last is written to
CREATE TABLE entry (body int NOT NULL, log int NOT NULL, seq int NOT NULL, case_id id NOT NULL, case_seq int NOT NULL, kind int NOT NULL,
	at time NOT NULL, record bytes NOT NULL, leaf bytes NOT NULL, PRIMARY KEY (body, log, seq));
CREATE UNIQUE INDEX entry_case ON entry (body, case_id, log, case_seq);
CREATE TABLE payload (body int NOT NULL, log int NOT NULL, seq int NOT NULL, object bytes NOT NULL, PRIMARY KEY (body, log, seq));
CREATE TABLE head (body int NOT NULL, log int NOT NULL, origin text NOT NULL, first int NOT NULL, size int NOT NULL,
	frontier bytes NOT NULL, last_leaf bytes NOT NULL, at time NOT NULL, policy bytes NOT NULL, PRIMARY KEY (body, log));
CREATE TABLE node (body int NOT NULL, log int NOT NULL, level int NOT NULL, at int NOT NULL, hash bytes NOT NULL,
	PRIMARY KEY (body, log, level, at));
CREATE TABLE checkpoint (body int NOT NULL, log int NOT NULL, size int NOT NULL, note text NOT NULL, at time NOT NULL,
	PRIMARY KEY (body, log, size));
CREATE TABLE data_key (body int NOT NULL, dek_id id NOT NULL, case_id id NOT NULL, purpose int NOT NULL, month text NOT NULL,
	wrapped bytes NOT NULL, PRIMARY KEY (body, dek_id));
CREATE INDEX data_key_case ON data_key (body, case_id, purpose);
CREATE TABLE term (body int NOT NULL, node int NOT NULL, term int NOT NULL, PRIMARY KEY (body, node));
CREATE TABLE meta (body int NOT NULL, name text NOT NULL, value text NOT NULL, PRIMARY KEY (body, name));
-- sqlite
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entry_lasts BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entry_once BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE body = NEW.body AND log = NEW.log AND seq = NEW.seq)
	BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER payload_stays BEFORE UPDATE ON payload BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER payload_lasts BEFORE DELETE ON payload BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER payload_once BEFORE INSERT ON payload WHEN EXISTS (SELECT 1 FROM payload WHERE body = NEW.body AND log = NEW.log AND seq = NEW.seq)
	BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoint_lasts BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoint_once BEFORE INSERT ON checkpoint WHEN EXISTS (SELECT 1 FROM checkpoint WHERE body = NEW.body AND log = NEW.log AND size = NEW.size)
	BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- pg
CREATE FUNCTION journal_stays() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = '23000'; END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON entry EXECUTE FUNCTION journal_stays();
CREATE TRIGGER payload_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON payload EXECUTE FUNCTION journal_stays();
CREATE TRIGGER checkpoint_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint EXECUTE FUNCTION journal_stays();
-- both

-- state
CREATE TABLE session (body int NOT NULL, token bytes NOT NULL, actor_id id NOT NULL, case_id id NOT NULL, method int NOT NULL,
	level int NOT NULL, csrf text NOT NULL, made time NOT NULL, seen time NOT NULL, ends time NOT NULL, PRIMARY KEY (body, token));
CREATE TABLE link (body int NOT NULL, token bytes NOT NULL, actor_id id NOT NULL, purpose text NOT NULL, ends time NOT NULL,
	PRIMARY KEY (body, token));
CREATE TABLE api_token (body int NOT NULL, token bytes NOT NULL, actor_id id NOT NULL, made time NOT NULL, PRIMARY KEY (body, token));
CREATE TABLE password (body int NOT NULL, actor_id id NOT NULL, sealed bytes NOT NULL, failed int NOT NULL, locked time,
	PRIMARY KEY (body, actor_id));
CREATE TABLE receipt (body int NOT NULL, code bytes NOT NULL, case_id id NOT NULL, PRIMARY KEY (body, code));
CREATE TABLE draft (body int NOT NULL, token bytes NOT NULL, words text NOT NULL, ends time NOT NULL, PRIMARY KEY (body, token));
CREATE TABLE answer (body int NOT NULL, command_id id NOT NULL, request bytes NOT NULL, answer text NOT NULL, at time NOT NULL,
	place int NOT NULL, PRIMARY KEY (body, command_id));
CREATE INDEX answer_old ON answer (body, at);
CREATE TABLE delivery (body int NOT NULL, notice_id id NOT NULL, address text NOT NULL, seq int NOT NULL, tries int NOT NULL, next time,
	state text NOT NULL, last text NOT NULL, PRIMARY KEY (body, notice_id, address));
CREATE TABLE object (body int NOT NULL, object_key id NOT NULL, at int NOT NULL, chunk bytes NOT NULL, PRIMARY KEY (body, object_key, at));
CREATE TABLE upload (body int NOT NULL, object_key id NOT NULL, at time NOT NULL, PRIMARY KEY (body, object_key));
CREATE INDEX upload_old ON upload (body, at);
CREATE INDEX delivery_next ON delivery (body, next);
CREATE TABLE lease (body int NOT NULL, name text NOT NULL, node int NOT NULL, until int NOT NULL, PRIMARY KEY (body, name));

-- views
CREATE TABLE case_view (body int NOT NULL, case_id id NOT NULL, ref text NOT NULL, kind text NOT NULL, state text NOT NULL,
	category text NOT NULL, title text NOT NULL, narrative text NOT NULL, answers text NOT NULL, facts text NOT NULL,
	level text NOT NULL, department text NOT NULL, channel text NOT NULL, entry_point text NOT NULL, reporter_id id NOT NULL,
	reporter text NOT NULL, reported_at time, received_at time NOT NULL, closed_at time, owner_id id NOT NULL,
	soonest int NOT NULL, historical bool NOT NULL, entries int NOT NULL, updated_at time NOT NULL, said bytes NOT NULL,
	import_id text NOT NULL, import_hash bytes NOT NULL, PRIMARY KEY (body, case_id));
CREATE UNIQUE INDEX case_ref ON case_view (body, ref);
CREATE INDEX case_import ON case_view (body, import_id) WHERE import_id <> '';
CREATE INDEX case_reporter ON case_view (body, reporter_id, received_at);
CREATE INDEX case_category ON case_view (body, category, (state = 'closed'), soonest, case_id, state, department, level, owner_id);
CREATE INDEX case_department ON case_view (body, department, (state = 'closed'), soonest, case_id, state, category, level, owner_id);
CREATE INDEX case_level ON case_view (body, level, (state = 'closed'), soonest, case_id, state, category, department, owner_id);
-- sqlite
CREATE INDEX case_owner ON case_view (body, owner_id, (state = 'closed'), soonest, case_id, state, category, department, level) WHERE owner_id <> x'00000000000000000000000000000000';
-- pg
CREATE INDEX case_owner ON case_view (body, owner_id, (state = 'closed'), soonest, case_id, state, category, department, level) WHERE owner_id <> '\x00000000000000000000000000000000';
-- both
CREATE TABLE sight_view (body int NOT NULL, token text NOT NULL, case_id id NOT NULL, level int NOT NULL, open bool NOT NULL,
	soonest int NOT NULL, PRIMARY KEY (body, case_id, token));
CREATE INDEX sight_queue ON sight_view (body, token, open, soonest, case_id, level);
CREATE TABLE duty_view (body int NOT NULL, duty_id id NOT NULL, case_id id NOT NULL, rule text NOT NULL, clause text NOT NULL,
	act text NOT NULL, role text NOT NULL, token text NOT NULL, state text NOT NULL, words text NOT NULL, because text NOT NULL,
	within text NOT NULL, anchor text NOT NULL, arises time NOT NULL, due time, soonest int NOT NULL, warns text NOT NULL,
	next_warn time, level int NOT NULL, agree text NOT NULL, agreed_by id NOT NULL, agreed_at time, told_at time, told_by id NOT NULL,
	closed_at time, closed_by id NOT NULL, how text NOT NULL, seq int NOT NULL, warned_at time, PRIMARY KEY (body, duty_id));
CREATE INDEX duty_case ON duty_view (body, case_id, seq);
CREATE INDEX duty_work ON duty_view (body, token, state, soonest, duty_id);
CREATE INDEX duty_warn ON duty_view (body, next_warn) WHERE next_warn IS NOT NULL;
CREATE INDEX duty_warned ON duty_view (body, warned_at) WHERE warned_at IS NOT NULL;
CREATE TABLE timeline_view (body int NOT NULL, case_id id NOT NULL, seq int NOT NULL, at time NOT NULL, kind text NOT NULL,
	actor_id id NOT NULL, what text NOT NULL, words text NOT NULL, audience text NOT NULL, seal text NOT NULL, whom id NOT NULL,
	PRIMARY KEY (body, case_id, seq));
CREATE TABLE message_view (body int NOT NULL, case_id id NOT NULL, seq int NOT NULL, message_id id NOT NULL, at time NOT NULL,
	kind text NOT NULL, from_reporter bool NOT NULL, actor_id id NOT NULL, words text NOT NULL, read_at time,
	reply text NOT NULL, PRIMARY KEY (body, case_id, seq));
CREATE UNIQUE INDEX message_id ON message_view (body, message_id);
CREATE TABLE notice_view (body int NOT NULL, token text NOT NULL, seq int NOT NULL, notice_id id NOT NULL, case_id id NOT NULL,
	about text NOT NULL, at time NOT NULL, seen_at time, mail bool NOT NULL, PRIMARY KEY (body, token, seq));
CREATE INDEX notice_mail ON notice_view (body, seq) WHERE mail;
CREATE TABLE person_view (body int NOT NULL, actor_id id NOT NULL, person text NOT NULL, name text NOT NULL, email text NOT NULL,
	department text NOT NULL, manager text NOT NULL, phone text NOT NULL, active bool NOT NULL, PRIMARY KEY (body, actor_id));
CREATE INDEX person_person ON person_view (body, person);
CREATE INDEX person_email ON person_view (body, email);
CREATE INDEX person_name ON person_view (body, lower(name));
CREATE INDEX person_department ON person_view (body, department, name);
CREATE TABLE role_view (body int NOT NULL, role text NOT NULL, actor_id id NOT NULL, department text NOT NULL,
	PRIMARY KEY (body, role, actor_id, department));
CREATE INDEX role_actor ON role_view (body, actor_id);
CREATE TABLE system_view (body int NOT NULL, system text NOT NULL, title text NOT NULL, owner_id id NOT NULL, PRIMARY KEY (body, system));
CREATE TABLE setting_view (body int NOT NULL, name text NOT NULL, value text NOT NULL, PRIMARY KEY (body, name));
CREATE TABLE policy_view (body int NOT NULL, hash bytes NOT NULL, pack text NOT NULL, version text NOT NULL, yaml text NOT NULL,
	seq int NOT NULL, PRIMARY KEY (body, hash));
CREATE TABLE attachment_view (body int NOT NULL, case_id id NOT NULL, object_key id NOT NULL, dek_id id NOT NULL, name text NOT NULL,
	type text NOT NULL, size int NOT NULL, stored_size int NOT NULL, plain bytes NOT NULL, stored bytes NOT NULL, at time NOT NULL,
	actor_id id NOT NULL, seq int NOT NULL, PRIMARY KEY (body, case_id, object_key));
CREATE TABLE search_view (body int NOT NULL, place int NOT NULL, case_id id NOT NULL, marks text NOT NULL, words text NOT NULL,
	PRIMARY KEY (body, place));
CREATE TABLE search_upto (body int NOT NULL, upto int NOT NULL, PRIMARY KEY (body));
-- how far it is, and the index of words, in what each database has for it: they follow from search_view, and are no views
-- sqlite
CREATE VIRTUAL TABLE search_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '_.'");
-- pg
CREATE TABLE search_words (body int NOT NULL, place int NOT NULL, marks text NOT NULL, doc tsvector NOT NULL, PRIMARY KEY (body, place));
CREATE INDEX search_doc ON search_words USING gin (doc) WITH (gin_pending_list_limit = 128);
