-- How the journal goes on after an id, as of one moment: the end of all, which has no action, but
-- the content of the event $4, and the first events, not too many bytes of them.
WITH page AS (
  SELECT id, action, content, accepted_at, recipients
  FROM (
    SELECT
      id, action, content, accepted_at, recipients,
      sum(octet_length(content)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS bytes
    FROM {schema}.journal
    WHERE id > $1
    ORDER BY id
    LIMIT $2) AS following
  WHERE bytes - octet_length(content) < $3
  ORDER BY id
)
SELECT
  last_id AS id, NULL AS action,
  (SELECT content FROM {schema}.journal WHERE id = $4) AS content,
  NULL AS accepted_at, NULL AS recipients,
  arrived, rejected,
  ARRAY(SELECT number FROM {schema}.intake WHERE dropped > 0 ORDER BY number) AS numbers,
  ARRAY(SELECT dropped FROM {schema}.intake WHERE dropped > 0 ORDER BY number) AS dropped
FROM {schema}.head
WHERE one
UNION ALL
SELECT id, action, content, accepted_at, recipients, NULL, NULL, NULL, NULL FROM page
