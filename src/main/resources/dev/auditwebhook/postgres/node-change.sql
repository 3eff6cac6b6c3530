-- What others are to know of the node $1: which endpoints its configuration names, which it cannot
-- run, and whether it takes endpoints over.
UPDATE {schema}.node SET configured = $3, refuses = $4, claims = $5 WHERE id = $1
RETURNING pg_notify($2, 'endpoints')
