-- Dashboards that people make in the browser, each with its whole history. A change names the version that it was made from. The
-- name of a deleted one is free for nobody until the sweep takes it away, so that notes under it never come to another dashboard.
CREATE TABLE dashboards (
    slug TEXT PRIMARY KEY NOT NULL,
    owner BIGINT REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE TABLE dashboard_versions (
    dashboard TEXT NOT NULL REFERENCES dashboards (slug),
    version BIGINT NOT NULL,
    -- The document as JSON: what files have as TOML.
    document TEXT NOT NULL,
    title TEXT NOT NULL,
    -- What changed, in a few words.
    change TEXT NOT NULL,
    -- The version whose document a version took up again.
    restored_from BIGINT,
    edited_by BIGINT REFERENCES users (id),
    -- The name by which people knew them then.
    editor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (dashboard, version)
);
