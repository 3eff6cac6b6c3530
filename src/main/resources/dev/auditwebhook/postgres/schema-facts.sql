-- What there is, and what the user may do: $1 is the name of the schema.
SELECT
  current_setting('server_version_num')::integer AS server,
  getdatabaseencoding()::text AS encoding,
  current_database()::text AS database,
  current_user::text AS username,
  has_database_privilege(current_database(), 'CREATE') AS may_create,
  s.oid IS NOT NULL AS there,
  coalesce(
    has_schema_privilege(s.oid, 'USAGE') AND has_schema_privilege(s.oid, 'CREATE'),
    false) AS usable,
  v.oid IS NOT NULL AS versioned,
  coalesce(pg_has_role(v.relowner, 'USAGE'), false) AS owned,
  pg_get_userbyid(v.relowner)::text AS owner
FROM (SELECT $1::text AS schema) wanted
LEFT JOIN pg_namespace s ON s.nspname = wanted.schema
LEFT JOIN pg_class v ON v.relnamespace = s.oid AND v.relname = 'version'
