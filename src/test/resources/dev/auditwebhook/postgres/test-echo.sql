SELECT $1::text AS text
