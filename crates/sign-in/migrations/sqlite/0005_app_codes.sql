-- Codes that hand a sign-in over to the host of an app: each is good once, for a minute, in the browser that asked for it.
CREATE TABLE app_codes (
    code_hash BLOB PRIMARY KEY NOT NULL,
    sign_in_id TEXT NOT NULL,
    app TEXT NOT NULL,
    state_hash BLOB NOT NULL,
    return_to TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX app_codes_sign_in_id ON app_codes (sign_in_id, created_at);
CREATE INDEX app_codes_expires_at ON app_codes (expires_at);
