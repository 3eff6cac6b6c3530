-- The tables of one webhook, which all its nodes share. {schema} is the name of the schema, quoted.

-- The migrations that were done.
CREATE TABLE {schema}.version (
  number      integer     PRIMARY KEY,
  readable_by integer     NOT NULL,  -- the lowest number that a module must know to work on these tables
  at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row: how far the journal has come, and the totals of all entries.
CREATE TABLE {schema}.head (
  one             boolean PRIMARY KEY DEFAULT true CHECK (one),
  prefix          text    NOT NULL,            -- starts every message id
  last_id         bigint  NOT NULL DEFAULT 0,  -- the last event_id that was given
  arrived         bigint  NOT NULL DEFAULT 0,  -- valid entries so far
  rejected        bigint  NOT NULL DEFAULT 0,  -- entries that were not valid
  partition_size  bigint  NOT NULL DEFAULT 200000
) WITH (fillfactor = 10);

-- The accepted events. The past is dropped by partition: nothing is deleted one by one.
CREATE TABLE {schema}.journal (
  id          bigint PRIMARY KEY,  -- the event_id
  action      text   NOT NULL,     -- U+0000 is kept as U+FFFD; the content has it as it is
  content     bytea  NOT NULL,     -- the JSON that is sent, from what comes after the event_id on
  accepted_at bigint NOT NULL,     -- milliseconds since the epoch
  recipients  bytea  NOT NULL      -- one bit an endpoint, by its number: bit n % 8 of byte n / 8
) PARTITION BY RANGE (id);
ALTER TABLE {schema}.journal ALTER COLUMN content SET STORAGE EXTERNAL;

-- The endpoints, as their settings go.
CREATE TABLE {schema}.endpoint (
  id         text    PRIMARY KEY,
  number     integer UNIQUE,             -- null when it was removed, and only settings are left
  version    bigint  NOT NULL DEFAULT 1, -- of configured and settings
  configured json,                       -- as the configuration has it, null when it does not name it
  settings   json    NOT NULL            -- what was set at run time
);

-- Numbers of endpoints that are gone: one is given again when no node can know its former owner.
CREATE TABLE {schema}.former_number (
  number integer     PRIMARY KEY,
  freed  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What arrived for an endpoint; written by the nodes that accept, along with the journal.
CREATE TABLE {schema}.intake (
  number  integer PRIMARY KEY,
  wanted  bigint NOT NULL DEFAULT 0,  -- entries that were for it
  dropped bigint NOT NULL DEFAULT 0   -- those of them that there was no room for
) WITH (fillfactor = 50);

-- How far an endpoint has come; written by the node that has it, whose epoch is in force.
CREATE TABLE {schema}.progress (
  number     integer  PRIMARY KEY,
  owner      text,                         -- the node that has it, null while none has
  epoch      bigint   NOT NULL DEFAULT 0,  -- one more with each change of the owner
  step       bigint   NOT NULL DEFAULT 0,  -- the number of the last step of this epoch
  position   bigint   NOT NULL,            -- the cursor: events up to this id are past
  ahead      bigint[] NOT NULL DEFAULT '{}', -- the ids above it that are past
  totals     bigint[] NOT NULL             -- delivered, failed, before, retried, redriven, evicted
) WITH (fillfactor = 50);

-- Pending events that the cursor has passed: tried and to be tried again, or redriven.
CREATE TABLE {schema}.straggler (
  number      integer NOT NULL,
  id          bigint  NOT NULL,
  action      text    NOT NULL,
  content     bytea   NOT NULL,
  accepted_at bigint  NOT NULL,
  attempts    integer NOT NULL,
  since       bigint  NOT NULL,  -- when it began to wait, milliseconds since the epoch
  PRIMARY KEY (number, id)
);

CREATE TABLE {schema}.dead_letter (
  number      integer NOT NULL,
  id          bigint  NOT NULL,
  action      text    NOT NULL,
  content     bytea   NOT NULL,
  accepted_at bigint  NOT NULL,
  attempts    integer NOT NULL,
  status      integer,
  error       text    NOT NULL,
  response    text,
  failed_at   text,
  PRIMARY KEY (number, id)
);

-- The nodes. Who has an endpoint has it until then, and no longer; a row stays a while after.
CREATE TABLE {schema}.node (
  id         text        PRIMARY KEY,
  name       text        NOT NULL,   -- for people
  started    timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen       timestamptz NOT NULL DEFAULT clock_timestamp(),
  until      timestamptz NOT NULL,   -- when its lease runs out
  generation bigint      NOT NULL DEFAULT 0,  -- a group of an earlier one is not kept any more
  group_no   bigint      NOT NULL DEFAULT 0,  -- the last group that it kept
  first_id   bigint      NOT NULL DEFAULT 0,  -- the first event_id of that group
  configured text[]      NOT NULL DEFAULT '{}', -- the endpoints that its configuration names
  refuses    text[]      NOT NULL DEFAULT '{}', -- the endpoints that it cannot run
  claims     boolean     NOT NULL DEFAULT false -- whether it takes endpoints over
) WITH (fillfactor = 50);

-- What a node asks of another one. Nothing of it need outlive anything.
CREATE UNLOGGED TABLE {schema}.request (
  id       text        PRIMARY KEY,
  sender   text        NOT NULL,
  target   text        NOT NULL,
  what     text        NOT NULL,
  body     text        NOT NULL,  -- JSON
  made     timestamptz NOT NULL DEFAULT clock_timestamp(),
  until    timestamptz NOT NULL,               -- it is not carried out later than that
  taken_by text,                               -- which look of its target found it, or its sender, which took it back
  code     integer,                            -- null until it is answered, 200 when that went well
  reply    text                                -- JSON, or why it is refused
);
CREATE INDEX ON {schema}.request (target) WHERE code IS NULL;
CREATE INDEX ON {schema}.request (sender) WHERE code IS NOT NULL;

-- What programs emitted in transactions of their own, on its way into the journal.
CREATE TABLE {schema}.inbox (
  seq             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action          text        NOT NULL,
  details         text,
  occurred_at     timestamptz,
  idempotency_key text,
  emitted_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row: what the inbox takes. Apart from the head, of which a transaction that is open for long
-- keeps all versions, as each call reads this.
CREATE TABLE {schema}.inbox_limit (
  one             boolean PRIMARY KEY DEFAULT true CHECK (one),
  max_entry_bytes integer NOT NULL
);
INSERT INTO {schema}.inbox_limit (max_entry_bytes) VALUES (65536);

-- Puts an entry into the inbox, in the transaction that calls it; 22023 when it is not valid. Who
-- calls it needs nothing but to be let: it does its work as its owner, and finds only what is
-- PostgreSQL's own by a name alone. What it lets in, no node refuses.
CREATE FUNCTION {schema}.emit(
  action          text,
  details         jsonb       DEFAULT NULL,
  occurred_at     timestamptz DEFAULT NULL,
  idempotency_key text        DEFAULT NULL
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  longest integer := (SELECT l.max_entry_bytes FROM {schema}.inbox_limit l);
  bytes   bigint  := octet_length(concat(
    '{"action":', to_json(action),
    ',"details":' || details::text,
    ',"timestamp":' || to_json(occurred_at)::text,
    ',"idempotency_key":' || to_json(idempotency_key)::text,
    '}'));
  fault   text    := CASE
    WHEN coalesce(action, '') = '' THEN
      'action: must be a non-empty string'
    WHEN starts_with(action, 'webhook.admin.') THEN
      'action: webhook.admin.* is kept for the webhook''s own entries'
    WHEN occurred_at < '0001-01-01 00:00:00+00' OR occurred_at >= '10000-01-01 00:00:00+00' THEN
      'occurred_at: must be in the years 1 to 9999'
    WHEN idempotency_key = '' OR char_length(idempotency_key) > 256 THEN
      'idempotency_key: must have 1 to 256 characters'
    WHEN bytes > longest THEN
      format(
        'details: an entry may have %s bytes as JSON (maxEntryBytes), this one has %s',
        longest, bytes)
    WHEN jsonb_path_exists(
      details, 'strict $.**{899} ? (@.type() == "object" || @.type() == "array")')
    THEN
      'details: must have at most 899 levels'
    WHEN bytes > 1000 AND EXISTS (
      SELECT FROM jsonb_path_query(details, 'strict $.** ? (@.type() == "number")') AS number
      WHERE char_length(number::text) > 1000)
    THEN
      'details: a number must have at most 1000 characters'
  END;
BEGIN
  IF fault IS NOT NULL THEN
    RAISE invalid_parameter_value USING MESSAGE = fault;
  END IF;
  INSERT INTO {schema}.inbox (action, details, occurred_at, idempotency_key)
  VALUES (emit.action, emit.details::text, emit.occurred_at, emit.idempotency_key);
END
$$;
REVOKE ALL ON FUNCTION {schema}.emit(text, jsonb, timestamptz, text) FROM PUBLIC;
