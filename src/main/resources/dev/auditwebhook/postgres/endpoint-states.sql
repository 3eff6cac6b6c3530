-- How far the endpoints with the numbers $1 are, as of one moment; but what waits in the journal is
-- not counted.
SELECT
  e.id,
  e.number,
  e.configured,
  e.settings,
  p.owner,
  p.epoch,
  p.position,
  p.ahead,
  p.totals,
  i.wanted,
  i.dropped,
  ARRAY(SELECT s.id FROM {schema}.straggler s WHERE s.number = p.number ORDER BY s.id) AS stragglers,
  ARRAY(SELECT d.id FROM {schema}.dead_letter d WHERE d.number = p.number ORDER BY d.id) AS letters,
  h.last_id,
  h.arrived,
  h.rejected,
  n.name AS node
FROM {schema}.progress p
JOIN {schema}.endpoint e USING (number)
JOIN {schema}.intake i USING (number)
CROSS JOIN {schema}.head h
LEFT JOIN {schema}.node n ON n.id = p.owner AND n.until > clock_timestamp()
WHERE p.number = ANY ($1::integer[])
