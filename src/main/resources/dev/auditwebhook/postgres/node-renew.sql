-- Renews the lease of the node $1 by $3 milliseconds, and says of it what others are to know, which
-- they are told when that is new by $8. A row that is not there, or no more, is made.
INSERT INTO {schema}.node AS n (id, name, until, generation, configured, refuses, claims)
VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond', $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE
SET
  seen = clock_timestamp(),
  until = clock_timestamp() + $3::bigint * interval '1 millisecond',
  configured = excluded.configured,
  refuses = excluded.refuses,
  claims = excluded.claims
RETURNING n.generation, CASE WHEN $8 THEN pg_notify($9, 'endpoints') END
