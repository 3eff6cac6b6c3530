-- $1 is in seconds.
SELECT pg_sleep($1::double precision)
