-- Rows whose normalised text (NFKC, case and white space folded) stands earlier in the corpus.
-- text_key is a hash of vignette, stem, options, key and explanation; for a document, of its text.
WITH first AS (
    SELECT
        row,
        id,
        min(row) OVER same_text AS first_row,
        first_value(id) OVER (same_text ORDER BY row) AS survivor_id
    FROM corpus
    WINDOW same_text AS (PARTITION BY kind, text_key)
)
SELECT row, id, 'duplicate.exact' AS dropped_by, survivor_id, first_row AS survivor_row
FROM first
WHERE row > first_row
ORDER BY row
