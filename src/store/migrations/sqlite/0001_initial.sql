-- Chartroom on SQLite, first version.
--
-- Times are UTC milliseconds since 1970. Columns named *_sealed are encrypted by the engine and
-- bound to application, table, column and row. Every table of a tenant carries client_id, and
-- every index a tenant's query uses begins with it.
-- `sequence` grows with every insert and is never used twice, so "newest" and "oldest" need no
-- second index and no clock.

CREATE TABLE applications (
  client_id          TEXT PRIMARY KEY,
  name               TEXT NOT NULL,
  secret_hash        TEXT NOT NULL,
  sandbox            INTEGER NOT NULL,
  enabled            INTEGER NOT NULL,
  default_order_type TEXT NOT NULL,
  clock_offset_ms    INTEGER NOT NULL,
  created_at_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id      TEXT NOT NULL,
  human_id       TEXT NOT NULL,
  user_id        TEXT NOT NULL,
  client_user_id TEXT NOT NULL,
  profile_sealed BLOB NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  updated_at_ms  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_human ON users (client_id, human_id);
CREATE UNIQUE INDEX users_user ON users (client_id, user_id);
CREATE UNIQUE INDEX users_client_user ON users (client_id, client_user_id);
CREATE INDEX users_newest ON users (client_id, sequence);

CREATE TABLE orders (
  sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id      TEXT NOT NULL,
  id             TEXT NOT NULL,
  version        INTEGER NOT NULL,
  human_id       TEXT NOT NULL,
  client_user_id TEXT NOT NULL,
  core           TEXT NOT NULL,
  request_sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX orders_id ON orders (client_id, id);
CREATE INDEX orders_human ON orders (client_id, human_id, sequence);

-- Attachments and signed forms. Bytes stand last: SQLite reads a row's overflow pages only when a
-- column on them is asked for.
CREATE TABLE blobs (
  sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id     TEXT NOT NULL,
  id            TEXT NOT NULL,
  order_id      TEXT NOT NULL,
  type          TEXT NOT NULL,
  content_type  TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  bytes_sealed  BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX blobs_id ON blobs (client_id, id);
CREATE INDEX blobs_order ON blobs (client_id, order_id, sequence);

CREATE TABLE records (
  sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id       TEXT NOT NULL,
  id              TEXT NOT NULL,
  order_id        TEXT NOT NULL,
  channel         TEXT NOT NULL,
  provider_id     TEXT NOT NULL,
  provider_name   TEXT NOT NULL,
  media_type      TEXT NOT NULL,
  label           TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  verdict         TEXT NOT NULL,
  decision        TEXT NOT NULL,
  supporting      INTEGER NOT NULL,
  retrieved_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX records_id ON records (client_id, id);
CREATE INDEX records_order ON records (client_id, order_id, sequence);

-- No row: the bytes were purged.
CREATE TABLE record_bytes (
  sequence     INTEGER PRIMARY KEY,
  client_id    TEXT NOT NULL,
  bytes_sealed BLOB NOT NULL
) STRICT;

CREATE TABLE reports (
  sequence          INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id         TEXT NOT NULL,
  id                TEXT NOT NULL,
  order_id          TEXT NOT NULL,
  human_id          TEXT NOT NULL,
  name              TEXT NOT NULL,
  file_extension    TEXT NOT NULL,
  base_report_names TEXT NOT NULL,
  provider_ids      TEXT NOT NULL,
  created_at_ms     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reports_id ON reports (client_id, id);
CREATE INDEX reports_human ON reports (client_id, human_id, sequence);
CREATE INDEX reports_order ON reports (client_id, order_id, sequence);

CREATE TABLE report_bytes (
  sequence     INTEGER PRIMARY KEY,
  client_id    TEXT NOT NULL,
  bytes_sealed BLOB NOT NULL
) STRICT;

CREATE TABLE events (
  sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id     TEXT NOT NULL,
  id            TEXT NOT NULL,
  order_id      TEXT NOT NULL,
  kind          TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  body_sealed   BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_id ON events (client_id, id);
CREATE INDEX events_all ON events (client_id, sequence);
CREATE INDEX events_order ON events (client_id, order_id, sequence);

-- state: 0 ready (waits for due_at_ms alone), 1 claimed, 2 blocked (an earlier job of its lane is
-- not finished), 3 done, 4 dead. Below 3 is unfinished. due_at_ms and lease_until_ms are real time.
-- A blocked job is made ready when the one before it ends. So one lane with a long backlog costs
-- a claim nothing: jobs_ready holds what can be claimed and nothing else.
CREATE TABLE jobs (
  sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id      TEXT NOT NULL,
  id             TEXT NOT NULL,
  kind           TEXT NOT NULL,
  order_id       TEXT NOT NULL,
  payload        TEXT NOT NULL,
  lane           TEXT NOT NULL,
  priority       INTEGER NOT NULL,
  state          INTEGER NOT NULL,
  due_at_ms      INTEGER NOT NULL,
  attempts       INTEGER NOT NULL DEFAULT 0,
  lease          TEXT NOT NULL DEFAULT '',
  lease_until_ms INTEGER NOT NULL DEFAULT 0,
  ended_at_ms    INTEGER NOT NULL DEFAULT 0,
  error          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX jobs_id ON jobs (id, client_id);
CREATE INDEX jobs_ready ON jobs (priority, due_at_ms, sequence) WHERE state = 0;
CREATE INDEX jobs_due ON jobs (client_id, due_at_ms) WHERE state = 0;
CREATE INDEX jobs_claimed ON jobs (lease_until_ms) WHERE state = 1;
CREATE INDEX jobs_lane ON jobs (client_id, lane, sequence) WHERE state < 3 AND lane <> '';
CREATE INDEX jobs_order ON jobs (client_id, order_id, kind) WHERE state < 3;
CREATE INDEX jobs_done ON jobs (ended_at_ms) WHERE state = 3;
CREATE INDEX jobs_dead ON jobs (ended_at_ms, sequence) WHERE state = 4;

CREATE TABLE audit (
  sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id TEXT NOT NULL,
  order_id  TEXT NOT NULL,
  actor     TEXT NOT NULL,
  action    TEXT NOT NULL,
  subject   TEXT NOT NULL,
  at_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_order ON audit (client_id, order_id, sequence);

CREATE TABLE idempotent_answers (
  client_id     TEXT NOT NULL,
  key           TEXT NOT NULL,
  request_hash  TEXT NOT NULL,
  status        INTEGER NOT NULL,
  content_type  TEXT NOT NULL,
  body_sealed   BLOB NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  PRIMARY KEY (client_id, key)
) STRICT;
CREATE INDEX idempotent_answers_expiry ON idempotent_answers (expires_at_ms);

CREATE TABLE webhooks (
  sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id     TEXT NOT NULL,
  id            TEXT NOT NULL,
  url           TEXT NOT NULL,
  kinds         TEXT NOT NULL,
  enabled       INTEGER NOT NULL,
  description   TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  secret_sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX webhooks_id ON webhooks (client_id, id);

CREATE TABLE attempts (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id   TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  number      INTEGER NOT NULL,
  status      INTEGER NOT NULL,
  error       TEXT NOT NULL,
  at_ms       INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_endpoint ON attempts (client_id, endpoint_id, sequence);

CREATE TABLE suppressions (
  client_id  TEXT NOT NULL,
  person_key TEXT NOT NULL,
  PRIMARY KEY (client_id, person_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
  kid                TEXT PRIMARY KEY,
  created_at_ms      INTEGER NOT NULL,
  retired_at_ms      INTEGER,
  private_pem_sealed BLOB NOT NULL
) STRICT;

-- One sealed word: whether it opens tells whether the master key is the one of this data.
CREATE TABLE key_check (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  sealed BLOB NOT NULL
) STRICT;
