-- Nodes that are gone for an hour, and numbers whose former endpoints no node can know any more.
WITH numbers AS (
  DELETE FROM {schema}.former_number WHERE freed < clock_timestamp() - interval '1 hour'
)
DELETE FROM {schema}.node n
WHERE
  n.until < clock_timestamp() - interval '1 hour'
  AND NOT EXISTS (SELECT FROM {schema}.progress p WHERE p.owner = n.id)
