-- Asks a node, which has so many milliseconds to begin with it.
-- $1 id, $2 sender, $3 target, $4 what, $5 body, $6 milliseconds, $7 channel
WITH sent AS (
  INSERT INTO {schema}.request (id, sender, target, what, body, until)
  VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6::bigint * interval '1 millisecond')
  RETURNING target
)
SELECT pg_notify($7, 'request ' || target) FROM sent
