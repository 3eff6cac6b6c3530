-- Makes those of the endpoints $3 that are not there, with the configurations $4, for the node $1,
-- or for nobody yet. They get the lowest numbers that nobody has or had of late, and what arrives
-- from now on. Gives those that were made.
WITH asked AS (
  SELECT a.id, a.configured, row_number() OVER (ORDER BY a.place) AS place
  FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS a (id, configured, place)
  LEFT JOIN {schema}.endpoint e ON e.id = a.id
  WHERE e.number IS NULL
), free AS (
  SELECT n.number, row_number() OVER (ORDER BY n.number) AS place
  FROM
    generate_series(
      0,
      cardinality($3::text[])
        + (SELECT count(*)::integer FROM {schema}.endpoint)
        + (SELECT count(*)::integer FROM {schema}.former_number)) AS n (number)
  WHERE
    NOT EXISTS (SELECT FROM {schema}.endpoint e WHERE e.number = n.number)
    AND NOT EXISTS (
      SELECT FROM {schema}.former_number f
      WHERE f.number = n.number AND f.freed >= clock_timestamp() - interval '1 hour')
), chosen AS (
  SELECT asked.id, asked.configured, free.number FROM asked JOIN free USING (place)
), again AS (
  UPDATE {schema}.endpoint e
  SET
    number = c.number,
    version = e.version + 1,
    configured = c.configured::json,
    settings = '{}'
  FROM chosen c
  WHERE e.id = c.id AND e.number IS NULL
  RETURNING e.id, e.number
), fresh AS (
  INSERT INTO {schema}.endpoint (id, number, configured, settings)
  SELECT c.id, c.number, c.configured::json, '{}'
  FROM chosen c
  WHERE NOT EXISTS (SELECT FROM {schema}.endpoint e WHERE e.id = c.id)
  ON CONFLICT (id) DO NOTHING
  RETURNING id, number
), made AS (
  SELECT id, number FROM again UNION ALL SELECT id, number FROM fresh
), former AS (
  DELETE FROM {schema}.former_number f USING made WHERE f.number = made.number
), stragglers AS (
  -- A step that was being kept when the former one was removed may have left some.
  DELETE FROM {schema}.straggler s USING made WHERE s.number = made.number
), letters AS (
  DELETE FROM {schema}.dead_letter d USING made WHERE d.number = made.number
), counted AS (
  INSERT INTO {schema}.intake (number) SELECT number FROM made
  ON CONFLICT (number) DO UPDATE SET wanted = 0, dropped = 0
), begun AS (
  INSERT INTO {schema}.progress (number, owner, epoch, position, totals)
  SELECT made.number, $1, 1, head.last_id, ARRAY[0, 0, head.arrived, 0, 0, 0]
  FROM made, {schema}.head
)
SELECT made.id, made.number, head.last_id, head.arrived, pg_notify($2, 'endpoints')
FROM made, {schema}.head
