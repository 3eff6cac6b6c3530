INSERT INTO {schema}.version (number, readable_by) VALUES ($1, $2)
