-- The node $1 gives back what it has, and is gone.
WITH back AS (
  UPDATE {schema}.progress SET owner = NULL, epoch = epoch + 1 WHERE owner = $1
)
DELETE FROM {schema}.node WHERE id = $1
RETURNING pg_notify($2, 'endpoints')
