-- The year filter's proof: rows by source, exam year and the rule that gave it.
SELECT
    provenance.source AS source,
    coalesce(year, CASE WHEN kind = 'document' THEN published END) AS year,
    coalesce(CASE WHEN kind = 'document' THEN published_rule END, year_rule) AS rule,
    count(*) AS rows,
    count(*) FILTER (WHERE dropped_by IS NULL) AS kept,
    max(published) FILTER (WHERE dropped_by IS NULL) AS latest_published
FROM corpus
GROUP BY ALL
ORDER BY source, year NULLS LAST, rule NULLS FIRST
