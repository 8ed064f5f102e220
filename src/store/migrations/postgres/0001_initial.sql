-- Chartroom on PostgreSQL, first version.
--
-- The tables are those of the embedded store: times are UTC milliseconds since 1970, flags are 0 or
-- 1, columns named *_sealed are encrypted by the engine and bound to application, table, column and
-- row. Every table of a tenant carries client_id, and every index a tenant's query uses begins with
-- it. Text is compared byte by byte (COLLATE "C"), so no upgrade of the system's locales can break
-- an index.
-- `sequence` grows with every insert and is never used twice. Transactions may commit in another
-- order than that; where readers or lanes rest on it (events, jobs of a lane), the writers hold a
-- lock of the application or the lane until they have committed. See docs/architecture.md.

CREATE TABLE applications (
  client_id                text COLLATE "C" PRIMARY KEY,
  name                     text COLLATE "C" NOT NULL,
  secret_hash              text COLLATE "C" NOT NULL,
  previous_secret_hash     text COLLATE "C" NOT NULL DEFAULT '',
  previous_secret_until_ms bigint,
  tokens_valid_from_ms     bigint,
  sandbox                  smallint NOT NULL,
  enabled                  smallint NOT NULL,
  default_order_type       text COLLATE "C" NOT NULL,
  settings                 text COLLATE "C" NOT NULL DEFAULT '{}',
  clock_offset_ms          bigint NOT NULL,
  created_at_ms            bigint NOT NULL,
  version                  bigint NOT NULL DEFAULT 0
);

-- Changes by compare-and-set on its version.
CREATE TABLE users (
  sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id      text COLLATE "C" NOT NULL,
  version        bigint NOT NULL DEFAULT 1,
  human_id       text COLLATE "C" NOT NULL,
  user_id        text COLLATE "C" NOT NULL,
  client_user_id text COLLATE "C" NOT NULL,
  created_at_ms  bigint NOT NULL,
  updated_at_ms  bigint NOT NULL,
  profile_sealed bytea NOT NULL
);
CREATE UNIQUE INDEX users_human ON users (client_id, human_id);
CREATE UNIQUE INDEX users_user ON users (client_id, user_id);
CREATE UNIQUE INDEX users_client_user ON users (client_id, client_user_id);
CREATE INDEX users_newest ON users (client_id, sequence);

