-- One node at a time migrates: $1 is the name of the schema.
SELECT pg_advisory_xact_lock(hashtextextended('audit webhook ' || $1::text, 0))
