-- Takes a request back, unless its node took it; the row stays, so that whoever asks again is told
-- the same.
-- $1 id, $2 sender
WITH back AS (
  UPDATE {schema}.request
  SET taken_by = $2
  WHERE id = $1 AND (taken_by IS NULL OR taken_by = $2)
  RETURNING id
)
SELECT EXISTS (SELECT FROM back) AS back,
  EXISTS (SELECT FROM {schema}.request WHERE id = $1) AS there
