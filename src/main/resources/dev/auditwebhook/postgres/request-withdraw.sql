-- Takes a request back, unless its node has begun with it.
-- $1 id
DELETE FROM {schema}.request
WHERE id = $1 AND NOT taken
RETURNING id
