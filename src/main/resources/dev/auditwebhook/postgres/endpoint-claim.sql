-- The node $1 has from now on what nobody has of the endpoints with the numbers $3. Gives their
-- numbers, and whose they were when its lease ran out.
WITH expired AS (
  -- Locked, so that none of them renews its lease meanwhile.
  SELECT id, name FROM {schema}.node WHERE until <= clock_timestamp() FOR SHARE
), seen AS MATERIALIZED (
  SELECT p.number, p.epoch
  FROM {schema}.progress p
  WHERE
    p.number = ANY ($3::integer[])
    AND (
      p.owner IS NULL
      OR p.owner IN (SELECT id FROM expired)
      OR NOT EXISTS (SELECT FROM {schema}.node n WHERE n.id = p.owner))
), free AS (
  -- Those that nobody took since they were seen: it may be a node that came after that.
  SELECT p.number, p.owner
  FROM {schema}.progress p JOIN seen USING (number)
  WHERE p.epoch = seen.epoch
  ORDER BY p.number
  FOR UPDATE OF p SKIP LOCKED
)
UPDATE {schema}.progress p
SET owner = $1, epoch = p.epoch + 1, step = 0
FROM free
LEFT JOIN {schema}.node former ON former.id = free.owner
WHERE p.number = free.number
RETURNING p.number, former.name AS former, pg_notify($2, 'endpoints')
