-- Takes what a node is asked to do, each request once and none that is too old.
-- $1 node
UPDATE {schema}.request
SET taken = true
WHERE target = $1 AND NOT taken AND until > clock_timestamp()
RETURNING id, what, body, made
