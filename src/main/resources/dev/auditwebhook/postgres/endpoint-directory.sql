-- All endpoints. Those with the numbers $1 are known in the versions $2: of them, configuration and
-- settings are left out while they are the same.
SELECT
  e.id,
  e.number,
  e.version,
  p.owner,
  p.epoch,
  i.wanted - i.dropped - p.totals[1] - p.totals[2] AS pending,
  known.number IS NULL AS changed,
  CASE WHEN known.number IS NULL THEN e.configured END AS configured,
  CASE WHEN known.number IS NULL THEN e.settings END AS settings
FROM {schema}.endpoint e
JOIN {schema}.progress p USING (number)
JOIN {schema}.intake i USING (number)
LEFT JOIN unnest($1::integer[], $2::bigint[]) AS known (number, version)
  ON known.number = e.number AND known.version = e.version
