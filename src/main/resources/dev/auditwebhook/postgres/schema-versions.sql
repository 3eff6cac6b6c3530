-- The lock has a server that is read-only refuse.
SELECT number, readable_by FROM {schema}.version FOR KEY SHARE
