-- Times are Unix milliseconds (UTC). Hashes are SHA-256. Blobs named sealed_… are encrypted (src/auth/session/cipher.rs).

-- The cookie sessions. The columns are those that tower-sessions-sqlx-store reads and writes; the id is a hash.
CREATE TABLE tower_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    data BLOB NOT NULL,
    expiry_date INTEGER NOT NULL
);
CREATE INDEX tower_sessions_expiry_date ON tower_sessions (expiry_date);

-- A person, known by issuer and subject: never by e-mail or user name.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    created_at BIGINT NOT NULL,
    last_sign_in_at BIGINT NOT NULL,
    CONSTRAINT users_issuer_subject UNIQUE (issuer, subject)
);

-- A sign-in that has begun and not ended.
CREATE TABLE attempts (
    state_hash BLOB PRIMARY KEY NOT NULL,
    browser_hash BLOB NOT NULL,
    provider TEXT NOT NULL,
    return_to TEXT NOT NULL,
    sealed_secrets BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX attempts_browser_hash ON attempts (browser_hash, created_at);
CREATE INDEX attempts_expires_at ON attempts (expires_at);

-- A signed-in session: a request is signed in only while its row is live (revoked_at IS NULL, and neither end reached).
CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    provider TEXT NOT NULL,
    provider_sid TEXT,
    role TEXT CHECK (role IN ('read', 'write', 'admin')),
    roles_read_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    sealed_tokens BLOB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    revoked_at BIGINT,
    revoked_reason TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE INDEX sign_ins_user_id ON sign_ins (user_id);
CREATE INDEX sign_ins_provider_sid ON sign_ins (provider, provider_sid);
CREATE INDEX sign_ins_created_at ON sign_ins (created_at);
CREATE INDEX sign_ins_live ON sign_ins (last_seen_at) WHERE revoked_at IS NULL;
