-- The ledger of the chaos suite. Triggers write a row in the transaction of whatever they tell of, so
-- that a row is there exactly when its effect is, whoever dies at which moment.
--
-- `node` is the session's application_name: every start of a node has one of its own.
CREATE SCHEMA chaos;
CREATE TABLE chaos.ledger (
  sequence  bigint GENERATED ALWAYS AS IDENTITY,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
  node      text NOT NULL DEFAULT current_setting('application_name'),
  what      text NOT NULL,
  client_id text NOT NULL,
  id        text NOT NULL,
  kind      text NOT NULL DEFAULT '',
  lease     text NOT NULL DEFAULT '',
  until_ms  bigint NOT NULL DEFAULT 0,
  version   bigint NOT NULL DEFAULT 0,
  word      text NOT NULL DEFAULT ''
) WITH (autovacuum_enabled = off);

CREATE FUNCTION chaos.note_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  happened text;
  crashes bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO chaos.ledger (what, client_id, id, kind) VALUES ('job', NEW.client_id, NEW.id, NEW.kind);
    RETURN NULL;
  END IF;
  IF OLD.state = NEW.state THEN
    IF NEW.state <> 1 OR OLD.lease = NEW.lease THEN RETURN NULL; END IF;
    happened := 'stolen';
  ELSIF NEW.state = 1 THEN
    happened := 'claim';
  ELSIF NEW.state = 3 THEN
    happened := CASE WHEN OLD.state = 1 THEN 'done' ELSE 'dropped' END;
  ELSIF NEW.state = 4 THEN
    happened := 'dead';
  ELSIF OLD.state = 1 THEN
    -- Who gives a job back for another try makes it due at another time, or counts the try; who hands it on in
    -- stopping changes nothing. A lease that runs out is counted as a crash, where the schema has a column for that.
    crashes := coalesce((to_jsonb(NEW)->>'crashes')::bigint - (to_jsonb(OLD)->>'crashes')::bigint, -1);
    happened := CASE WHEN crashes > 0 THEN 'expired'
                     WHEN OLD.due_at_ms <> NEW.due_at_ms OR OLD.attempts <> NEW.attempts THEN 'retry'
                     WHEN OLD.lease_until_ms > extract(epoch FROM clock_timestamp()) * 1000 THEN 'released'
                     ELSE 'expired' END;
  ELSE
    RETURN NULL;
  END IF;
  INSERT INTO chaos.ledger (what, client_id, id, kind, lease, until_ms) VALUES (happened, NEW.client_id, NEW.id,
    NEW.kind, CASE WHEN happened = 'claim' THEN NEW.lease ELSE OLD.lease END, OLD.lease_until_ms);
  RETURN NULL;
END $$;
CREATE TRIGGER chaos_jobs AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION chaos.note_job();

CREATE FUNCTION chaos.note_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos.ledger (what, client_id, id, version, word)
    VALUES ('order', NEW.client_id, NEW.id, NEW.version, NEW.core::json->>'state');
  RETURN NULL;
END $$;
CREATE TRIGGER chaos_orders AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION chaos.note_order();

CREATE FUNCTION chaos.note_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos.ledger (what, client_id, id, kind, word)
    VALUES ('event', NEW.client_id, NEW.id, NEW.kind, NEW.order_id);
  RETURN NULL;
END $$;
CREATE TRIGGER chaos_events AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION chaos.note_event();

GRANT USAGE ON SCHEMA chaos TO chartroom;
GRANT INSERT ON chaos.ledger TO chartroom;
