-- What was emitted, above $1 and without the actions of $2: the first $3 rows of it, of which all but
-- the last have less than $4 bytes together.
SELECT seq, action, details, coalesce(occurred_at, emitted_at) AS occurred_at
FROM (
  SELECT
    page.*,
    sum(octet_length(action) + coalesce(octet_length(details), 0))
      OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
  FROM (
    SELECT * FROM {schema}.inbox
    WHERE seq > $1 AND action <> ALL ($2::text[])
    ORDER BY seq
    LIMIT $3
  ) page
) measured
WHERE coalesce(bytes_before, 0) < $4
ORDER BY seq
