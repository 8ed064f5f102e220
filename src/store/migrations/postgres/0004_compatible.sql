-- The lowest schema version of a binary that may go on with the database; nothing: only one that knows this migration.
ALTER TABLE schema_migrations ADD COLUMN works_with bigint;
