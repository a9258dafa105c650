-- Rows that are nearly the same as a better row: `near.rank` first, then the earlier one.
-- near.bands holds hashes of parts of a row's MinHash, near.grams the hashes of its distinct 5-grams.
-- A row meets the best row of each of its bands and the eight before it, so that a band of a million rows costs
-- a million times nine comparisons; then the share of common grams decides (at least $threshold).
-- Of rows in a chain (a like b, b like c, a not like c) the best stays, and what is like it goes; then the
-- best of the rest, and so on: a row goes only for a row that stays and that it is itself like. A row that
-- 1,000 rounds do not settle stays.
WITH RECURSIVE banded AS MATERIALIZED (
    SELECT row, near.rank AS rank, unnest(near.bands) AS band
    FROM corpus
    WHERE near IS NOT NULL
),
bucket AS (
    SELECT band FROM banded GROUP BY band HAVING count(*) > 1
),
met AS (
    SELECT
        row,
        first_value(row) OVER (same_band ORDER BY rank, row) AS best,
        array_agg(row) OVER (same_band ORDER BY rank, row ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING) AS before
    FROM banded SEMI JOIN bucket USING (band)
    WINDOW same_band AS (PARTITION BY band)
),
pair AS (
    SELECT DISTINCT row, better
    FROM (SELECT row, unnest(list_prepend(best, before)) AS better FROM met)
    WHERE row <> better
),
gram AS (
    SELECT row, near.rank AS rank, near.grams AS grams, len(near.grams) AS size
    FROM corpus
    WHERE near IS NOT NULL AND row IN (SELECT row FROM pair UNION ALL SELECT better FROM pair)
),
compared AS (
    SELECT
        one.row AS row,
        other.row AS better,
        other.rank AS rank,
        len(list_intersect(one.grams, other.grams)) AS common,
        one.size + other.size AS sizes
    FROM pair
    JOIN gram AS one ON one.row = pair.row
    JOIN gram AS other ON other.row = pair.better
    WHERE least(one.size, other.size) >= $threshold * greatest(one.size, other.size)
),
alike AS MATERIALIZED (
    SELECT row, better, rank FROM compared WHERE common >= $threshold * (sizes - common)
),
settled (row, stays, round) USING KEY (row) AS (
    SELECT DISTINCT better, true, 0 FROM alike ANTI JOIN (SELECT row FROM alike) AS worse ON better = worse.row
    UNION ALL
    SELECT alike.row, bool_and(NOT coalesce(known.stays, true)), any_value(fresh.round) + 1
    FROM (
        SELECT alike.row, max(settled.round) AS round
        FROM alike JOIN settled ON alike.better = settled.row
        WHERE settled.round < 1000
        GROUP BY alike.row
    ) AS fresh
    JOIN alike ON alike.row = fresh.row
    LEFT JOIN recurring.settled AS known ON known.row = alike.better
    WHERE fresh.row NOT IN (SELECT row FROM recurring.settled)
    GROUP BY alike.row
    HAVING bool_or(coalesce(known.stays, false)) OR bool_and(known.row IS NOT NULL)
),
gone AS (
    SELECT alike.row AS row, arg_min(alike.better, (alike.rank, alike.better)) AS survivor_row
    FROM alike
    JOIN settled AS loser ON loser.row = alike.row AND NOT loser.stays
    JOIN settled AS winner ON winner.row = alike.better AND winner.stays
    GROUP BY alike.row
)
SELECT
    gone.row AS row,
    loser.id AS id,
    'duplicate.near' AS dropped_by,
    winner.id AS survivor_id,
    gone.survivor_row AS survivor_row
FROM gone
JOIN corpus AS loser ON loser.row = gone.row
JOIN corpus AS winner ON winner.row = gone.survivor_row
ORDER BY gone.row
