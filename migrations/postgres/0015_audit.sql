-- What happened, row by row in one chain: each row holds the hash of the one before and of its own content (SHA-256, made in
-- src/audit/chain.rs). Times are Unix milliseconds (UTC).
CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_id BIGINT,
    person_id BIGINT,
    provider TEXT,
    ip TEXT,
    details TEXT NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_kind ON audit (kind, id);
CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_person ON audit (person_id, id);
CREATE INDEX audit_ip ON audit (ip, id);

-- The two ends of the chain: the last row that retention has let go, and the newest one. The code (HMAC) over both is made with
-- a key that is not in the database. Whoever appends locks this row.
CREATE TABLE audit_chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pruned BIGINT NOT NULL,
    pruned_hash BYTEA NOT NULL,
    head BIGINT NOT NULL,
    head_hash BYTEA NOT NULL,
    mac BYTEA NOT NULL
);
INSERT INTO audit_chain (id, pruned, pruned_hash, head, head_hash, mac)
VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'), '');

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.id <= (SELECT pruned FROM audit_chain WHERE id = 1) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit is append-only';
END
$$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
