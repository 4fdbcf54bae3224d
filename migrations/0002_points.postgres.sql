-- A hold and its outcome are written once, whoever holds the connection.
CREATE TRIGGER holds_are_never_edited BEFORE UPDATE ON holds
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_are_never_deleted BEFORE DELETE ON holds
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_are_never_emptied BEFORE TRUNCATE ON holds
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_outcomes_are_never_edited BEFORE UPDATE ON hold_outcomes
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_outcomes_are_never_deleted BEFORE DELETE ON hold_outcomes
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_outcomes_are_never_emptied BEFORE TRUNCATE ON hold_outcomes
EXECUTE FUNCTION refuse_change();
