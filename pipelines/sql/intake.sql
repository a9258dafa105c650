-- Rows that clash or say nothing, before any stage. A row's key is (source, exam, id).
-- Same key and equal content: the later ones are duplicates. Same key and other content: nobody can
-- tell which is right, so all of them are conflicts (quarantined, not dropped).
-- content is a hash of the row without its place (file and line); blank: its text is white space or less.
WITH keyed AS (
    SELECT
        row,
        id,
        blank,
        count(*) OVER same_key AS copies,
        min(row) OVER same_key AS first_row,
        min(content) OVER same_key <> max(content) OVER same_key AS conflict
    FROM corpus
    WINDOW same_key AS (PARTITION BY provenance.source, exam, id)
)
SELECT
    row,
    id,
    CASE
        WHEN conflict THEN 'id.conflict'
        WHEN row > first_row THEN 'duplicate.id'
        ELSE 'text.empty'
    END AS dropped_by,
    CASE WHEN copies > 1 AND NOT conflict AND row > first_row THEN id END AS survivor_id,
    CASE WHEN copies > 1 AND NOT conflict AND row > first_row THEN first_row END AS survivor_row
FROM keyed
WHERE conflict OR row > first_row OR blank
ORDER BY row
