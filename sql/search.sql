-- Search: what is found by words. Only store/search.c and desk/ask_search.c call these.
-- A case stands at the place of its first entry, so that the newest comes first. What is asked is spelled as FTS5 has it, with a ~ where
-- a word begins; words hold nothing but letters and digits, so that PostgreSQL's spelling is had by changing the signs between them.

-- entries_of_cases(log int, seq int, most int) many (case_id id)
SELECT case_id FROM entry WHERE body = $1 AND log = $2 AND seq >= $3 ORDER BY seq LIMIT $4;
-- search_upto_get() one (upto int)
SELECT upto FROM search_upto WHERE body = $1;
-- search_upto_set(upto int)
INSERT INTO search_upto (body, upto) VALUES ($1, $2) ON CONFLICT (body) DO UPDATE SET upto = $2;
-- search_row(place int) one (marks text, words text)
SELECT marks, words FROM search_view WHERE body = $1 AND place = $2;
-- search_row_set(place int, case_id id, marks text, words text)
INSERT INTO search_view (body, place, case_id, marks, words) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (body, place) DO UPDATE SET marks = $4, words = $5;
-- search_row_end(place int)
DELETE FROM search_view WHERE body = $1 AND place = $2;
-- What PostgreSQL's index has not sorted in yet is read by every search: it may be little (gin_pending_list_limit, in the schema).
-- PostgreSQL's index knows no order and reads all that it has of a word. Its words begin with the body, or what is seldom in one would
-- be read with all that others have of it; and with the stretch of 2^16 places that the case stands in, so that the newest are found
-- among few, however many came before them. The newest of all are told by a mark of the 2^10 places that it stands in.
-- search_add(place int, words text, starts text, marks text)
INSERT INTO search_words (rowid, words) VALUES ($2, iif($1 > 0, $3 || $4 || $5, ''));
-- pg
INSERT INTO search_words (body, place, marks, doc) SELECT $1, $2, $5, coalesce((SELECT string_agg(stretch || w || ':' || least(n - 1, 16383), ' ')
	FROM unnest(string_to_array($3, ' ')) WITH ORDINALITY AS u (w, n) WHERE w <> ''), '')::tsvector ||
	array_to_tsvector(ARRAY(SELECT stretch || w FROM unnest(string_to_array($4 || $5, ' ')) AS u (w) WHERE w <> '')) ||
	array_to_tsvector(ARRAY[$1 || '._.' || ($2 >> 10)]) FROM (SELECT $1 || '.' || ($2 >> 16) || '.' AS stretch) AS s;
-- The index forgets a text by the words that it was given.
-- search_take(place int, words text, starts text, marks text)
INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', $2, iif($1 > 0, $3 || $4 || $5, ''));
-- pg
DELETE FROM search_words WHERE body = $1 AND place = $2 AND $3 || $4 || $5 <> '';
-- search_empty()
INSERT INTO search_words (search_words) VALUES (iif($1 > 0, 'delete-all', ''));
-- pg
DELETE FROM search_words WHERE body = $1;
-- Words that were taken out are still on the disk until this has nothing more to do: one step of so many pages. PostgreSQL cleans its
-- tables by itself; to have the words out of its files at once, their owner runs VACUUM FULL search_words, search_view.
-- search_merge(pages int)
INSERT INTO search_words (search_words, rank) VALUES ('merge', iif($1 > 0, $2, 0));
-- pg
DELETE FROM search_words WHERE body = $1 AND place < 0 AND $2 <> 0;
-- The newest that hold the words and bear the marks, from `high` down. `words` and `marks` are spelled as FTS5 has it (marks: empty, or
-- with an AND behind). For PostgreSQL also: the words as they are spelled when they are seldom, and `fits`, one of which the marks of a
-- case are like if it bears them; empty: all do.
-- It goes back by steps until `enough` are found: the newest 2^9 places and up to 2^10 more, by the words alone; then their stretch, and
-- the 4, 16, 64 and so on before that; each stretch is asked for by itself, for alternatives within one question are all looked at for
-- each hit. Where one in 64 of the first holds the words, or more do, they are asked for with the marks further on, and up to `most` are
-- given that were found on the way, for not all may hold what was typed. Else the marks of each that holds them are looked at, up to a
-- thousand a step: to pass over the marks of all others would cost more.
-- search_hits(words text, seldom text, marks text, fits text, high int, enough int, most int) many (place int, case_id id, words text, marks text)
SELECT v.place, v.case_id, v.words, v.marks FROM search_words AS few JOIN search_view AS v ON v.body = $1 AND v.place = few.rowid
	WHERE few.search_words MATCH $4 || $2 AND few.rowid <= $6 AND $3 || $5 IS NOT NULL ORDER BY few.rowid DESC LIMIT max($7, $8);
-- pg
WITH RECURSIVE at AS MATERIALIZED (SELECT split_part(words, '/', 1) AS words, split_part(words, '/', 2) AS seldom, split_part(words, '/', 3) AS marks,
	string_to_array($5, ' ') AS fits, high, greatest(high - 511, 0) >> 10 AS near
	FROM (SELECT replace(replace(replace(replace(replace($2 || '/' || $3 || '/' || $4, '"', ''), '*', ':*'), ' + ', ' <-> '), ' AND ', ' & '),
		' OR ', ' | ') AS words, least($6, coalesce((SELECT upto FROM search_upto WHERE body = $1), 0) - 1) AS high OFFSET 0) AS asked),
 looked (n, newest, many, places) AS (SELECT 0, (SELECT high >> 16 FROM at), false, ARRAY[]::bigint[] UNION ALL
	SELECT n + 1, CASE n WHEN 0 THEN newest ELSE oldest - 1 END, many OR hits > CASE n WHEN 0 THEN (high - (near << 10)) >> 6 ELSE 1000 END,
		CASE WHEN n > 1 THEN had END || fit
	FROM (SELECT n, newest, many, places AS had, high, near, fits, oldest,
			ARRAY(SELECT replace(asked, '~', $1 || '.' || s || '.')::tsquery FROM generate_series(oldest, newest) AS s) AS queries
		FROM (SELECT n, newest, many, places, high, near, fits, CASE n WHEN 0 THEN near >> 6 ELSE greatest(newest - (1 << least(2 * n - 2, 20)) + 1, 0) END AS oldest,
				CASE WHEN n = 0 THEN format('%s & (%s._.%s | %2$s._.%4$s)', words, $1, near, high >> 10)
					WHEN many THEN marks || words ELSE seldom END AS asked
			FROM looked CROSS JOIN at WHERE cardinality(places) < $7 AND newest >= 0 OFFSET 0) AS next OFFSET 0) AS next
	CROSS JOIN LATERAL (WITH hit AS MATERIALIZED (SELECT place, marks FROM search_words WHERE doc @@ ANY (queries) AND place + 0 <= high
			ORDER BY place + 0 DESC LIMIT CASE WHEN n > 0 AND many THEN $8 END)
		SELECT (SELECT count(*) FROM hit) AS hits, ARRAY(SELECT place FROM hit WHERE $5 = '' OR marks LIKE ANY (fits) LIMIT $8) AS fit OFFSET 0) AS found)
SELECT v.place, v.case_id, v.words, v.marks FROM (SELECT places[:CASE WHEN many THEN $8 ELSE $7 END] AS places FROM looked ORDER BY n DESC LIMIT 1) AS last
	CROSS JOIN unnest(last.places) AS few (place) CROSS JOIN LATERAL (SELECT * FROM search_view WHERE body = $1 AND place = few.place OFFSET 0) AS v;
