SELECT id, action, content, accepted_at, attempts, since
FROM {schema}.straggler
WHERE number = $1 AND id = ANY ($2::bigint[])
ORDER BY id
