-- How many events the journal has above $3, up to $4, for the endpoints with the numbers $1, each
-- above its cursor in $2. It is gone through once: events are counted by whom they are for and which
-- of the cursors they are above.
WITH asked AS (
  SELECT a.number, a.position + 1 AS first
  FROM unnest($1::integer[], $2::bigint[]) AS a (number, position)
), marks AS (
  SELECT array_agg(DISTINCT first ORDER BY first) AS firsts FROM asked
), marked AS (
  SELECT asked.number, width_bucket(asked.first, marks.firsts) AS mark FROM asked, marks
), groups AS (
  SELECT width_bucket(j.id, marks.firsts) AS mark, j.recipients, count(*) AS events
  FROM {schema}.journal j, marks
  WHERE j.id > $3 AND j.id <= $4
  GROUP BY 1, 2
)
SELECT marked.number, sum(groups.events)::bigint AS events
FROM marked
JOIN groups
  ON groups.mark >= marked.mark
  AND CASE
    WHEN octet_length(groups.recipients) > marked.number / 8
    THEN get_bit(groups.recipients, marked.number) = 1
    ELSE false
  END
GROUP BY marked.number
