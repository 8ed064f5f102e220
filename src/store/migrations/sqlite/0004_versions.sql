-- Webhooks and users change by compare-and-set, so that nodes and tools beside each other lose no
-- change and a user never has two orders placed in the same instant.
ALTER TABLE webhooks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
