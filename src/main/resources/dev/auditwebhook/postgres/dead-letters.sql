-- The first of some dead letters, not too many bytes of them.
SELECT id, action, content, accepted_at, attempts, status, error, response, failed_at
FROM (
  SELECT *, sum(size) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS bytes
  FROM (
    SELECT
      *,
      octet_length(content) + length(action) + length(error) + coalesce(length(response), 0)
        AS size
    FROM {schema}.dead_letter
    WHERE number = $1 AND id = ANY ($2::bigint[])) AS letters) AS following
WHERE bytes - size < $3
ORDER BY id
