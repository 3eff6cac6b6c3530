-- The replies that came for a node.
-- $1 node
SELECT id, code, reply FROM {schema}.request WHERE sender = $1 AND code IS NOT NULL
