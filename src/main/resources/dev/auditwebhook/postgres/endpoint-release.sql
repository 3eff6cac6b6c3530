-- The node $1 has the endpoint with the number $3 no more, if it has it in the epoch $4.
UPDATE {schema}.progress
SET owner = NULL, epoch = epoch + 1
WHERE number = $3 AND owner = $1 AND epoch = $4
RETURNING pg_notify($2, 'endpoints')
