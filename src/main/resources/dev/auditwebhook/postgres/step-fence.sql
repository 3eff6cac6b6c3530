-- Of these endpoints no step of a lower number is kept any more: this waits for one that is just
-- being kept.
UPDATE {schema}.progress p SET step = greatest(p.step, s.step)
FROM unnest($2::integer[], $3::bigint[], $4::bigint[]) AS s (number, epoch, step)
WHERE p.number = s.number AND p.owner = $1 AND p.epoch = s.epoch
