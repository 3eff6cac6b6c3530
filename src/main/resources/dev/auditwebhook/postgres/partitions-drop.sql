-- Drops some of the partitions that no endpoint needs any more. What reads or appends waits while
-- this waits for what does so already: so it gives up soon.
DO $drop$
DECLARE
  room   text;
  lowest bigint;
  past   regclass;
BEGIN
  PERFORM set_config('lock_timeout', '100ms', true);
  LOCK TABLE ONLY {schema}.journal IN ACCESS EXCLUSIVE MODE;
  SELECT
    c.relnamespace::regnamespace,
    coalesce((SELECT min(position) FROM {schema}.progress), h.last_id)
  INTO room, lowest
  FROM {schema}.head h JOIN pg_class c ON c.oid = h.tableoid
  WHERE h.one;
  FOR past IN
    SELECT c.oid
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE
      i.inhparent = (room || '.journal')::regclass
      AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)'''))[1]::bigint
        <= lowest + 1
    ORDER BY c.oid
    LIMIT 8
  LOOP
    EXECUTE 'DROP TABLE ' || past;
  END LOOP;
END
$drop$
