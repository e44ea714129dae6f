-- Data sets. Their rows are Parquet files in the store; a version names its files. Columns, files and row rules are JSON.
CREATE TABLE datasets (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    row_rules TEXT NOT NULL,
    owner BIGINT REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX datasets_name ON datasets (name) WHERE deleted_at IS NULL;

CREATE TABLE dataset_versions (
    dataset TEXT NOT NULL REFERENCES datasets (id),
    version BIGINT NOT NULL,
    columns TEXT NOT NULL,
    files TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    created_by BIGINT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (dataset, version)
);

-- The weather is a data set like any other.
DROP TABLE weather_days;

-- A dashboard can have several notes.
ALTER TABLE notes RENAME TO notes_of_dashboards;
CREATE TABLE notes (
    dashboard TEXT NOT NULL,
    panel TEXT NOT NULL,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    edited_by BIGINT NOT NULL REFERENCES users (id),
    edited_at BIGINT NOT NULL,
    PRIMARY KEY (dashboard, panel)
);
INSERT INTO notes (dashboard, panel, body, version, edited_by, edited_at)
    SELECT dashboard, 'note', body, version, edited_by, edited_at FROM notes_of_dashboards;
DROP TABLE notes_of_dashboards;
