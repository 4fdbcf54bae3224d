-- The ledger and the audit log are append-only, whoever holds the connection.
CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END
$$;
CREATE TRIGGER points_entries_are_never_edited BEFORE UPDATE ON points_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER points_entries_are_never_deleted BEFORE DELETE ON points_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER points_entries_are_never_emptied BEFORE TRUNCATE ON points_entries
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_edited BEFORE UPDATE ON audit_log
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_deleted BEFORE DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_emptied BEFORE TRUNCATE ON audit_log
EXECUTE FUNCTION refuse_change();

-- Heads are locked in the order of bytes, whatever the database sorts texts by.
ALTER TABLE feed_heads ALTER COLUMN scope TYPE TEXT COLLATE "C";
ALTER TABLE feed ALTER COLUMN scope TYPE TEXT COLLATE "C";
ALTER TABLE audit_log ALTER COLUMN scope TYPE TEXT COLLATE "C";
