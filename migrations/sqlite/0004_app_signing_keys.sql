-- The keys that sign who somebody is, for the apps behind Rolecall. All instances share them. A key is published before
-- it signs, and each follows one other, so that two instances never make two.
CREATE TABLE app_signing_keys (
    kid TEXT PRIMARY KEY NOT NULL,
    follows TEXT NOT NULL UNIQUE,
    signs_from BIGINT NOT NULL,
    sealed_key BLOB NOT NULL
);
