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
-- too little is in them. `rest`: what is asked instead in the last step, right after the second, and for twice as many, for to pass
-- over marks costs more than what is seldom is worth; empty: nothing else. An index that is in order is asked but once.
-- search_hits(asked text, rest text, from int, high int, enough int, most int) many (step int, place int, case_id id, words text, marks text)
SELECT CAST(0 AS bigint), v.place, v.case_id, v.words, v.marks FROM search_words AS few JOIN search_view AS v ON v.body = $1 AND v.place = few.rowid
	WHERE few.search_words MATCH $2 AND few.rowid <= $5 AND $3 IS NOT NULL AND $4 >= 0 ORDER BY few.rowid DESC LIMIT min($6, $7);
-- pg
WITH RECURSIVE spelled (all_of) AS MATERIALIZED (SELECT replace(replace(replace(replace(regexp_replace($2 || '~' || $3, '"([^"]+)"',
	$1 || '.\1', 'g'), '*', ':*'), ' + ', ' <-> '), ' AND ', ' & '), ' OR ', ' | ')),
 at AS MATERIALIZED (SELECT split_part(all_of, '~', 1) AS asked, split_part(all_of, '~', 2) AS rest,
	least($5, (SELECT upto - 1 FROM search_upto WHERE body = $1)) AS high FROM spelled),
 looked (step, places) AS (SELECT $4, ARRAY[]::bigint[] UNION ALL
	SELECT go.step, got.places FROM (SELECT asked, rest, high,
			CASE WHEN (step = 2 AND $3 <> '') OR high >> (10 + 4 * step)::int = 0 THEN 4 ELSE step + 1 END AS step
		FROM looked CROSS JOIN at WHERE step < 4 AND cardinality(places) < CASE WHEN step < 2 THEN $6 ELSE $7 END) AS go
		CROSS JOIN LATERAL (SELECT ARRAY(SELECT place FROM search_words WHERE doc @@ (CASE WHEN go.step < 4
			THEN '(' || asked || ') & ' || $1 || '._' || 6 + 4 * go.step || '.' || (high >> (6 + 4 * go.step)::int)
			WHEN $3 <> '' THEN rest ELSE asked END)::tsquery AND place + 0 <= high ORDER BY place + 0 DESC
			LIMIT $7 * CASE WHEN go.step = 4 AND $3 <> '' THEN 2 ELSE 1 END) AS places) AS got)
SELECT last.step, v.place, v.case_id, v.words, v.marks FROM (SELECT step, places FROM looked ORDER BY step DESC LIMIT 1) AS last
	CROSS JOIN unnest(last.places) AS few (place) JOIN search_view AS v ON v.body = $1 AND v.place = few.place ORDER BY v.place + 0 DESC;
