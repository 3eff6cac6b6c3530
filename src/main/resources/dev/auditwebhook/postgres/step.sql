-- Keeps what endpoints did. An endpoint counts only while $1 is its owner in the given epoch, has
-- kept no later step, and speaks of events that are there: all else hangs on that. Gives the numbers
-- of those that count. What is said of single events holds whatever is kept of them so far.
--
-- "= ANY (ARRAY[...])" and BETWEEN have rows looked up by their keys, one by one: this is planned
-- once, when the tables may be empty, and is to cost no more when they are large.
WITH mine AS (
  UPDATE {schema}.progress p
  SET step = s.step, position = s.position, ahead = s.ahead::bigint[], totals = s.totals::bigint[]
  FROM
    unnest(
      $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
      $9::bigint[]) AS s (number, epoch, step, position, ahead, totals, reach)
  WHERE
    p.number = ANY (ARRAY[s.number])
    AND p.owner = $1
    AND p.epoch = s.epoch
    AND p.step < s.step
    AND s.reach <= (SELECT last_id FROM {schema}.head WHERE one)
  RETURNING p.number
), kept AS (
  SELECT k.*
  FROM
    mine,
    unnest(
      $10::integer[], $11::bigint[], $12::text[], $13::bytea[], $14::bigint[], $15::integer[],
      $16::bigint[]) AS k (number, id, action, content, accepted_at, attempts, since)
  WHERE k.number = mine.number
), buried AS (
  SELECT b.*
  FROM
    mine,
    unnest(
      $17::integer[], $18::bigint[], $19::text[], $20::bytea[], $21::bigint[], $22::integer[],
      $23::integer[], $24::text[], $25::text[], $26::text[])
      AS b (
        number, id, action, content, accepted_at, attempts, status, error, response, failed_at)
  WHERE b.number = mine.number
), redriven AS (
  SELECT d.number, d.id, d.action, d.content, d.accepted_at, 0 AS attempts, r.since
  FROM
    mine,
    unnest($27::integer[], $28::bigint[], $29::bigint[]) AS r (number, id, since),
    {schema}.dead_letter d
  WHERE r.number = mine.number
    AND d.number = ANY (ARRAY[r.number]) AND d.id BETWEEN r.id AND r.id
), removed AS (
  SELECT r.*
  FROM mine, unnest($30::integer[], $31::bigint[]) AS r (number, id)
  WHERE r.number = mine.number
), new_stragglers AS (
  INSERT INTO {schema}.straggler (number, id, action, content, accepted_at, attempts, since)
  SELECT * FROM kept UNION ALL SELECT * FROM redriven
  ON CONFLICT (number, id)
  DO UPDATE SET attempts = excluded.attempts, since = excluded.since
), old_stragglers AS (
  DELETE FROM {schema}.straggler s
  USING (SELECT number, id FROM buried UNION ALL SELECT number, id FROM removed) gone
  WHERE s.number = ANY (ARRAY[gone.number]) AND s.id BETWEEN gone.id AND gone.id
), new_letters AS (
  INSERT INTO {schema}.dead_letter
    (number, id, action, content, accepted_at, attempts, status, error, response, failed_at)
  SELECT * FROM buried
  ON CONFLICT (number, id)
  DO UPDATE SET
    attempts = excluded.attempts,
    status = excluded.status,
    error = excluded.error,
    response = excluded.response,
    failed_at = excluded.failed_at
), old_letters AS (
  DELETE FROM {schema}.dead_letter d
  USING (
    SELECT number, id FROM kept
    UNION ALL SELECT number, id FROM redriven
    UNION ALL SELECT number, id FROM removed) gone
  WHERE d.number = ANY (ARRAY[gone.number]) AND d.id BETWEEN gone.id AND gone.id
), settings AS (
  UPDATE {schema}.endpoint e
  SET settings = s.settings::json, version = e.version + 1
  FROM mine, unnest($32::integer[], $33::text[]) AS s (number, settings)
  WHERE s.number = mine.number AND e.number = s.number AND e.settings::text <> s.settings
  RETURNING pg_notify($2, 'endpoints')
)
SELECT number FROM mine
