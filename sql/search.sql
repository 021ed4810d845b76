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
-- search_add(place int, words text, marks text)
INSERT INTO search_words (rowid, words) VALUES ($2, iif($1 > 0, $3 || $4, ''));
-- pg
INSERT INTO search_words (body, place, doc) SELECT $1, $2, coalesce((SELECT string_agg(w || ':' || least(n - 1, 16383), ' ')
	FROM unnest(string_to_array($3, ' ')) WITH ORDINALITY AS u (w, n) WHERE w <> ''), '')::tsvector ||
	array_to_tsvector(array_remove(string_to_array($4, ' '), '')) || array_to_tsvector(ARRAY['_' || $1 || '.10.' || ($2 >> 10),
	'_' || $1 || '.14.' || ($2 >> 14), '_' || $1 || '.18.' || ($2 >> 18), '_' || $1 || '.22.' || ($2 >> 22)]);
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
-- The newest of what is asked for in the window of 2^size places that `high` stands in, from there down. PostgreSQL's index knows no
-- order, but it knows the window by a mark of its own; no index of places may tempt it.
-- search_hits(asked text, size int, high int, most int) many (place int, case_id id, words text, marks text)
SELECT v.place, v.case_id, v.words, v.marks FROM search_words AS few JOIN search_view AS v ON v.body = $1 AND v.place = few.rowid
	WHERE few.search_words MATCH $2 AND few.rowid BETWEEN ($4 >> $3) << $3 AND $4 ORDER BY few.rowid DESC LIMIT $5;
-- pg
SELECT v.place, v.case_id, v.words, v.marks FROM (SELECT place FROM search_words WHERE doc @@ ('(' || replace(replace(replace(replace($2,
	'" + "', '" <-> "'), ' AND ', ' & '), ' OR ', ' | '), '"', '') || ') & _' || $1 || '.' || $3 || '.' || ($4 >> $3::int))::tsquery
	AND place + 0 <= $4 ORDER BY place + 0 DESC LIMIT $5) AS few JOIN search_view AS v ON v.body = $1 AND v.place = few.place
	ORDER BY v.place + 0 DESC;
-- Where they stand, of the index alone.
-- search_near(asked text, size int, high int, most int) many (place int)
SELECT few.rowid FROM search_words AS few WHERE few.search_words MATCH iif($1 > 0, $2, '') AND few.rowid BETWEEN ($4 >> $3) << $3 AND $4
	ORDER BY few.rowid DESC LIMIT $5;
-- pg
SELECT place FROM search_words WHERE doc @@ ('(' || replace(replace(replace(replace($2,
	'" + "', '" <-> "'), ' AND ', ' & '), ' OR ', ' | '), '"', '') || ') & _' || $1 || '.' || $3 || '.' || ($4 >> $3::int))::tsquery
	AND place + 0 <= $4 ORDER BY place + 0 DESC LIMIT $5;
