-- How many rows carry each flag, by the stage that dropped them; what follows a colon is a flag's detail.
WITH flagged AS (
    SELECT DISTINCT row, dropped_at, split_part(unnest(flags), ':', 1) AS flag
    FROM corpus
    WHERE len(flags) > 0
)
SELECT dropped_at, flag, count(*) AS rows
FROM flagged
GROUP BY dropped_at, flag
ORDER BY flag, dropped_at NULLS LAST
