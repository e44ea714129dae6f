-- What the figures about sign-ins are counted by, without looking at any row. Who is live stands together by person.
CREATE INDEX sign_ins_figures ON sign_ins (user_id, last_seen_at, created_at, role, revoked_at) WHERE revoked_at IS NULL;

-- The one row that is written now and then to see whether the database can be written.
CREATE TABLE readiness (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    writes BIGINT NOT NULL
);
