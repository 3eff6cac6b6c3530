-- No group of an earlier generation of a node is kept any more, and the last one that was kept is
-- known: this waits for one that is just being kept.
UPDATE {schema}.node SET generation = generation + 1
WHERE id = $1
RETURNING generation, group_no, first_id
