UPDATE {schema}.inbox_limit SET max_entry_bytes = $1 WHERE max_entry_bytes <> $1
