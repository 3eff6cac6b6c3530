-- Forgets endpoint $1, while $2 is its owner in epoch $3; all but settings $4, if there are any.
-- Says whether nothing runs it any more, be it since now.
WITH gone AS (
  DELETE FROM {schema}.progress p
  USING {schema}.endpoint e
  WHERE e.id = $1 AND p.number = e.number AND p.owner = $2 AND p.epoch = $3
  RETURNING p.number
), intake AS (
  DELETE FROM {schema}.intake USING gone WHERE intake.number = gone.number
), stragglers AS (
  DELETE FROM {schema}.straggler USING gone WHERE straggler.number = gone.number
), letters AS (
  DELETE FROM {schema}.dead_letter USING gone WHERE dead_letter.number = gone.number
), former AS (
  INSERT INTO {schema}.former_number (number) SELECT number FROM gone
  ON CONFLICT (number) DO UPDATE SET freed = excluded.freed
), removed AS (
  DELETE FROM {schema}.endpoint USING gone
  WHERE endpoint.number = gone.number AND $4::text IS NULL
), remaining AS (
  UPDATE {schema}.endpoint SET number = NULL, settings = $4::json, version = version + 1
  FROM gone
  WHERE endpoint.number = gone.number AND $4::text IS NOT NULL
)
SELECT
  EXISTS (SELECT pg_notify($5, 'endpoints') FROM gone)
    OR NOT EXISTS (SELECT FROM {schema}.endpoint WHERE id = $1 AND number IS NOT NULL) AS forgotten
