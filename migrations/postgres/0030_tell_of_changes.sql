-- Tells every instance when something changes that dashboards show, as soon as the change is in force (src/dashboards/news.rs hears
-- it). By triggers, so that no way of changing it can be forgotten. Several of one transaction and table are told once.
CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rolecall_shown_changed', TG_TABLE_NAME);
    RETURN NULL;
END
$$;
CREATE TRIGGER datasets_told AFTER INSERT OR UPDATE OR DELETE ON datasets
FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER dashboards_told AFTER INSERT OR UPDATE OR DELETE ON dashboards
FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER notes_told AFTER INSERT OR UPDATE OR DELETE ON notes
FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
