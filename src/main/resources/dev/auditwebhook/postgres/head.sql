SELECT prefix, last_id, arrived, rejected FROM {schema}.head WHERE one
