-- How many events are pending for endpoints, as good as known.
SELECT i.number, i.wanted - i.dropped - p.totals[1] - p.totals[2] AS pending
FROM unnest($1::integer[]) AS n (number)
JOIN {schema}.intake i ON i.number = n.number
JOIN {schema}.progress p ON p.number = n.number
