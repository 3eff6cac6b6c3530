-- How many ids are to have a partition, for what makes them in this transaction.
SELECT set_config('webhook.ahead', $1::bigint::text, true)
