-- One node at a time joins: $1 is the name of the schema.
SELECT pg_advisory_xact_lock(hashtextextended('audit webhook nodes ' || $1::text, 0))
