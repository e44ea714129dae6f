-- Attempts are sealed cookies now. What is stored is which of them were used: hashes of their states.
DROP TABLE attempts;
CREATE TABLE used_attempts (
    state_hash BLOB PRIMARY KEY NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_attempts_expires_at ON used_attempts (expires_at);

-- The browser keeps where it goes; a code that is under way is made anew.
ALTER TABLE app_codes DROP COLUMN return_to;
