-- Endpoints that were configured, or removed while they were, and that the configuration of no
-- living node names any more, are removed. Gives those that were still there.
WITH unnamed AS (
  SELECT e.id, e.number
  FROM {schema}.endpoint e
  WHERE
    (e.configured IS NOT NULL OR e.number IS NULL)
    AND NOT EXISTS (
      SELECT FROM {schema}.node n
      WHERE n.until > clock_timestamp() - interval '1 hour' AND e.id = ANY (n.configured))
), stopped AS (
  -- Before all else, as the steps of an owner lock it first.
  DELETE FROM {schema}.progress p
  USING unnamed
  WHERE p.number = unnamed.number
  RETURNING p.number, p.totals[1] + p.totals[2] AS ended
), removed AS (
  DELETE FROM {schema}.endpoint e
  USING unnamed LEFT JOIN stopped USING (number)
  -- Not one that was made again meanwhile.
  WHERE e.id = unnamed.id AND e.number IS NOT DISTINCT FROM unnamed.number
  RETURNING e.id, e.number, stopped.ended
), uncounted AS (
  DELETE FROM {schema}.intake i
  USING removed
  WHERE i.number = removed.number
  RETURNING i.number, i.wanted - i.dropped AS accepted
), forgotten AS (
  DELETE FROM {schema}.straggler s USING removed WHERE s.number = removed.number
), letters AS (
  DELETE FROM {schema}.dead_letter d
  USING removed
  WHERE d.number = removed.number
  RETURNING d.number
), former AS (
  INSERT INTO {schema}.former_number (number)
  SELECT number FROM removed WHERE number IS NOT NULL
  ON CONFLICT (number) DO UPDATE SET freed = clock_timestamp()
)
SELECT
  removed.id,
  uncounted.accepted - removed.ended AS pending,
  (SELECT count(*) FROM letters WHERE letters.number = removed.number) AS dead_letters
FROM removed
JOIN uncounted USING (number)
