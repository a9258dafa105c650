-- What became of every row, stage by stage: one line a (stage, reason). A row is in at every stage
-- up to the one that dropped it; the reason is empty for the rows that came through.
SELECT
    dropped_at,
    dropped_by,
    count(*) AS rows,
    sum(chars) AS chars
FROM corpus
GROUP BY dropped_at, dropped_by
ORDER BY dropped_at NULLS LAST, dropped_by
