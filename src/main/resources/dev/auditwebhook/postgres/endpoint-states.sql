-- How far the endpoints with the numbers $1 are, as of one moment. The events that wait are counted
-- in one passage through the journal, by whom they are for and which of the cursors they are above.
WITH asked AS (
  SELECT * FROM {schema}.progress WHERE number = ANY ($1::integer[])
), marks AS (
  SELECT array_agg(DISTINCT position + 1 ORDER BY position + 1) AS ids FROM asked
), groups AS (
  SELECT width_bucket(j.id, marks.ids) AS mark, j.recipients, count(*) AS events
  FROM marks, {schema}.journal j
  WHERE
    j.id > (SELECT min(position) FROM asked)
    AND j.id <= (SELECT last_id FROM {schema}.head)
  GROUP BY 1, 2
), above AS (
  SELECT a.number, sum(g.events)::bigint AS events
  FROM marks, asked a, groups g
  WHERE
    g.mark >= array_position(marks.ids, a.position + 1)
    AND CASE
      WHEN octet_length(g.recipients) > a.number / 8 THEN get_bit(g.recipients, a.number) = 1
      ELSE false
    END
  GROUP BY a.number
)
SELECT
  e.id,
  e.number,
  e.configured,
  e.settings,
  a.owner,
  a.epoch,
  a.position,
  a.ahead,
  a.totals,
  a.oldest_at,
  i.wanted,
  i.dropped,
  coalesce(above.events, 0) - cardinality(a.ahead) AS waiting,
  ARRAY(SELECT s.id FROM {schema}.straggler s WHERE s.number = a.number ORDER BY s.id) AS stragglers,
  ARRAY(SELECT d.id FROM {schema}.dead_letter d WHERE d.number = a.number ORDER BY d.id) AS letters,
  h.last_id,
  h.arrived,
  h.rejected,
  n.name AS node
FROM asked a
JOIN {schema}.endpoint e USING (number)
JOIN {schema}.intake i USING (number)
CROSS JOIN {schema}.head h
LEFT JOIN above USING (number)
LEFT JOIN {schema}.node n ON n.id = a.owner AND n.until > clock_timestamp()
