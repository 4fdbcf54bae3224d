-- A hold and its outcome are written once, whoever holds the connection.
CREATE TRIGGER holds_are_never_edited BEFORE UPDATE ON holds
BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;
CREATE TRIGGER holds_are_never_deleted BEFORE DELETE ON holds
BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;
CREATE TRIGGER hold_outcomes_are_never_edited BEFORE UPDATE ON hold_outcomes
BEGIN SELECT RAISE(ABORT, 'hold_outcomes is append-only'); END;
CREATE TRIGGER hold_outcomes_are_never_deleted BEFORE DELETE ON hold_outcomes
BEGIN SELECT RAISE(ABORT, 'hold_outcomes is append-only'); END;
