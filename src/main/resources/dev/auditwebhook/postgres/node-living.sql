-- The nodes whose leases run, the one that is there longest first.
SELECT id, refuses, claims
FROM {schema}.node
WHERE until > clock_timestamp()
ORDER BY started, id
