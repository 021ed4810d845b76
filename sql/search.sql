-- Search: what is found by words. Only store/search.c and desk/ask_search.c call these.
-- A case stands at the place of its first entry, so that the newest comes first. What is asked is spelled as FTS5 has it; words hold
-- nothing but letters and digits, so that PostgreSQL's spelling is had by changing the signs between them.

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
-- PostgreSQL keeps each body's words apart by a beginning, or a word that is seldom in one would be read with all that others have of it.
-- search_add(place int, words text, marks text)
INSERT INTO search_words (rowid, words) VALUES ($2, iif($1 > 0, $3 || $4, ''));
-- pg
INSERT INTO search_words (body, place, doc) SELECT $1, $2, coalesce((SELECT string_agg($1 || '.' || w || ':' || least(n - 1, 16383), ' ')
	FROM unnest(string_to_array($3, ' ')) WITH ORDINALITY AS u (w, n) WHERE w <> ''), '')::tsvector ||
	array_to_tsvector(ARRAY(SELECT $1 || '.' || w FROM unnest(string_to_array($4, ' ')) AS u (w) WHERE w <> '')) ||
	array_to_tsvector(ARRAY[$1 || '._10.' || ($2 >> 10), $1 || '._14.' || ($2 >> 14), $1 || '._18.' || ($2 >> 18)]);
-- The index forgets a text by the words that it was given.
-- search_take(place int, words text, marks text)
INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', $2, iif($1 > 0, $3 || $4, ''));
-- pg
DELETE FROM search_words WHERE body = $1 AND place = $2 AND $3 || $4 <> '';
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
-- The newest of what is asked for, from `high` down. PostgreSQL's index knows no order: it is asked in steps for the windows of 2^10,
-- 2^14 and 2^18 places that `high` stands in, each by a mark of its own, and in the fourth for all, until there are `most`, or `enough` in
-- the first; a window that would hold every place is left out. No index of places may tempt it. `from`: steps that are left out, for
-- too little is in them. An index that is in order is asked but once.
-- `rest`: what is asked instead in the last step, for to pass over marks costs more than what is seldom is worth; empty: nothing else.
-- Of its hits come those whose marks are like one of `fits` (empty: all). Where there are too many to look at, the step is given as the
-- third, and the last that comes says how far that went. If the second step has not `enough`, or so many so close together that as many
-- again would be `most`, the third is the window of 2^14 before it, and what both hold is taken if it has `most` alone: such words are
-- not seldom, they were used until lately.
-- search_hits(asked text, rest text, fits text, from int, high int, enough int, most int) many (step int, place int, case_id id, words text, marks text)
SELECT CAST(0 AS bigint), v.place, v.case_id, v.words, v.marks FROM search_words AS few JOIN search_view AS v ON v.body = $1 AND v.place = few.rowid
	WHERE few.search_words MATCH $2 AND few.rowid <= $6 AND $3 || $4 IS NOT NULL AND $5 >= 0 ORDER BY few.rowid DESC LIMIT min($7, $8);
-- pg
WITH RECURSIVE spelled (all_of) AS MATERIALIZED (SELECT replace(replace(replace(replace(regexp_replace($2 || '~' || $3, '"([^"]+)"',
	$1 || '.\1', 'g'), '*', ':*'), ' + ', ' <-> '), ' AND ', ' & '), ' OR ', ' | ')),
 at AS MATERIALIZED (SELECT split_part(all_of, '~', 1) AS asked, split_part(all_of, '~', 2) AS rest, string_to_array($4, ' ') AS fits,
	least($6, (SELECT upto - 1 FROM search_upto WHERE body = $1)) AS high FROM spelled),
 looked (step, places) AS (SELECT CASE WHEN $3 <> '' AND $5 = 2 THEN 3 ELSE $5 END, ARRAY[]::bigint[] UNION ALL
	SELECT go.step, CASE WHEN back = 0 OR go.step = 4 THEN got.places WHEN cardinality(got.places) < $8 THEN '{}' ELSE had || got.places END
	FROM (SELECT to_step AS step, had, back, high, (CASE WHEN to_step = 4 THEN CASE WHEN $3 <> '' THEN rest ELSE asked END
			ELSE '(' || asked || ') & ' || $1 || '._' || bits || '.' || (high >> bits) - back END)::tsquery AS query
		FROM (SELECT asked, rest, high, places AS had, CASE WHEN step = 2 AND $3 <> '' THEN CASE WHEN cardinality(places) < $7 OR
					cardinality(places) << 14 >= $8 * (places[1] - places[cardinality(places)]) THEN 3 ELSE 4 END
				WHEN high >> (10 + 4 * step)::int = 0 THEN 4 ELSE step + 1 END AS to_step,
				CASE WHEN step = 2 AND $3 <> '' THEN 14 ELSE 10 + 4 * step END::int AS bits, CASE WHEN step = 2 AND $3 <> '' THEN 1 ELSE 0 END AS back
			FROM looked CROSS JOIN at WHERE step < 4 AND cardinality(places) < CASE WHEN step < 2 THEN $7 ELSE $8 END OFFSET 0) AS next OFFSET 0) AS go
		CROSS JOIN LATERAL (SELECT ARRAY(SELECT place FROM search_words WHERE doc @@ query AND place + 0 <= high ORDER BY place + 0 DESC
			LIMIT $8 * CASE WHEN go.step = 4 AND $3 <> '' THEN 20 ELSE 1 END) AS places OFFSET 0) AS got),
 last AS MATERIALIZED (SELECT CASE WHEN step = 4 AND $3 <> '' AND cardinality(places) = $8 * 20 THEN 3 ELSE step END AS step, places,
	step = 4 AND $3 <> '' AND $4 <> '' AS must_fit FROM looked ORDER BY looked.step DESC LIMIT 1)
SELECT last.step, v.place, v.case_id, v.words, v.marks FROM last CROSS JOIN at CROSS JOIN unnest(last.places) WITH ORDINALITY AS few (place, nth)
	CROSS JOIN LATERAL (SELECT * FROM search_view WHERE body = $1 AND place = few.place OFFSET 0) AS v
	WHERE NOT must_fit OR v.marks LIKE ANY (fits) OR (last.step = 3 AND nth = cardinality(last.places)) LIMIT $8;
