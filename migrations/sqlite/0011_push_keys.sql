-- What programs were answered who sent rows with an Idempotency-Key, kept for a day. Times are Unix milliseconds (UTC).
CREATE TABLE push_keys (
    pusher BIGINT NOT NULL REFERENCES users (id),
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of the request, as base64: another one with the same key is a mistake.
    request TEXT NOT NULL,
    -- Who works on it, and until when nobody else does.
    claim TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    -- JSON, once the rows are there: in the same transaction as their version.
    answer TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pusher, idempotency_key)
);
CREATE INDEX push_keys_created_at ON push_keys (created_at);
