-- Whom an administrator keeps out, and why: a sentence that the person reads. Times are Unix milliseconds (UTC).
ALTER TABLE users ADD COLUMN disabled_at BIGINT;
ALTER TABLE users ADD COLUMN disabled_reason TEXT;
CREATE INDEX users_last_sign_in_at ON users (last_sign_in_at, id);

-- Roles that administrators gave here, beside the provider's. They count until they end or are taken back.
CREATE TABLE grants (
    id TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('read', 'write', 'admin')),
    reason TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    granted_by BIGINT,
    ends_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX grants_in_force ON grants (user_id) WHERE revoked_at IS NULL;
