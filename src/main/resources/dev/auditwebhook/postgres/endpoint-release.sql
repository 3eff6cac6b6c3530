-- The node $1 has the endpoints with the numbers $3 no more, those that it has in the epochs $4.
UPDATE {schema}.progress p
SET owner = NULL, epoch = p.epoch + 1
FROM unnest($3::integer[], $4::bigint[]) AS given (number, epoch)
WHERE p.number = given.number AND p.owner = $1 AND p.epoch = given.epoch
RETURNING pg_notify($2, 'endpoints')
