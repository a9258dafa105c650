-- Groups of rows of which a stage kept one, by stage and by how many rows they had with it.
WITH grouped AS (
    SELECT dropped_at, survivor_row, count(*) + 1 AS size
    FROM corpus
    WHERE survivor_row IS NOT NULL
    GROUP BY dropped_at, survivor_row
)
SELECT dropped_at, size, count(*) AS clusters
FROM grouped
GROUP BY dropped_at, size
ORDER BY dropped_at, size
