-- A webhook changes by compare-and-set, so that nodes and tools beside each other lose no change.
ALTER TABLE webhooks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
