-- Requests of people for a role. Times are Unix milliseconds (UTC).
CREATE TABLE access_requests (
    id TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('read', 'write', 'admin')),
    -- Why, in the person's words, and the page that they wanted.
    reason TEXT NOT NULL,
    page TEXT,
    asked_at BIGINT NOT NULL,
    decided_at BIGINT,
    -- given: by a grant here. assigned: by the provider. declined.
    decision TEXT CHECK (decision IN ('given', 'assigned', 'declined')),
    decided_by BIGINT,
    -- What the administrator says to it. May be empty.
    answer TEXT,
    CHECK ((decided_at IS NULL) = (decision IS NULL))
);
CREATE UNIQUE INDEX access_requests_open ON access_requests (user_id, role) WHERE decided_at IS NULL;
CREATE INDEX access_requests_waiting ON access_requests (asked_at, id) WHERE decided_at IS NULL;
CREATE INDEX access_requests_decided ON access_requests (decided_at, id) WHERE decided_at IS NOT NULL;
CREATE INDEX access_requests_of_person ON access_requests (user_id, asked_at);
