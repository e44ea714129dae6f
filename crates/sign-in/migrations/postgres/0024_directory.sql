-- Since when the directory of the provider says that a person is not active, or is gone (Unix milliseconds, UTC): they are kept out,
-- whatever administrators decide here. People whom the directory knows and who never signed in have 0 as last_sign_in_at.
ALTER TABLE users ADD COLUMN inactive_since BIGINT;
