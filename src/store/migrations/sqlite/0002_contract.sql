-- The whole contract: subscriptions, order types of an application's own, settings, revocation,
-- a webhook's rotation and circuit breaker, tasks that can be found without their order.

ALTER TABLE applications ADD COLUMN previous_secret_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN previous_secret_until_ms INTEGER;
ALTER TABLE applications ADD COLUMN tokens_valid_from_ms INTEGER;
ALTER TABLE applications ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE applications ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- options_sealed: previous secret and static headers as JSON; no value: neither.
ALTER TABLE webhooks ADD COLUMN updated_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN previous_secret_until_ms INTEGER;
ALTER TABLE webhooks ADD COLUMN legacy_signature INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN failing_since_ms INTEGER;
ALTER TABLE webhooks ADD COLUMN suspended_at_ms INTEGER;
ALTER TABLE webhooks ADD COLUMN options_sealed BLOB;
UPDATE webhooks SET updated_at_ms = created_at_ms;

-- An order's own list of tasks is the truth; these rows are written in the same transaction.
CREATE TABLE tasks (
  sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  order_id  TEXT NOT NULL,
  human_id  TEXT NOT NULL,
  state     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX tasks_id ON tasks (client_id, id);
CREATE INDEX tasks_order ON tasks (client_id, order_id, sequence);
CREATE INDEX tasks_human ON tasks (client_id, human_id, sequence);
CREATE INDEX tasks_state ON tasks (client_id, state, sequence);

-- Tasks of orders that were placed before this release.
INSERT INTO tasks (client_id, id, order_id, human_id, state)
SELECT orders.client_id, json_extract(task.value, '$.id'), orders.id, orders.human_id,
       json_extract(task.value, '$.state')
FROM orders, json_each(orders.core, '$.tasks') AS task;

-- email_key: keyed hash of the address in lower case, so that a repetition is found without it.
CREATE TABLE subscriptions (
  sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id       TEXT NOT NULL,
  id              TEXT NOT NULL,
  human_id        TEXT NOT NULL,
  client_user_id  TEXT NOT NULL,
  role            TEXT NOT NULL,
  email_key       TEXT NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  person_sealed   BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX subscriptions_id ON subscriptions (client_id, id);
CREATE UNIQUE INDEX subscriptions_person ON subscriptions (client_id, human_id, role, email_key);
CREATE INDEX subscriptions_human ON subscriptions (client_id, human_id, sequence);

CREATE TABLE order_types (
  client_id TEXT NOT NULL,
  code      TEXT NOT NULL,
  document  TEXT NOT NULL,
  PRIMARY KEY (client_id, code)
) STRICT, WITHOUT ROWID;
