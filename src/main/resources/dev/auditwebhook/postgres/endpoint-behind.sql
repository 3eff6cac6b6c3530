-- The endpoints of the node $1 whose cursors are kept far behind the end of the journal.
SELECT e.id
FROM {schema}.progress p
JOIN {schema}.endpoint e USING (number)
CROSS JOIN {schema}.head h
WHERE p.owner = $1 AND h.last_id - p.position > h.partition_size / 10
