-- Whether the journal needs more partitions, how many of them nobody needs any more, and how far
-- the endpoint that is most behind is behind.
SELECT
  h.last_id,
  coalesce(max(b.above), 1) <= h.last_id + 2 * h.partition_size AS needed,
  count(*) FILTER (WHERE b.above - 1 <= coalesce(l.lowest, h.last_id)) AS past,
  greatest(h.last_id - coalesce(l.lowest, h.last_id), 0) AS lag
FROM {schema}.head h
CROSS JOIN (SELECT min(position) AS lowest FROM {schema}.progress) l
LEFT JOIN pg_class j
  ON j.relname = 'journal'
  AND j.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = h.tableoid)
LEFT JOIN pg_inherits i ON i.inhparent = j.oid
LEFT JOIN pg_class c ON c.oid = i.inhrelid
LEFT JOIN LATERAL (
  SELECT (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)''\)'))[1]::bigint AS above
) b ON true
WHERE h.one
GROUP BY h.last_id, h.partition_size, l.lowest
