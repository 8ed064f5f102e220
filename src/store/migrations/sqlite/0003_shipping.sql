-- Where finished reports are shipped to (contract 9). document_sealed: all of it as JSON, secrets
-- included; id and name stand beside it to be found and to be unique.
CREATE TABLE destinations (
  sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id       TEXT NOT NULL,
  id              TEXT NOT NULL,
  name            TEXT NOT NULL,
  document_sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX destinations_id ON destinations (client_id, id);
CREATE UNIQUE INDEX destinations_name ON destinations (client_id, name);
