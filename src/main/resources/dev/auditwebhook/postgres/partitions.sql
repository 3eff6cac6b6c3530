-- Whether the journal needs more partitions, how many of them nobody needs any more, and how far
-- the slowest endpoint is behind.
SELECT
  coalesce(max(b.above), 1) <= h.last_id + 2 * h.partition_size AS needed,
  count(*) FILTER (WHERE b.above <= p.lowest + 1) AS past,
  h.last_id - p.waiting AS lag
FROM {schema}.head h
JOIN pg_class own ON own.oid = h.tableoid
JOIN pg_class j ON j.relnamespace = own.relnamespace AND j.relname = 'journal'
LEFT JOIN pg_inherits i ON i.inhparent = j.oid
LEFT JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (
  SELECT (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)'''))[1]::bigint AS above
) b
CROSS JOIN LATERAL (
  SELECT
    coalesce(min(position), h.last_id) AS lowest,
    -- Of an endpoint for which nothing waits, the position that is kept may be an old one.
    coalesce(
      min(position) FILTER (WHERE wanted - dropped - totals[1] - totals[2] > 0),
      h.last_id) AS waiting
  FROM {schema}.progress JOIN {schema}.intake USING (number)
) p
WHERE h.one
GROUP BY h.last_id, h.partition_size, p.lowest, p.waiting
