-- All that the configurations of nodes have to do with.
SELECT id, number IS NOT NULL AS there, configured, settings FROM {schema}.endpoint
