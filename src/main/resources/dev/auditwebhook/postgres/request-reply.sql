-- Answers a request; whoever asked may have given up by now.
-- $1 id, $2 code, $3 reply, $4 channel
WITH answered AS (
  UPDATE {schema}.request SET code = $2, reply = $3 WHERE id = $1
  RETURNING sender
)
SELECT pg_notify($4, 'reply ' || sender) FROM answered
