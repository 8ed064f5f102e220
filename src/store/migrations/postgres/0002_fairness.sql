-- Applications take turns within a priority; jobs_ready finds the front of a priority, jobs_turn the
-- next application that has work of it.
CREATE INDEX jobs_turn ON jobs (priority, client_id, due_at_ms, sequence) WHERE state = 0;

-- crashes: claims in a row that came to no end. trace: a traceparent, or nothing.
ALTER TABLE jobs ADD COLUMN crashes bigint NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN trace text COLLATE "C" NOT NULL DEFAULT '';

-- The state of an order that is not final, for counting; empty when it is. An order's core is the
-- truth. A release that does not know the column leaves it as it is.
ALTER TABLE orders ADD COLUMN open_state text COLLATE "C" NOT NULL DEFAULT '';
UPDATE orders SET open_state = core::json->>'state'
WHERE core::json->>'state' NOT IN ('completed', 'cancelled');
CREATE INDEX orders_open ON orders (open_state) WHERE open_state <> '';
