-- The ledger, the operations and the audit log are append-only, whoever holds the connection.
CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END
$$;
CREATE TRIGGER points_entries_are_never_edited BEFORE UPDATE ON points_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER points_entries_are_never_deleted BEFORE DELETE ON points_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER points_entries_are_never_emptied BEFORE TRUNCATE ON points_entries
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER operations_are_never_edited BEFORE UPDATE ON operations
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER operations_are_never_deleted BEFORE DELETE ON operations
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER operations_are_never_emptied BEFORE TRUNCATE ON operations
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_edited BEFORE UPDATE ON audit_log
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_deleted BEFORE DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_is_never_emptied BEFORE TRUNCATE ON audit_log
EXECUTE FUNCTION refuse_change();

-- What every operation changes: room beside each row for its next version, and dead versions cleared
-- away before they are many.
ALTER TABLE feed_heads SET (fillfactor = 70);
ALTER TABLE loyalty_cards SET (fillfactor = 80);
ALTER TABLE business_customers SET (fillfactor = 80);
ALTER TABLE feed SET (autovacuum_vacuum_scale_factor = 0.02);
