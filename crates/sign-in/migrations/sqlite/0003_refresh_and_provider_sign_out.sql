-- When the tokens of a sign-in are refreshed: from refresh_at on, by whoever holds the claim. Without refresh token both
-- times are NULL.
ALTER TABLE sign_ins ADD COLUMN refresh_at BIGINT;
ALTER TABLE sign_ins ADD COLUMN tokens_end_at BIGINT;
ALTER TABLE sign_ins ADD COLUMN refresh_claimed_until BIGINT;

-- When the person last proved to the provider who they are, where the provider says so.
ALTER TABLE sign_ins ADD COLUMN authenticated_at BIGINT;

-- The subject as the provider's tokens name it, for sign-outs that come from there (Entra's users go by another one).
ALTER TABLE sign_ins ADD COLUMN token_subject TEXT;
CREATE INDEX sign_ins_token_subject ON sign_ins (provider, token_subject);

-- Sign-ins that are over are kept for the history for a while, and found by when they ended.
CREATE INDEX sign_ins_revoked_at ON sign_ins (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX sign_ins_live_created_at ON sign_ins (created_at) WHERE revoked_at IS NULL;

-- Sign-outs that came from a provider: a sign-in of the same session or subject that is still on its way must not come
-- through. The hash is that of the session or subject, with the issuer.
CREATE TABLE provider_sign_outs (
    provider TEXT NOT NULL,
    key_hash BLOB NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (provider, key_hash)
);
CREATE INDEX provider_sign_outs_expires_at ON provider_sign_outs (expires_at);

-- Logout tokens that were used: each is good once.
CREATE TABLE logout_tokens (
    jti_hash BLOB PRIMARY KEY NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX logout_tokens_expires_at ON logout_tokens (expires_at);
