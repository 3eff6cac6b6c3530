CREATE TABLE {schema}.added (one integer);
