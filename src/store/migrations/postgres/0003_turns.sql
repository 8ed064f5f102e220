-- For a query that says "state < 1" this is the only index that gives its order. With "state = 0", as jobs_ready and
-- jobs_due have it, the planner may take one of those, and read past all that other applications wait for.
DROP INDEX jobs_turn;
CREATE INDEX jobs_turn ON jobs (priority, client_id, due_at_ms, sequence) WHERE state < 1;
