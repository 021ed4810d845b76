-- The way from each released schema to the next, one step a statement: each is done in a transaction of its own, together with
-- the note of how far one is (src/store/db_schema.c). A new database is made from sql/schema.sql and takes none of them; a
-- test holds that both ways end at the same. A step stays as it is once a release has it.
-- Where views must be filled from entries, the last step asks the writer of each body for it (it rebuilds them when it opens):
--   INSERT INTO meta (body, name, value) SELECT DISTINCT body, 'rebuild', '' FROM head WHERE true ON CONFLICT DO NOTHING;

-- schema 2
CREATE TABLE object (body int NOT NULL, object_key id NOT NULL, at int NOT NULL, chunk bytes NOT NULL, PRIMARY KEY (body, object_key, at));
CREATE TABLE upload (body int NOT NULL, object_key id NOT NULL, at time NOT NULL, PRIMARY KEY (body, object_key));
CREATE INDEX upload_old ON upload (body, at);
CREATE TABLE lease (body int NOT NULL, name text NOT NULL, node int NOT NULL, until int NOT NULL, PRIMARY KEY (body, name));
CREATE INDEX case_category ON case_view (body, category, (state = 'closed'), soonest, case_id, state, department, level, owner_id);
CREATE INDEX case_department ON case_view (body, department, (state = 'closed'), soonest, case_id, state, category, level, owner_id);
CREATE INDEX case_level ON case_view (body, level, (state = 'closed'), soonest, case_id, state, category, department, owner_id);
-- sqlite
CREATE INDEX case_owner ON case_view (body, owner_id, (state = 'closed'), soonest, case_id, state, category, department, level) WHERE owner_id <> x'00000000000000000000000000000000';
-- pg
CREATE INDEX case_owner ON case_view (body, owner_id, (state = 'closed'), soonest, case_id, state, category, department, level) WHERE owner_id <> '\x00000000000000000000000000000000';
-- both
-- pg
CREATE FUNCTION journal_stays() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = '23000'; END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON entry EXECUTE FUNCTION journal_stays();
CREATE TRIGGER payload_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON payload EXECUTE FUNCTION journal_stays();
CREATE TRIGGER checkpoint_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint EXECUTE FUNCTION journal_stays();
-- both
CREATE TABLE search_view (body int NOT NULL, place int NOT NULL, case_id id NOT NULL, marks text NOT NULL, words text NOT NULL,
	PRIMARY KEY (body, place));
CREATE TABLE search_upto (body int NOT NULL, upto int NOT NULL, PRIMARY KEY (body));
-- sqlite
CREATE VIRTUAL TABLE search_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '_.'");
-- pg
CREATE TABLE search_words (body int NOT NULL, place int NOT NULL, marks text NOT NULL, doc tsvector NOT NULL, PRIMARY KEY (body, place));
CREATE INDEX search_doc ON search_words USING gin (doc) WITH (gin_pending_list_limit = 128);
-- both
ALTER TABLE duty_view ADD COLUMN warned_at time;
CREATE INDEX duty_warned ON duty_view (body, warned_at) WHERE warned_at IS NOT NULL;
DROP INDEX sight_queue;
CREATE INDEX sight_queue ON sight_view (body, token, open, soonest, case_id, level);
INSERT INTO meta (body, name, value) SELECT DISTINCT body, 'rebuild', '' FROM head WHERE true ON CONFLICT DO NOTHING;
