-- Removes requests whose replies were read.
-- $1 ids
DELETE FROM {schema}.request WHERE id = ANY ($1::text[])
