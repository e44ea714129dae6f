-- Data sets that are queried from a connection. Times are Unix milliseconds (UTC).
CREATE TABLE dataset_queries (
    dataset TEXT PRIMARY KEY NOT NULL REFERENCES datasets (id),
    -- The name of the connection in the configuration.
    connection TEXT NOT NULL,
    -- The SELECT, as an administrator wrote it.
    statement TEXT NOT NULL,
    -- How long a snapshot is good.
    fresh_ms BIGINT NOT NULL,
    -- SHA-256 of the file of the current version, as base64: an answer that is the same makes no version.
    digest TEXT NOT NULL,
    -- When the current snapshot was asked for.
    refreshed_at BIGINT NOT NULL,
    -- Who makes the next one, and until when nobody else does.
    claim TEXT,
    claimed_until BIGINT NOT NULL,
    -- Since it could not be refreshed: how often that was tried, since when and why. Nobody tries again before retry_at.
    failures BIGINT NOT NULL,
    failing_since BIGINT,
    error TEXT,
    retry_at BIGINT NOT NULL
);