-- A row is rewritten at each step of its order: the free space keeps the new version on its page,
-- so that no index has to change.
CREATE TABLE orders (
  sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id      text COLLATE "C" NOT NULL,
  id             text COLLATE "C" NOT NULL,
  version        bigint NOT NULL,
  human_id       text COLLATE "C" NOT NULL,
  client_user_id text COLLATE "C" NOT NULL,
  core           text COLLATE "C" NOT NULL,
  request_sealed bytea NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE UNIQUE INDEX orders_id ON orders (client_id, id);
CREATE INDEX orders_human ON orders (client_id, human_id, sequence);

-- An order's own list of tasks is the truth; these rows are written in the same transaction.
CREATE TABLE tasks (
  sequence  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  id        text COLLATE "C" NOT NULL,
  order_id  text COLLATE "C" NOT NULL,
  human_id  text COLLATE "C" NOT NULL,
  state     text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX tasks_id ON tasks (client_id, id);
CREATE INDEX tasks_all ON tasks (client_id, sequence);
CREATE INDEX tasks_order ON tasks (client_id, order_id, sequence);
CREATE INDEX tasks_human ON tasks (client_id, human_id, sequence);
CREATE INDEX tasks_state ON tasks (client_id, state, sequence);

-- Attachments and signed forms.
CREATE TABLE blobs (
  sequence      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id     text COLLATE "C" NOT NULL,
  id            text COLLATE "C" NOT NULL,
  order_id      text COLLATE "C" NOT NULL,
  type          text COLLATE "C" NOT NULL,
  content_type  text COLLATE "C" NOT NULL,
  created_at_ms bigint NOT NULL,
  bytes_sealed  bytea NOT NULL
);
CREATE UNIQUE INDEX blobs_id ON blobs (client_id, id);
CREATE INDEX blobs_order ON blobs (client_id, order_id, sequence);

CREATE TABLE records (
  sequence        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id       text COLLATE "C" NOT NULL,
  id              text COLLATE "C" NOT NULL,
  order_id        text COLLATE "C" NOT NULL,
  channel         text COLLATE "C" NOT NULL,
  provider_id     text COLLATE "C" NOT NULL,
  provider_name   text COLLATE "C" NOT NULL,
  media_type      text COLLATE "C" NOT NULL,
  label           text COLLATE "C" NOT NULL,
  sha256          text COLLATE "C" NOT NULL,
  verdict         text COLLATE "C" NOT NULL,
  decision        text COLLATE "C" NOT NULL,
  supporting      smallint NOT NULL,
  retrieved_at_ms bigint NOT NULL
);
CREATE UNIQUE INDEX records_id ON records (client_id, id);
CREATE INDEX records_order ON records (client_id, order_id, sequence);

-- No row: the bytes were purged.
CREATE TABLE record_bytes (
  sequence     bigint PRIMARY KEY,
  client_id    text COLLATE "C" NOT NULL,
  bytes_sealed bytea NOT NULL
);

CREATE TABLE reports (
  sequence          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id         text COLLATE "C" NOT NULL,
  id                text COLLATE "C" NOT NULL,
  order_id          text COLLATE "C" NOT NULL,
  human_id          text COLLATE "C" NOT NULL,
  name              text COLLATE "C" NOT NULL,
  file_extension    text COLLATE "C" NOT NULL,
  base_report_names text COLLATE "C" NOT NULL,
  provider_ids      text COLLATE "C" NOT NULL,
  created_at_ms     bigint NOT NULL
);
CREATE UNIQUE INDEX reports_id ON reports (client_id, id);
CREATE INDEX reports_human ON reports (client_id, human_id, sequence);
CREATE INDEX reports_order ON reports (client_id, order_id, sequence);

CREATE TABLE report_bytes (
  sequence     bigint PRIMARY KEY,
  client_id    text COLLATE "C" NOT NULL,
  bytes_sealed bytea NOT NULL
);

CREATE TABLE events (
  sequence      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id     text COLLATE "C" NOT NULL,
  id            text COLLATE "C" NOT NULL,
  order_id      text COLLATE "C" NOT NULL,
  kind          text COLLATE "C" NOT NULL,
  created_at_ms bigint NOT NULL,
  body_sealed   bytea NOT NULL
);
CREATE UNIQUE INDEX events_id ON events (client_id, id);
CREATE INDEX events_all ON events (client_id, sequence);
CREATE INDEX events_order ON events (client_id, order_id, sequence);

-- state: 0 ready (waits for due_at_ms alone), 1 claimed, 2 blocked (an earlier job of its lane is
-- not finished), 3 done, 4 dead. Below 3 is unfinished. due_at_ms and lease_until_ms are real time.
-- A blocked job is made ready when the one before it ends. So one lane with a long backlog costs
-- a claim nothing: jobs_ready holds what can be claimed and nothing else.
-- The table churns, so it is cleaned early and often.
CREATE TABLE jobs (
  sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id      text COLLATE "C" NOT NULL,
  id             text COLLATE "C" NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  order_id       text COLLATE "C" NOT NULL,
  payload        text COLLATE "C" NOT NULL,
  lane           text COLLATE "C" NOT NULL,
  priority       bigint NOT NULL,
  state          smallint NOT NULL,
  due_at_ms      bigint NOT NULL,
  attempts       bigint NOT NULL DEFAULT 0,
  lease          text COLLATE "C" NOT NULL DEFAULT '',
  lease_until_ms bigint NOT NULL DEFAULT 0,
  ended_at_ms    bigint NOT NULL DEFAULT 0,
  error          text COLLATE "C" NOT NULL DEFAULT ''
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX jobs_id ON jobs (id, client_id);
CREATE INDEX jobs_ready ON jobs (priority, due_at_ms, sequence) WHERE state = 0;
CREATE INDEX jobs_due ON jobs (client_id, due_at_ms) WHERE state = 0;
CREATE INDEX jobs_claimed ON jobs (lease_until_ms) WHERE state = 1;
CREATE INDEX jobs_lane ON jobs (client_id, lane, sequence) WHERE state < 3 AND lane <> '';
CREATE INDEX jobs_order ON jobs (client_id, order_id, kind) WHERE state < 3;
CREATE INDEX jobs_done ON jobs (ended_at_ms) WHERE state = 3;
CREATE INDEX jobs_dead ON jobs (ended_at_ms, sequence) WHERE state = 4;

CREATE TABLE audit (
  sequence  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  order_id  text COLLATE "C" NOT NULL,
  actor     text COLLATE "C" NOT NULL,
  action    text COLLATE "C" NOT NULL,
  subject   text COLLATE "C" NOT NULL,
  at_ms     bigint NOT NULL
);
CREATE INDEX audit_order ON audit (client_id, order_id, sequence);

CREATE TABLE idempotent_answers (
  client_id     text COLLATE "C" NOT NULL,
  key           text COLLATE "C" NOT NULL,
  request_hash  text COLLATE "C" NOT NULL,
  status        bigint NOT NULL,
  content_type  text COLLATE "C" NOT NULL,
  expires_at_ms bigint NOT NULL,
  body_sealed   bytea NOT NULL,
  PRIMARY KEY (client_id, key)
);
CREATE INDEX idempotent_answers_expiry ON idempotent_answers (expires_at_ms);

-- options_sealed: previous secret and static headers as JSON; no value: neither.
-- A webhook changes by compare-and-set on its version.
CREATE TABLE webhooks (
  sequence                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id                text COLLATE "C" NOT NULL,
  id                       text COLLATE "C" NOT NULL,
  version                  bigint NOT NULL DEFAULT 1,
  url                      text COLLATE "C" NOT NULL,
  kinds                    text COLLATE "C" NOT NULL,
  enabled                  smallint NOT NULL,
  description              text COLLATE "C" NOT NULL,
  created_at_ms            bigint NOT NULL,
  updated_at_ms            bigint NOT NULL,
  legacy_signature         smallint NOT NULL DEFAULT 0,
  previous_secret_until_ms bigint,
  failures                 bigint NOT NULL DEFAULT 0,
  failing_since_ms         bigint,
  suspended_at_ms          bigint,
  secret_sealed            bytea NOT NULL,
  options_sealed           bytea
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX webhooks_id ON webhooks (client_id, id);
CREATE INDEX webhooks_all ON webhooks (client_id, sequence);

CREATE TABLE attempts (
  sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id   text COLLATE "C" NOT NULL,
  event_id    text COLLATE "C" NOT NULL,
  endpoint_id text COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  status      bigint NOT NULL,
  error       text COLLATE "C" NOT NULL,
  at_ms       bigint NOT NULL
);
CREATE INDEX attempts_endpoint ON attempts (client_id, endpoint_id, sequence);

-- email_key: keyed hash of the address in lower case, so that a repetition is found without it.
CREATE TABLE subscriptions (
  sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id      text COLLATE "C" NOT NULL,
  id             text COLLATE "C" NOT NULL,
  human_id       text COLLATE "C" NOT NULL,
  client_user_id text COLLATE "C" NOT NULL,
  role           text COLLATE "C" NOT NULL,
  email_key      text COLLATE "C" NOT NULL,
  created_at_ms  bigint NOT NULL,
  person_sealed  bytea NOT NULL
);
CREATE UNIQUE INDEX subscriptions_id ON subscriptions (client_id, id);
CREATE UNIQUE INDEX subscriptions_person ON subscriptions (client_id, human_id, role, email_key);
CREATE INDEX subscriptions_human ON subscriptions (client_id, human_id, sequence);

CREATE TABLE order_types (
  client_id text COLLATE "C" NOT NULL,
  code      text COLLATE "C" NOT NULL,
  document  text COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, code)
);

-- Where finished reports are shipped to. document_sealed: all of it as JSON, secrets included; id
-- and name stand beside it to be found and to be unique.
CREATE TABLE destinations (
  sequence        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id       text COLLATE "C" NOT NULL,
  id              text COLLATE "C" NOT NULL,
  name            text COLLATE "C" NOT NULL,
  document_sealed bytea NOT NULL
);
CREATE UNIQUE INDEX destinations_id ON destinations (client_id, id);
CREATE UNIQUE INDEX destinations_name ON destinations (client_id, name);
CREATE INDEX destinations_all ON destinations (client_id, sequence);

CREATE TABLE suppressions (
  client_id  text COLLATE "C" NOT NULL,
  person_key text COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, person_key)
);

CREATE TABLE signing_keys (
  kid                text COLLATE "C" PRIMARY KEY,
  created_at_ms      bigint NOT NULL,
  retired_at_ms      bigint,
  private_pem_sealed bytea NOT NULL
);

-- One sealed word: whether it opens tells whether the master key is the one of this data.
CREATE TABLE key_check (
  id     bigint PRIMARY KEY CHECK (id = 1),
  sealed bytea NOT NULL
);

-- Sealed bytes do not compress: PostgreSQL need not try.
ALTER TABLE users ALTER COLUMN profile_sealed SET STORAGE EXTERNAL;
ALTER TABLE orders ALTER COLUMN request_sealed SET STORAGE EXTERNAL;
ALTER TABLE blobs ALTER COLUMN bytes_sealed SET STORAGE EXTERNAL;
ALTER TABLE record_bytes ALTER COLUMN bytes_sealed SET STORAGE EXTERNAL;
ALTER TABLE report_bytes ALTER COLUMN bytes_sealed SET STORAGE EXTERNAL;
ALTER TABLE events ALTER COLUMN body_sealed SET STORAGE EXTERNAL;
ALTER TABLE idempotent_answers ALTER COLUMN body_sealed SET STORAGE EXTERNAL;
ALTER TABLE webhooks ALTER COLUMN secret_sealed SET STORAGE EXTERNAL;
ALTER TABLE webhooks ALTER COLUMN options_sealed SET STORAGE EXTERNAL;
ALTER TABLE subscriptions ALTER COLUMN person_sealed SET STORAGE EXTERNAL;
