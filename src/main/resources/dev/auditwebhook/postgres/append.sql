-- Keeps a group: events, which get the next ids, and what of it was for whom. All or nothing, in one
-- statement, so that a node which stops just then holds no lock. Locks are taken in this order: the
-- row of the node, the inbox, the head, the intake. Gives a row an endpoint that is counted, or one
-- without a number when there is none; nothing when this node may keep nothing any more.
--
-- "= ANY (ARRAY[...])" has rows looked up by their keys, one by one.
WITH fence AS (
  SELECT id FROM {schema}.node WHERE id = $1 AND generation = $2 FOR NO KEY UPDATE
), emitted AS (
  DELETE FROM {schema}.inbox USING fence WHERE seq = ANY ($16::bigint[]) RETURNING seq
), head AS (
  UPDATE {schema}.head h
  SET last_id = h.last_id + $5, arrived = h.arrived + $6, rejected = h.rejected + $7
  FROM fence
  WHERE h.one
  RETURNING h.last_id - $5 AS base, h.last_id, h.arrived, h.rejected
), events AS (
  INSERT INTO {schema}.journal (id, action, content, accepted_at, recipients)
  SELECT head.base + e.place, e.action, e.content, e.accepted_at, e.recipients
  FROM
    head,
    unnest($8::integer[], $9::text[], $10::bytea[], $11::bigint[], $12::bytea[])
      AS e (place, action, content, accepted_at, recipients)
), counted AS (
  -- No UPDATE: that would have rows judged again that others have counted for meanwhile, which
  -- PostgreSQL 18 cannot do with several of them and the head. One too many, as the endpoint is
  -- removed just now, is nobody's.
  INSERT INTO {schema}.intake AS i (number, wanted, dropped)
  SELECT c.number, c.wanted, c.dropped
  FROM
    head,
    unnest($13::integer[], $14::bigint[], $15::bigint[]) AS c (number, wanted, dropped)
  WHERE EXISTS (SELECT FROM {schema}.intake known WHERE known.number = ANY (ARRAY[c.number]))
  ON CONFLICT (number)
  DO UPDATE SET wanted = i.wanted + excluded.wanted, dropped = i.dropped + excluded.dropped
  RETURNING i.number, i.wanted, i.dropped
), kept AS (
  UPDATE {schema}.node n
  SET group_no = $3, first_id = head.base + 1
  FROM head
  WHERE n.id = $1
  RETURNING
    n.first_id,
    CASE WHEN $5 > 0 THEN pg_notify($4, 'journal ' || head.last_id) END AS told
)
SELECT
  kept.first_id,
  head.arrived,
  head.rejected,
  counted.number,
  counted.wanted,
  counted.dropped,
  -- As good as known: what was delivered or failed may be some steps behind.
  counted.wanted - counted.dropped - p.totals[1] - p.totals[2] AS pending
FROM head, kept
LEFT JOIN counted ON true
LEFT JOIN {schema}.progress p ON p.number = ANY (ARRAY[counted.number])
-- Before all else: a division by 0 when another node has moved some of the inbox.
WHERE
  1 / (
    (SELECT count(*) FROM emitted) = (SELECT count(*) * cardinality($16::bigint[]) FROM fence)
  )::integer = 1
