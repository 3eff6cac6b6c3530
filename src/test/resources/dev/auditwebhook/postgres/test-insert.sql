INSERT INTO {schema}.inbox (action) VALUES ($1)
