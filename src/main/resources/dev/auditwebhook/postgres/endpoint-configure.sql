-- The endpoints $1 are configured otherwise from now on, as $2 says.
UPDATE {schema}.endpoint e
SET configured = c.configured::json, version = e.version + 1
FROM unnest($1::text[], $2::text[]) AS c (id, configured)
WHERE e.id = c.id AND e.number IS NOT NULL
