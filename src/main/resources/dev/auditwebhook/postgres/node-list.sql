-- All nodes that were there lately, and how many endpoints each has.
SELECT
  n.id,
  n.name,
  n.id = $1 AS self,
  n.until > clock_timestamp() AS alive,
  n.started,
  n.seen,
  count(p.number) AS endpoints
FROM {schema}.node n
LEFT JOIN {schema}.progress p ON p.owner = n.id
GROUP BY n.id
ORDER BY n.started, n.id
