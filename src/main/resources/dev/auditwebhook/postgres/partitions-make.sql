-- Makes partitions for the next ids. The lock is the one that ATTACH takes: what reads or appends
-- does not wait for it.
DO $make$
DECLARE
  room  text;
  last  bigint;
  size  bigint;
  above bigint;
BEGIN
  LOCK TABLE ONLY {schema}.journal IN SHARE UPDATE EXCLUSIVE MODE;
  SELECT c.relnamespace::regnamespace, h.last_id, h.partition_size INTO room, last, size
  FROM {schema}.head h JOIN pg_class c ON c.oid = h.tableoid
  WHERE h.one;
  SELECT max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)'''))[1]::bigint)
  INTO above
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = (room || '.journal')::regclass;
  -- Where there is none the journal goes on near its end.
  above := greatest(above, last / size * size + 1);
  WHILE above <= last + greatest(2 * size, current_setting('webhook.ahead')::bigint) LOOP
    EXECUTE format(
      'CREATE TABLE %1$s.journal_%2$s (LIKE %1$s.journal INCLUDING ALL)', room, above);
    EXECUTE format(
      'ALTER TABLE %1$s.journal ATTACH PARTITION %1$s.journal_%2$s'
      ' FOR VALUES FROM (%2$s) TO (%3$s)',
      room, above, above + size);
    above := above + size;
  END LOOP;
END
$make$
