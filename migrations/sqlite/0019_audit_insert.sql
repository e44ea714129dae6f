-- INSERT OR REPLACE removes the row that it replaces without the trigger on DELETE: recursive_triggers is off.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
