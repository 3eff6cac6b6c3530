-- Takes what a node is asked to do, each request once and none that is too old; also what earlier
-- takes of it took whose answers were lost.
-- $1 node, $2 this take, $3 those whose answers were lost
UPDATE {schema}.request
SET taken_by = $2
WHERE target = $1 AND code IS NULL AND until > clock_timestamp()
  AND (taken_by IS NULL OR taken_by = ANY ($3::text[]))
RETURNING id, what, body, made
