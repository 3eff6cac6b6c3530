-- Removes what was left behind.
DELETE FROM {schema}.request WHERE until < clock_timestamp() - interval '1 minute'
