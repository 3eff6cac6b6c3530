-- The first events for an endpoint with number $1 in a part of the journal, not too many bytes of
-- them.
SELECT id, action, content, accepted_at
FROM (
  SELECT
    id, action, content, accepted_at,
    sum(octet_length(content)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS bytes
  FROM {schema}.journal
  WHERE id > $2 AND id <= $3
    AND CASE
      WHEN octet_length(recipients) > $1 / 8 THEN get_bit(recipients, $1::bigint) = 1
      ELSE false
    END
  ORDER BY id
  LIMIT $4) AS following
WHERE bytes - octet_length(content) < $5
ORDER BY id
